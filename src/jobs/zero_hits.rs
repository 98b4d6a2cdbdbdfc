//! Texts that found nothing in this process are written down for the operator.

use crate::{kernel::Result, search::zero, web::Market};

pub async fn turn(market: Market) -> Result<usize> {
    zero::record(market.db(), market.search.noted(), market.now()).await
}
