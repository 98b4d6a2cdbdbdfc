//! Waiting ledger facts become a block of the public journal and of the sums, at most one a second.

use crate::{counter::seal, kernel::Result, web::Market};

/// Most facts of one block.
const MOST: i64 = 2_000;

pub async fn turn(market: Market) -> Result<usize> {
    seal::block(market.db(), market.now(), MOST).await
}
