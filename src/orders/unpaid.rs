//! The end of an unpaid order, which is cancelled or expires: what it held goes back.

use super::{
    OrderState, SellerOrderState,
    kinds::OrderEventKind,
    record::{self, Order},
    refund::promise,
    state::{OrderEvent, SellerOrderEvent},
};
use crate::{
    db::{self, Tx, q, statements},
    kernel::{Fen, Result, Step},
    payments,
    promotions::redemption,
    stock::hold,
};

statements! {
    END = "UPDATE orders SET state = $1, closed_at = $2 WHERE state = $3 AND id IN ($4)";
    END_PARTS = "UPDATE seller_orders SET state = $1 WHERE state = $2 AND order_id IN ($3)";
}

/// Ends unpaid orders within the caller's transaction, whose rows are locked: stock, coupons and payments are given
/// up, once, and what came in goes back. Refuses an order that is not waiting for payment. Few statements for all of them: ten thousand
/// holds may end together.
pub(super) async fn end(tx: &mut Tx, orders: &[Order], event: OrderEvent, step: &mut Step) -> Result<()> {
    let from = OrderState::AwaitingPayment;
    if let Some(other) = orders.iter().find(|order| order.state != from) {
        other.state.apply(event)?;
    }
    let (to, ids) = (from.apply(event)?, orders.iter().map(|order| order.id.clone()).collect::<Vec<_>>());
    tx.expect_rows(q(END).bind(to).bind(step.at).bind(from).and_list(&ids), ids.len() as u64).await?;
    let part = SellerOrderState::AwaitingPayment;
    q(END_PARTS).bind(part.apply(SellerOrderEvent::Cancel)?).bind(part).and_list(&ids).exec(tx).await?;
    // The coupons before the stock, as whoever places takes them: neither waits for the other in a circle.
    redemption::give_back(tx, &ids).await?;
    hold::release(tx, &ids, step).await?;
    payments::store::give_up(tx, &ids).await?;
    for order in orders.iter().filter(|order| order.tendered_fen > order.returned_fen) {
        let open = promise::unpromised(tx, order).await?;
        if open > Fen::ZERO {
            promise::request_unapplied(tx, order, (open, None), step).await?;
        }
    }
    let kind = if event == OrderEvent::Cancel { OrderEventKind::Cancelled } else { OrderEventKind::Expired };
    let ended: Vec<_> = ids.iter().map(|id| record::event(step, id, kind, None, "")).collect::<Result<_>>()?;
    db::insert_all(tx, &ended).await.map(|_| ())
}
