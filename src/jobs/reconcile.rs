//! Open payments are asked after at the provider, in case its event never came (S5).

use crate::{
    kernel::{Result, time::SECOND},
    orders::hear,
    payments::store,
    web::Market,
};

pub async fn turn(market: Market) -> Result<usize> {
    let before = market.now().later(-market.config.reconcile_seconds * SECOND);
    let open = store::to_ask(&mut market.db().read().await?, before, 100).await?;
    for payment in &open {
        hear::ask_provider(&market.trade, &payment.id).await?;
    }
    Ok(open.len())
}
