//! Meilisearch, where it is configured, follows the catalogue: every process looks, one writes.

use crate::{kernel::Result, search, web::State};

/// Looks whether it holds what this process shows.
pub async fn watch(state: State) -> Result<usize> {
    let Some(meili) = state.search.meili() else { return Ok(0) };
    let generation = meili.generation();
    meili.watch(&state.search.now(), generation).await.map(|()| 0)
}

/// Sends it what it does not hold.
pub async fn write(state: State) -> Result<usize> {
    let Some(meili) = state.search.meili() else { return Ok(0) };
    meili.write(|| search::docs(&state.shelf.now())).await
}
