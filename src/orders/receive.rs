//! Receiving (收货): a delivered scan, the buyer's word, or time after a pick-up scan (C9).

use super::{
    OrderState, SellerOrderState, Trade,
    books::{self, Booked},
    kinds::{OrderEventKind, ReceivedSource},
    read,
    record::{Line, Order, Part, SellerOrder},
    state::{OrderEvent, SellerOrderEvent},
    store,
};
use crate::{
    db::{Tx, Work, q, row, setback, statements, tx},
    kernel::{Actor, At, Code, Refusal, Result, SellerOrderId, Step, time::DAY},
    ledger::{Entry, post},
};

/// Days after shipping on which a picked-up parcel counts as received (C9).
const AUTO_RECEIVE: i64 = 10 * DAY;

statements! {
    DELIVERED = "UPDATE shipments SET delivered_at = $1 WHERE seller_order_id = $2 AND n = $3 AND delivered_at IS NULL";
    CARRIED = "SELECT line_no, qty FROM shipment_lines WHERE seller_order_id = $1 AND n = $2 ORDER BY line_no";
    RECEIVE_LINE = "UPDATE order_lines SET received_qty = received_qty + $1 WHERE order_id = $2 AND line_no = $3";
    LINE_RECEIVED = "UPDATE order_lines SET received_at = $1
                     WHERE order_id = $2 AND line_no = $3 AND received_at IS NULL";
    PART_EFFECTIVE = "UPDATE line_parts SET effective_fen = payable_fen - refunded_fen WHERE order_id = $1 AND line_no = $2";
    SELLER_RECEIVED = "UPDATE seller_orders SET received_source = $1,
                         received_at = (SELECT MAX(delivered_at) FROM shipments WHERE seller_order_id = seller_orders.id)
                       WHERE id = $2 AND received_at IS NULL";
    ARRIVED = "SELECT c.line_no, MAX(p.delivered_at) AS at FROM seller_orders s
               JOIN shipments p ON p.seller_order_id = s.id
               JOIN shipment_lines c ON c.seller_order_id = p.seller_order_id AND c.n = p.n
               WHERE s.order_id = $1 AND p.delivered_at IS NOT NULL GROUP BY c.line_no";
    ON_THE_WAY = "SELECT n FROM shipments WHERE seller_order_id = $1 AND delivered_at IS NULL ORDER BY n";
    OVERDUE = "SELECT seller_order_id, n FROM shipments
               WHERE delivered_at IS NULL AND picked_up_at IS NOT NULL AND shipped_at <= $1 AND NOT EXISTS (
                 SELECT 1 FROM setbacks s WHERE s.job = 'receive' AND s.next_at > $2
                   AND s.subject = shipments.seller_order_id || '/' || CAST(shipments.n AS TEXT))
               ORDER BY shipped_at LIMIT $3";
}

/// A shipment's arrival.
#[derive(Clone, Copy, Debug)]
pub struct Delivered {
    /// Which shipment, from 1.
    pub n: i64,
    pub at: At,
    /// How it is known.
    pub source: ReceivedSource,
}

row! {
    struct OnTheWay {
        seller_order_id: SellerOrderId,
        n: i64,
    }
}

/// The buyer confirms what a seller order has shipped so far. Refuses where nothing is on the way.
pub async fn confirm(work: &Work, order: &Order, id: &SellerOrderId) -> Result<()> {
    tx!(work.db, tx, {
        let mut step = work.step();
        let order = read::lock(&mut tx, &order.id).await?;
        let seller = read::seller(&mut tx, id).await?;
        if seller.order_id != order.id {
            return Err(Refusal::new(Code::NotFound).into());
        }
        let open: Vec<(i64,)> = q(ON_THE_WAY).bind(id).all(&mut tx).await?;
        if open.is_empty() {
            return Err(Refusal::new(Code::WrongState).with("state", seller.state).into());
        }
        for (n,) in open {
            let delivered = Delivered { n, at: step.at, source: ReceivedSource::Confirmed };
            deliver(&mut tx, &order, &seller, delivered, &mut step).await?;
        }
        let received = (OrderEventKind::Received, ReceivedSource::Confirmed.as_str());
        store::note_seller_order(&mut tx, (&order.id, id), received, &mut step).await
    })
}

/// Receives parcels that a carrier picked up and nobody has confirmed for ten days; without a
/// pick-up scan nothing is received by time. Answers how many.
pub async fn auto_receive(trade: &Trade, most: i64) -> Result<usize> {
    let now = trade.clock.now();
    let (turn, before) = (setback::turn(&trade.db, "receive", now).await?, now.later(-AUTO_RECEIVE));
    let overdue = q(OVERDUE).bind(before).bind(now).bind(most);
    let overdue: Vec<OnTheWay> = overdue.all(&mut trade.db.read().await?).await?;
    for parcel in &overdue {
        let subject = format!("{}/{}", parcel.seller_order_id, parcel.n);
        turn.after(&subject, receive_by_time(trade, parcel).await).await?;
    }
    Ok(overdue.len())
}

async fn receive_by_time(trade: &Trade, parcel: &OnTheWay) -> Result<()> {
    tx!(trade.db, tx, {
        let mut step = trade.step(Actor::SYSTEM);
        let seller = read::seller(&mut tx, &parcel.seller_order_id).await?;
        let order = read::lock(&mut tx, &seller.order_id).await?;
        let delivered = Delivered { n: parcel.n, at: step.at, source: ReceivedSource::Auto };
        deliver(&mut tx, &order, &seller, delivered, &mut step).await?;
        let received = (OrderEventKind::Received, ReceivedSource::Auto.as_str());
        store::note_seller_order(&mut tx, (&order.id, &seller.id), received, &mut step).await
    })
}

/// A shipment arrives, within the caller's transaction, whose order row is locked; once.
pub async fn deliver(
    tx: &mut Tx,
    order: &Order,
    seller: &SellerOrder,
    delivered: Delivered,
    step: &mut Step,
) -> Result<()> {
    let first = q(DELIVERED).bind(delivered.at).bind(&seller.id).bind(delivered.n).exec(tx).await?;
    if first == 0 {
        return Ok(());
    }
    let carried: Vec<(i64, i64)> = q(CARRIED).bind(&seller.id).bind(delivered.n).all(tx).await?;
    for (line_no, qty) in carried {
        tx.expect_rows(q(RECEIVE_LINE).bind(qty).bind(&order.id).bind(line_no), 1).await?;
    }
    let before = step.at;
    step.at = delivered.at;
    let followed = follow(tx, order, step).await;
    step.at = before;
    followed?;
    let now = read::seller(tx, &seller.id).await?;
    if now.state == SellerOrderState::Received {
        q(SELLER_RECEIVED).bind(delivered.source).bind(&seller.id).exec(tx).await?;
    }
    Ok(())
}

/// Brings the states after the lines: lines that are wholly received are booked, seller orders and
/// the order take the state that their lines give.
pub async fn follow(tx: &mut Tx, order: &Order, step: &mut Step) -> Result<()> {
    let lines = read::lines(tx, &order.id).await?;
    let sellers = read::sellers(tx, &order.id).await?;
    let lines = book_received(tx, order, lines, step).await?;
    let mut states = Vec::with_capacity(sellers.len());
    for seller in &sellers {
        let own: Vec<&Line> = lines.iter().filter(|l| l.seller_order_id == seller.id).collect();
        let to = seller_state(seller.state, &own)?;
        if to != seller.state {
            store::move_seller(tx, seller, to).await?;
        }
        if to.has_ended() && !seller.state.has_ended() {
            book_freight(tx, order, &own, step).await?;
        }
        states.push(to);
    }
    let done = states.iter().all(|s| matches!(s, SellerOrderState::Received | SellerOrderState::Refunded));
    // Where all goods went back but some money stayed, such as freight, the order has ended all the same.
    let any = states.contains(&SellerOrderState::Received) || order.refunded_fen < order.total_fen;
    if order.state == OrderState::Paid && done && any {
        store::end(tx, order, OrderEvent::Complete, step.at).await?;
        store::note(tx, &order.id, (OrderEventKind::Completed, ""), step).await?;
    }
    Ok(())
}

/// A seller order has ended: freight of lines of which nothing came is due too.
async fn book_freight(tx: &mut Tx, order: &Order, own: &[&Line], step: &mut Step) -> Result<()> {
    let left = |line: &&&Line| line.received_at.is_none() && line.refunded_freight_fen < line.freight_fen;
    let open: Vec<&Line> = own.iter().filter(left).copied().collect();
    if open.is_empty() {
        return Ok(());
    }
    let rows: Vec<Entry> = read::sale(tx, &order.id).await?;
    let entries = books::freight_due(Booked { order: &order.id, rows: &rows }, &open, step.at)?;
    post::post(tx, step, entries).await
}

row! {
    /// When the last of a line's parcels that were delivered arrived, in whatever order that was recorded.
    struct Arrived {
        line_no: i64,
        at: At,
    }
}

/// A line is received when all units that were not withdrawn have arrived: its money becomes due, dated by
/// the parcel that arrived last.
async fn book_received(tx: &mut Tx, order: &Order, mut lines: Vec<Line>, step: &mut Step) -> Result<Vec<Line>> {
    let complete =
        |l: &Line| l.received_at.is_none() && l.received_qty > 0 && l.received_qty == l.qty - l.withdrawn_qty;
    if !lines.iter().any(complete) {
        return Ok(lines);
    }
    let parts: Vec<Part> = read::parts(tx, &order.id).await?;
    let rows: Vec<Entry> = read::sale(tx, &order.id).await?;
    let arrived: Vec<Arrived> = q(ARRIVED).bind(&order.id).all(tx).await?;
    let booked = Booked { order: &order.id, rows: &rows };
    let mut entries = Vec::new();
    for line in lines.iter_mut().filter(|l| complete(l)) {
        let at = arrived.iter().find(|a| a.line_no == line.line_no).map_or(step.at, |a| a.at);
        tx.expect_rows(q(LINE_RECEIVED).bind(at).bind(&order.id).bind(line.line_no), 1).await?;
        q(PART_EFFECTIVE).bind(&order.id).bind(line.line_no).exec(tx).await?;
        entries.extend(books::receipt(booked, line, &parts, at)?);
        line.received_at = Some(at);
    }
    post::post(tx, step, entries).await?;
    Ok(lines)
}

/// The state of a paid seller order as its lines give it; unpaid ones keep theirs.
fn seller_state(state: SellerOrderState, lines: &[&Line]) -> Result<SellerOrderState> {
    use SellerOrderState as S;
    if matches!(state, S::AwaitingPayment | S::Cancelled | S::Refunded) {
        return Ok(state);
    }
    let sum = |of: fn(&Line) -> i64| lines.iter().map(|l| of(l)).sum::<i64>();
    let shipped = sum(|l| l.shipped_qty);
    let left = sum(|l| l.qty - l.withdrawn_qty) - shipped;
    let event = if lines.iter().all(|l| l.all_back()) {
        SellerOrderEvent::RefundAll
    } else if shipped == 0 {
        return Ok(state);
    } else if left > 0 {
        SellerOrderEvent::ShipPart
    } else if sum(|l| l.received_qty) == shipped {
        SellerOrderEvent::Receive
    } else {
        SellerOrderEvent::ShipRest
    };
    match (state, event) {
        (S::Shipped, SellerOrderEvent::ShipRest) | (S::Received, SellerOrderEvent::Receive) => Ok(state),
        // All that is left arrived at once, as when the rest was refunded unshipped.
        (S::ToShip, SellerOrderEvent::Receive) => Ok(state.apply(SellerOrderEvent::ShipRest)?.apply(event)?),
        _ => Ok(state.apply(event)?),
    }
}
