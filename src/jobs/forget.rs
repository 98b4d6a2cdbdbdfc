//! Rows that have served: expired quotes and sessions, old idempotency keys, holders of ended holds, quiet
//! client addresses.

use crate::{
    db::{idempotency, tx},
    identity::session,
    kernel::{Result, time::DAY},
    pricing,
    stock::holder,
    web::Market,
};

pub async fn turn(market: Market) -> Result<usize> {
    market.limits.forget_quiet();
    let now = market.now();
    let gone = tx!(market.db(), tx, {
        let quotes = pricing::forget_quotes(&mut tx, now.later(-DAY)).await?;
        let sessions = session::forget(&mut tx, now).await?;
        let keys = idempotency::forget(&mut tx, now.later(-30 * DAY)).await?;
        let holders = holder::forget(&mut tx, now).await?;
        Ok(quotes + sessions + keys + holders)
    })?;
    Ok(usize::try_from(gone).unwrap_or(usize::MAX))
}
