//! Parcels that a carrier picked up ten days ago count as received (C9).

use crate::{kernel::Result, orders::receive, web::Market};

/// Most parcels of one turn.
pub const BATCH: i64 = 500;

pub async fn turn(market: Market) -> Result<usize> {
    receive::auto_receive(&market.trade, BATCH).await
}
