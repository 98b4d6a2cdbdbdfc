//! Meilisearch, where it is configured, follows the catalogue: every process looks, one writes.

use crate::{kernel::Result, search, web::Market};

/// Looks whether it holds what this process shows.
pub async fn watch(market: Market) -> Result<usize> {
    let Some(meili) = market.search.meili() else { return Ok(0) };
    let generation = meili.generation();
    meili.watch(&market.search.now(), generation).await.map(|()| 0)
}

/// Sends it what it does not hold.
pub async fn write(market: Market) -> Result<usize> {
    let Some(meili) = market.search.meili() else { return Ok(0) };
    meili.write(|| search::docs(&market.shelf.now())).await
}
