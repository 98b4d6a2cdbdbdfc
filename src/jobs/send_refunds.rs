//! Refunds that were promised and not yet sent, as after a crash between the two.

use crate::{
    kernel::{Result, time::SECOND},
    orders::refund,
    web::Market,
};

pub async fn turn(market: Market) -> Result<usize> {
    refund::send_waiting(&market.trade, market.now().later(-30 * SECOND), 100).await
}
