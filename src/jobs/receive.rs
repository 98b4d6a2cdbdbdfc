//! Parcels that a carrier picked up ten days ago count as received (counting.md 2.4).

use crate::{kernel::Result, orders::receive, web::State};

pub async fn turn(state: State) -> Result<usize> {
    receive::auto_receive(&state.trade, 500).await
}
