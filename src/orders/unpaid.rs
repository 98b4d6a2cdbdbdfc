//! The end of an unpaid order, which is cancelled or expires: what it held goes back.

use super::{
    kinds::OrderEventKind,
    read,
    record::Order,
    state::{OrderEvent, SellerOrderEvent},
    store,
};
use crate::{
    db::Tx,
    kernel::{Result, Step},
    payments,
    promotions::redemption,
    stock::hold,
};

/// Ends an unpaid order within the caller's transaction, whose order row is locked: stock and coupon go
/// back, once. Refuses an order that is not waiting for payment.
pub(super) async fn end(tx: &mut Tx, order: &Order, event: OrderEvent, step: &mut Step) -> Result<()> {
    store::end(tx, order, event, step.at).await?;
    for seller in read::sellers(tx, &order.id).await? {
        store::move_seller(tx, &seller, seller.state.apply(SellerOrderEvent::Cancel)?).await?;
    }
    // The coupon before the stock, as whoever places takes them: neither waits for the other in a circle.
    redemption::give_back(tx, &order.id).await?;
    hold::release(tx, &order.id, step).await?;
    if event == OrderEvent::Cancel {
        payments::store::give_up(tx, &order.id).await?;
    }
    let kind = if event == OrderEvent::Cancel { OrderEventKind::Cancelled } else { OrderEventKind::Expired };
    store::note(tx, &order.id, (kind, ""), step).await
}
