//! Whether the process lives (`/healthz`) and can serve (`/readyz`).

use axum::{Json, extract::State as Inject};
use serde::Serialize;

use crate::{
    db::{q, statements},
    web::{Allow, Result, Route, State},
};

statements! {
    PING = "SELECT CAST(count(*) AS BIGINT) FROM version";
}

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

/// Asks the database; 503 while it is away.
async fn ready(Inject(state): Inject<State>) -> Result<Json<Health>> {
    let _: (i64,) = q(PING).one(&mut state.db().read().await?).await?;
    Ok(Json(Health { status: "ok" }))
}
