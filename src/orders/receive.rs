//! Receiving (收货): a delivered scan, the buyer's word, or time after a pick-up scan (C9).

use super::{
    Trade,
    deliver::{Arrived, Delivery, deliver},
    kinds::{OrderEventKind, ReceivedSource},
    read,
    record::{Order, SellerOrder},
    store,
};
use crate::{
    db::{Tx, Work, q, row, setback, statements, tx},
    kernel::{Actor, At, Code, Refusal, Result, SellerOrderId, Step, time::DAY},
};

/// Days after shipping on which a picked-up parcel counts as received (C9).
const AUTO_RECEIVE: i64 = 10 * DAY;

statements! {
    DELIVERED = "UPDATE shipments SET delivered_at = $1 WHERE seller_order_id = $2 AND n = $3 AND delivered_at IS NULL";
    CARRIED = "SELECT line_no, qty FROM shipment_lines WHERE seller_order_id = $1 AND n = $2 ORDER BY line_no";
    ON_THE_WAY = "SELECT n FROM shipments WHERE seller_order_id = $1 AND delivered_at IS NULL ORDER BY n";
    OVERDUE = "SELECT seller_order_id, n FROM shipments
               WHERE delivered_at IS NULL AND picked_up_at IS NOT NULL AND shipped_at <= $1 AND NOT EXISTS (
                 SELECT 1 FROM setbacks s WHERE s.job = 'receive' AND s.next_at > $2
                   AND s.subject = shipments.seller_order_id || '/' || CAST(shipments.n AS TEXT))
               ORDER BY shipped_at LIMIT $3";
}

/// A parcel's arrival.
#[derive(Clone, Copy, Debug)]
pub struct Delivered {
    /// Which parcel, from 1.
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
            parcel_arrived(&mut tx, (&order, &seller), delivered, &mut step).await?;
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
        parcel_arrived(&mut tx, (&order, &seller), delivered, &mut step).await?;
        let received = (OrderEventKind::Received, ReceivedSource::Auto.as_str());
        store::note_seller_order(&mut tx, (&order.id, &seller.id), received, &mut step).await
    })
}

/// A parcel arrives with what it carries, within the caller's transaction, whose order row is locked; once.
pub async fn parcel_arrived(
    tx: &mut Tx,
    (order, seller): (&Order, &SellerOrder),
    parcel: Delivered,
    step: &mut Step,
) -> Result<()> {
    if q(DELIVERED).bind(parcel.at).bind(&seller.id).bind(parcel.n).exec(tx).await? == 0 {
        return Ok(());
    }
    let lines: Vec<Arrived> = q(CARRIED).bind(&seller.id).bind(parcel.n).all(tx).await?;
    let delivery = Delivery { lines, at: parcel.at, source: parcel.source };
    deliver(tx, (order, seller), &delivery, step).await
}
