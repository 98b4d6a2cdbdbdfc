//! Expiring (过期): an order that was not paid in time.

use super::{OrderState, Trade, read, state::OrderEvent, unpaid};
use crate::{
    db::{q, statements, tx},
    kernel::{Actor, OrderId, Result},
};

statements! {
    OVERDUE = "SELECT id FROM orders WHERE state = 'awaiting_payment' AND hold_until <= $1 ORDER BY hold_until LIMIT $2";
}

/// Ends every order whose hold ran out, at most `most`; answers how many.
pub async fn expire_overdue(trade: &Trade, most: i64) -> Result<usize> {
    let now = trade.clock.now();
    let overdue: Vec<(OrderId,)> = q(OVERDUE).bind(now).bind(most).all(&mut trade.db.read().await?).await?;
    for (id,) in &overdue {
        tx!(trade.db, tx, {
            let mut step = trade.step(Actor::SYSTEM);
            let order = read::lock(&mut tx, id).await?;
            let due = order.state == OrderState::AwaitingPayment && order.hold_until.is_some_and(|at| at <= step.at);
            if due { unpaid::end(&mut tx, &order, OrderEvent::Expire, &mut step).await } else { Ok(()) }
        })?;
    }
    Ok(overdue.len())
}
