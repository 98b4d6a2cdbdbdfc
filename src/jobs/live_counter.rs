//! This process's counter follows the journal, so that its pages and streams show each block.

use crate::{kernel::Result, web::State};

pub async fn turn(state: State) -> Result<usize> {
    let now = state.now();
    let changed = state.counter.refresh(state.db(), now).await?;
    Ok(usize::from(changed))
}
