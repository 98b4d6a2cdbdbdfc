//! Payments whose orders ended unpaid are given up at their providers, until these agree.

use crate::{kernel::Result, orders::ask, web::Market};

/// Most payments of one turn.
pub const BATCH: i64 = 200;

pub async fn turn(market: Market) -> Result<usize> {
    ask::give_up_ended(&market.trade, BATCH).await
}
