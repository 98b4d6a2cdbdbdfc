//! A tender of a refund with all that it belongs to, under the order's lock.

use super::super::{
    read,
    record::{Order, Refund, RefundTender},
};
use crate::{
    db::Tx,
    kernel::{RefundTenderId, Result},
};

/// A tender of a refund of an order.
pub struct Case {
    pub order: Order,
    pub refund: Refund,
    pub tender: RefundTender,
}

/// The case of a tender as it stands now that the order's row is locked: two who tell of it at once come one after
/// the other.
pub async fn locked(tx: &mut Tx, id: &RefundTenderId) -> Result<Case> {
    let RefundTender { refund_id, .. } = read::refund_tender(tx, id).await?;
    let Refund { order_id, .. } = read::refund(tx, &refund_id).await?;
    let order = read::lock(tx, &order_id).await?;
    Ok(Case { order, refund: read::refund(tx, &refund_id).await?, tender: read::refund_tender(tx, id).await? })
}
