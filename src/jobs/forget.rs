//! Rows that have served: expired quotes and sessions, old idempotency keys, quiet client addresses.

use crate::{
    db::{idempotency, tx},
    identity::session,
    kernel::{Result, time::DAY},
    pricing,
    web::State,
};

pub async fn turn(state: State) -> Result<usize> {
    state.limits.forget_quiet();
    let now = state.now();
    let gone = tx!(state.db(), tx, {
        let quotes = pricing::forget_quotes(&mut tx, now.later(-DAY)).await?;
        let sessions = session::forget(&mut tx, now).await?;
        let keys = idempotency::forget(&mut tx, now.later(-30 * DAY)).await?;
        Ok(quotes + sessions + keys)
    })?;
    Ok(usize::try_from(gone).unwrap_or(usize::MAX))
}
