//! Expiring (过期): an order that was not paid in time.

use super::{OrderState, Trade, read, state::OrderEvent, unpaid};
use crate::{
    db::{q, setback, statements, tx},
    kernel::{Actor, OrderId, Result},
};

statements! {
    OVERDUE = "SELECT id FROM orders WHERE state = 'awaiting_payment' AND hold_until <= $1 AND NOT EXISTS (
                 SELECT 1 FROM setbacks s WHERE s.job = 'expire_holds' AND s.subject = orders.id AND s.next_at > $1)
               ORDER BY hold_until LIMIT $2";
}

/// Ends every order whose hold ran out, at most `most`; answers how many. They end together; where one of them
/// cannot, each ends alone, and that one is put off.
pub async fn expire_overdue(trade: &Trade, most: i64) -> Result<usize> {
    let now = trade.clock.now();
    let overdue: Vec<(OrderId,)> = q(OVERDUE).bind(now).bind(most).all(&mut trade.db.read().await?).await?;
    let ids: Vec<OrderId> = overdue.into_iter().map(|row| row.0).collect();
    let turn = setback::turn(&trade.db, "expire_holds", now).await?;
    let together = end(trade, &ids).await.is_ok();
    for id in &ids {
        let done = if together { Ok(()) } else { end(trade, std::slice::from_ref(id)).await };
        turn.after(id.as_str(), done).await?;
    }
    Ok(ids.len())
}

async fn end(trade: &Trade, ids: &[OrderId]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    tx!(trade.db, tx, {
        let mut step = trade.step(Actor::SYSTEM);
        let mut due = read::lock_all(&mut tx, ids).await?;
        let now = step.at;
        due.retain(|order| order.state == OrderState::AwaitingPayment && order.hold_until.is_some_and(|at| at <= now));
        if due.is_empty() { Ok(()) } else { unpaid::end(&mut tx, &due, OrderEvent::Expire, &mut step).await }
    })
}
