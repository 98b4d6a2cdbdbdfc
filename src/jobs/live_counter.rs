//! This process's counter follows the journal, so that its pages and streams show each block.

use crate::{kernel::Result, web::Market};

pub async fn turn(market: Market) -> Result<usize> {
    let now = market.now();
    let changed = market.counter.refresh(market.db(), now).await?;
    Ok(usize::from(changed))
}
