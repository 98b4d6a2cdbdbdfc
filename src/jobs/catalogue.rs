//! This process's snapshot follows the database; search is built anew where what it ranks changed.

use crate::{kernel::Result, web::State};

pub async fn turn(state: State) -> Result<usize> {
    if !state.shelf.refresh(state.db(), state.now()).await? {
        return Ok(0);
    }
    state.search.rebuild(state.shelf.now().docs()).await?;
    Ok(1)
}
