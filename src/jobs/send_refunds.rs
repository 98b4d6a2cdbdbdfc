//! Refunds that were promised and not yet sent, as after a crash between the two.

use crate::{
    kernel::{Result, time::SECOND},
    orders::refund,
    web::Market,
};

/// Most refunds of one turn.
pub const BATCH: i64 = 100;

pub async fn turn(market: Market) -> Result<usize> {
    refund::send::send_waiting(&market.trade, market.now().later(-30 * SECOND), BATCH).await
}
