//! Open payments are asked after at the provider, in case its event never came (G-05).

use crate::{
    kernel::{Result, time::SECOND},
    orders::finish,
    payments::store,
    web::State,
};

pub async fn turn(state: State) -> Result<usize> {
    let before = state.now().later(-state.config.reconcile_seconds * SECOND);
    let open = store::to_ask(&mut state.db().read().await?, before, 100).await?;
    for payment in &open {
        finish::ask_provider(&state.trade, &payment.id).await?;
    }
    Ok(open.len())
}
