//! Orders whose hold ran out end, and their stock is free again within 30 seconds (S2).

use crate::{kernel::Result, orders::expire, web::Market};

pub async fn turn(market: Market) -> Result<usize> {
    expire::expire_overdue(&market.trade, 200).await
}
