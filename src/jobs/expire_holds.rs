//! Orders whose hold ran out end, and their stock is free again (G-04: within 30 s).

use crate::{kernel::Result, orders::end, web::Market};

pub async fn turn(market: Market) -> Result<usize> {
    end::expire_overdue(&market.trade, 200).await
}
