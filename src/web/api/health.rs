//! Whether the process lives (`/healthz`) and can serve (`/readyz`).

use std::{sync::atomic::Ordering, time::Duration};

use axum::{Json, extract::State};
use serde::Serialize;

use crate::{
    db::{q, statements},
    kernel,
    web::{Allow, Market, Result, Route},
};

statements! {
    PING = "SELECT CAST(count(*) AS BIGINT) FROM version";
}

/// How long a database may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(2);

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/healthz", Allow::Anyone, alive), Route::get("/readyz", Allow::Anyone, ready)]
}

/// An answer of either.
#[derive(Serialize)]
pub struct Health {
    status: &'static str,
}

async fn alive() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// Asks the database; 503 while it is away, silent for two seconds, or damaged.
async fn ready(State(market): State<Market>) -> Result<Json<Health>> {
    let ping = async { q(PING).one::<(i64,)>(&mut market.db().read().await?).await };
    let answered = tokio::time::timeout(PATIENCE, ping).await;
    answered.map_err(|_| kernel::Error::Unavailable(anyhow::anyhow!("the database does not answer")))??;
    if !market.sound.load(Ordering::SeqCst) {
        return Err(kernel::Error::Unavailable(anyhow::anyhow!("the database file is damaged")).into());
    }
    Ok(Json(Health { status: "ok" }))
}
