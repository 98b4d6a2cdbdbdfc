//! Orders whose hold ran out end, and their stock is free again within 30 seconds (S2).

use crate::{kernel::Result, orders::expire, web::Market};

/// Most orders that end together.
pub const BATCH: i64 = 500;

pub async fn turn(market: Market) -> Result<usize> {
    expire::expire_overdue(&market.trade, BATCH).await
}
