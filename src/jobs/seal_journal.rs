//! Waiting ledger facts become a block of the public journal, at most one a second.

use crate::{counter::seal, kernel::Result, web::State};

/// Most facts of one block.
const MOST: i64 = 2_000;

pub async fn turn(state: State) -> Result<usize> {
    seal::block(state.db(), state.now(), MOST).await
}
