//! Texts that found nothing in this process are written down for the operator.

use crate::{kernel::Result, search::zero, web::State};

pub async fn turn(state: State) -> Result<usize> {
    zero::record(state.db(), state.search.noted(), state.now()).await
}
