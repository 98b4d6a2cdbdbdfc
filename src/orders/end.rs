//! Ends: an order cancelled by its buyer, or expired because it was not paid in time.

use super::{OrderState, Trade, read, record, record::Order, refund, state::OrderEvent};
use crate::{
    db::{Conn, Tx, q, statements, tx},
    kernel::{Actor, At, Code, OrderId, Refusal, Result, Step},
    payments::store,
    promotions::redemption,
    stock::hold,
};

statements! {
    END = "UPDATE orders SET state = $1, closed_at = $2 WHERE id = $3 AND state = $4";
    END_SELLERS = "UPDATE seller_orders SET state = 'cancelled' WHERE order_id = $1 AND state = 'awaiting_payment'";
    OVERDUE = "SELECT id FROM orders WHERE state = 'awaiting_payment' AND hold_until <= $1 ORDER BY hold_until LIMIT $2";
}

/// Cancels an order for its buyer: an unpaid one ends `cancelled`, a paid one of which nothing was
/// shipped is refunded whole and ends `refunded`; refuses any other.
pub async fn cancel(trade: &Trade, order: &Order, by: Actor) -> Result<()> {
    if order.state == OrderState::AwaitingPayment {
        let done = tx!(trade.db, tx, {
            let mut step = trade.step(by.clone());
            let order = read::lock(&mut tx, &order.id).await?;
            end_unpaid(&mut tx, &order, OrderEvent::Cancel, &mut step).await
        });
        match done {
            // It was paid in the same moment: cancel the paid order instead.
            Err(error) if error.refusal().is_some() => {}
            other => return other,
        }
    }
    let order = read::by_id(&mut trade.db.read().await?, &order.id).await?;
    if order.state != OrderState::Paid {
        return Err(Refusal::new(Code::WrongState).with("state", order.state).into());
    }
    refund::cancel_paid(trade, &order, by).await
}

/// Ends every order whose hold ran out, at most `most`; answers how many.
pub async fn expire_overdue(trade: &Trade, most: i64) -> Result<usize> {
    let overdue = overdue(&mut trade.db.read().await?, trade.clock.now(), most).await?;
    for id in &overdue {
        tx!(trade.db, tx, {
            let mut step = trade.step(Actor::SYSTEM);
            let order = read::lock(&mut tx, id).await?;
            let due = order.state == OrderState::AwaitingPayment && order.hold_until.is_some_and(|at| at <= step.at);
            if due { end_unpaid(&mut tx, &order, OrderEvent::Expire, &mut step).await } else { Ok(()) }
        })?;
    }
    Ok(overdue.len())
}

async fn overdue(conn: &mut Conn, now: At, most: i64) -> Result<Vec<OrderId>> {
    let rows: Vec<(OrderId,)> = q(OVERDUE).bind(now).bind(most).all(conn).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Ends an unpaid order within the caller's transaction: stock and coupon go back, once.
pub async fn end_unpaid(tx: &mut Tx, order: &Order, event: OrderEvent, step: &mut Step) -> Result<()> {
    let to = order.state.apply(event)?;
    let update = q(END).bind(to).bind(step.at).bind(&order.id).bind(order.state);
    if update.exec(tx).await? == 0 {
        return Err(Refusal::new(Code::WrongState).with("state", order.state).into());
    }
    q(END_SELLERS).bind(&order.id).exec(tx).await?;
    hold::release(tx, &order.id, step).await?;
    redemption::give_back(tx, &order.id).await?;
    if event == OrderEvent::Cancel {
        store::give_up(tx, &order.id).await?;
    }
    let kind = if event == OrderEvent::Cancel { "cancelled" } else { "expired" };
    let event = record::event(step, kind, None, "");
    record::note(tx, &order.id, event, step).await
}
