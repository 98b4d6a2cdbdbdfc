//! Cancelling (取消): an order given up by its buyer.

use super::{OrderState, Trade, read, record::Order, refund, state::OrderEvent, unpaid};
use crate::{
    db::{Work, tx},
    kernel::{Code, Refusal, Result},
};

/// Cancels an order for its buyer: an unpaid one ends `cancelled`, a paid one of which nothing was
/// shipped is refunded whole and ends `refunded`; refuses any other.
pub async fn cancel(trade: &Trade, work: &Work, order: &Order) -> Result<()> {
    if order.state == OrderState::AwaitingPayment {
        let done = tx!(work.db, tx, {
            let order = read::lock(&mut tx, &order.id).await?;
            unpaid::end(&mut tx, std::slice::from_ref(&order), OrderEvent::Cancel, &mut work.step()).await
        });
        match done {
            // It was paid in the same moment: cancel the paid order instead.
            Err(error) if error.refusal().is_some() => {}
            other => return other,
        }
    }
    let order = read::by_id(&mut work.db.read().await?, &order.id).await?;
    if order.state != OrderState::Paid {
        return Err(Refusal::new(Code::WrongState).with("state", order.state).into());
    }
    refund::cancel_paid(trade, work, &order).await
}
