//! Refunds (退款): promised in one transaction, sent to the provider, booked in another (I7).
//!
//! `split` says how much of which line goes back, `tenders` by which payments. What is promised (`promise`) is sent by
//! `send`, one tender after another, and `settle` books the goods when the last of the money is back; `failed` takes
//! back a promise that every provider refused. `request` understands what the operator asks for.

pub mod case;
mod failed;
pub mod promise;
pub mod request;
pub mod send;
mod settle;
pub mod split;
pub mod tenders;

pub use promise::Refunding;
pub use split::{Amounts, Asked, AskedLine};

use super::{OrderState, Trade, read, record::Order};
use crate::{
    db::{Conn, Tx, Work, audit_log, once, tx},
    kernel::{Code, Fen, RefundId, Refusal, Result, Step},
};

/// Refunds some or all of a paid order; the same key gives the first answer again. Refuses an order
/// that is not paid, and more than is left of it.
pub async fn refund(trade: &Trade, work: &Work, order: &Order, (asked, reason): (&Asked, &str)) -> Result<Refunding> {
    let promised: Refunding = once!(work, tx, step, {
        let order = read::lock(&mut tx, &order.id).await?;
        refundable(&order)?;
        let refunding = promise::request(&mut tx, &order, asked, reason, &mut step).await?;
        log(&mut tx, &order, (refunding.amount_fen, reason), &step).await?;
        Ok(refunding)
    })?;
    // Promised, whatever the provider says now: the answer is where it stands.
    let state = send::or_leave(trade, &RefundId(promised.refund_id.clone())).await;
    Ok(Refunding { state, ..promised })
}

/// What the operator gives back is logged with the reason (I17).
async fn log(tx: &mut Tx, order: &Order, (amount, reason): (Fen, &str), step: &Step) -> Result<()> {
    let detail = format!("{} {reason}", amount.yuan());
    audit_log::by(tx, step, "order.refund", &order.number, &detail).await
}

/// Refunds a paid order whole because its buyer cancels it before anything was shipped.
pub async fn cancel_paid(trade: &Trade, work: &Work, order: &Order) -> Result<()> {
    let refunding = tx!(work.db, tx, {
        let mut step = work.step();
        let order = read::lock(&mut tx, &order.id).await?;
        let lines = read::lines(&mut tx, &order.id).await?;
        let shipped = lines.iter().any(|line| line.shipped_qty > 0);
        if order.state != OrderState::Paid || shipped {
            return Err(Refusal::new(Code::WrongState).with("state", order.state).into());
        }
        promise::request(&mut tx, &order, &Asked::Whole, "cancelled by the buyer", &mut step).await
    })?;
    send::or_leave(trade, &RefundId(refunding.refund_id)).await;
    Ok(())
}

/// What a refund would give back now; refuses what [`refund`] would refuse.
pub async fn look(conn: &mut Conn, order: &Order, asked: &Asked) -> Result<Amounts> {
    refundable(order)?;
    Amounts::of(&promise::shares(conn, order, asked).await?)
}

fn refundable(order: &Order) -> Result<()> {
    if matches!(order.state, OrderState::Paid | OrderState::Completed) {
        return Ok(());
    }
    Err(Refusal::new(Code::WrongState).with("state", order.state).into())
}
