//! Payments that are not settled are asked after at their providers, in case an event never came (S5).

use crate::{
    kernel::{Result, time::SECOND},
    orders::ask,
    web::Market,
};

/// Most payments of one question.
pub const BATCH: i64 = 1_000;

pub async fn turn(market: Market) -> Result<usize> {
    let before = market.now().later(-market.config.reconcile_seconds * SECOND);
    ask::ask_all(&market.trade, before, BATCH).await
}
