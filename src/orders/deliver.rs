//! The door of receipts (收货): units arrive, whoever says so, and the money of lines that are complete becomes due.

use super::{
    OrderState, SellerOrderState,
    books::{self, Booked},
    kinds::{OrderEventKind, ReceivedSource},
    read,
    record::{Line, Order, Part, SellerOrder},
    state::{OrderEvent, SellerOrderEvent},
    store,
};
use crate::{
    db::{Tx, q, row, statements},
    kernel::{At, Result, Step},
    ledger::{Entry, post},
};

statements! {
    RECEIVE_LINE = "UPDATE order_lines SET received_qty = received_qty + $1,
                      arrived_at = CASE WHEN arrived_at > $2 THEN arrived_at ELSE $2 END
                    WHERE order_id = $3 AND line_no = $4";
    LINE_RECEIVED = "UPDATE order_lines SET received_at = $1
                     WHERE order_id = $2 AND line_no = $3 AND received_at IS NULL";
    PART_EFFECTIVE = "UPDATE line_parts SET effective_fen = payable_fen - refunded_fen WHERE order_id = $1 AND line_no = $2";
    SELLER_RECEIVED = "UPDATE seller_orders SET received_source = $1,
                         received_at = (SELECT MAX(arrived_at) FROM order_lines WHERE seller_order_id = seller_orders.id)
                       WHERE id = $2 AND received_at IS NULL";
}

row! {
    /// Units of a line that arrived.
    #[derive(Clone, Copy, Debug)]
    pub struct Arrived {
        pub line_no: i64,
        pub qty: i64,
    }
}

/// Units of a seller order that arrived together.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub lines: Vec<Arrived>,
    pub at: At,
    /// How it is known.
    pub source: ReceivedSource,
}

/// Takes units as received, within the caller's transaction, whose order row is locked. The caller sees to it that
/// the same units arrive once.
pub async fn deliver(
    tx: &mut Tx,
    (order, seller): (&Order, &SellerOrder),
    delivery: &Delivery,
    step: &mut Step,
) -> Result<()> {
    for Arrived { line_no, qty } in &delivery.lines {
        let receive = q(RECEIVE_LINE).bind(*qty).bind(delivery.at).bind(&order.id).bind(*line_no);
        tx.expect_rows(receive, 1).await?;
    }
    let before = step.at;
    step.at = delivery.at;
    let followed = follow(tx, order, step).await;
    step.at = before;
    followed?;
    let now = read::seller(tx, &seller.id).await?;
    if now.state == SellerOrderState::Received {
        q(SELLER_RECEIVED).bind(delivery.source).bind(&seller.id).exec(tx).await?;
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

/// A line is received when all units that were not withdrawn have arrived: its money becomes due, dated by the
/// units that arrived last, in whatever order that was recorded.
async fn book_received(tx: &mut Tx, order: &Order, mut lines: Vec<Line>, step: &mut Step) -> Result<Vec<Line>> {
    let complete =
        |l: &Line| l.received_at.is_none() && l.received_qty > 0 && l.received_qty == l.qty - l.withdrawn_qty;
    if !lines.iter().any(complete) {
        return Ok(lines);
    }
    let parts: Vec<Part> = read::parts(tx, &order.id).await?;
    let rows: Vec<Entry> = read::sale(tx, &order.id).await?;
    let booked = Booked { order: &order.id, rows: &rows };
    let mut entries = Vec::new();
    for line in lines.iter_mut().filter(|l| complete(l)) {
        let at = line.arrived_at.unwrap_or(step.at);
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
