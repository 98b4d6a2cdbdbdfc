//! Refunds that were promised and not yet sent, as after a crash between the two.

use crate::{
    kernel::{Result, time::SECOND},
    orders::refund,
    web::State,
};

pub async fn turn(state: State) -> Result<usize> {
    refund::send_waiting(&state.trade, state.now().later(-30 * SECOND), 100).await
}
