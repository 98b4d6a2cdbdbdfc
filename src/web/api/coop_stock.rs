//! A cooperative's stock: counted, and taken in by batches.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use crate::{
    db::idempotency::Key,
    identity::Role,
    kernel::SkuId,
    stock::{
        adjust::{self, Change, Level},
        batch::{self, Kept, NewBatch},
    },
    web::{
        Allow, Market, Result, Route,
        auth::Caller,
        durable::durable,
        json::{ApiJson, IdempotencyKey},
    },
};

/// Operations of this file.
#[derive(OpenApi)]
#[openapi(paths(add_batch, adjust_stock))]
pub struct Operations;

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    let coop = Allow::Roles(&[Role::Coop]);
    vec![
        Route::post("/api/v1/coop/skus/{id}/batches", coop, add_batch),
        Route::post("/api/v1/coop/skus/{id}/stock", coop, adjust_stock),
    ]
}

/// A change of what is on hand.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StockRequest {
    /// Units, negative for out.
    pub delta: i64,
    /// Why.
    pub reason: String,
}

/// What is on hand now.
#[derive(Debug, Serialize, ToSchema)]
pub struct StockView {
    pub id: String,
    pub on_hand: i64,
    pub held: i64,
    pub available: i64,
}

/// A batch that was kept, with what is on hand now.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchView {
    pub id: String,
    /// Code on the box, which `/trace/{code}` shows.
    pub code: String,
    pub on_hand: i64,
    pub held: i64,
    pub available: i64,
}

/// adjustStock
#[utoipa::path(post, path = "/api/v1/coop/skus/{id}/stock", operation_id = "adjustStock", tag = "cooperative",
    request_body = StockRequest, params(("id" = String, Path)), responses((status = 200, body = StockView)))]
pub async fn adjust_stock(
    State(market): State<Market>,
    caller: Caller,
    Path(id): Path<String>,
    key: IdempotencyKey,
    ApiJson { value, hash }: ApiJson<StockRequest>,
) -> Result<Json<StockView>> {
    let key = key.given(caller.scope(), "adjustStock", &id, &hash);
    let change = Change { sku: SkuId(id.clone()), delta: value.delta, reason: value.reason };
    let level = adjusted(&market, &caller, change, key).await?;
    Ok(Json(StockView { id, on_hand: level.on_hand, held: level.held, available: level.on_hand - level.held }))
}

/// Changes stock for the caller's cooperative; its page does the same.
pub async fn adjusted(market: &Market, caller: &Caller, change: Change, key: Option<Key>) -> Result<Level> {
    let coop = caller.person()?.own_coop()?.clone();
    let work = market.work(caller.actor(), key);
    durable(async move { adjust::adjust(&work, &coop, &change).await }).await
}

/// addBatch
#[utoipa::path(post, path = "/api/v1/coop/skus/{id}/batches", operation_id = "addBatch", tag = "cooperative",
    request_body = NewBatch, params(("id" = String, Path)), responses((status = 201, body = BatchView)))]
pub async fn add_batch(
    State(market): State<Market>,
    caller: Caller,
    Path(id): Path<String>,
    key: IdempotencyKey,
    ApiJson { value, hash }: ApiJson<NewBatch>,
) -> Result<(StatusCode, Json<BatchView>)> {
    let key = key.given(caller.scope(), "addBatch", &id, &hash);
    let kept = batch_added(&market, &caller, SkuId(id), (value, key)).await?;
    let Level { on_hand, held } = kept.level;
    let view = BatchView { id: kept.id.0, code: kept.code, on_hand, held, available: on_hand - held };
    Ok((StatusCode::CREATED, Json(view)))
}

/// Takes a batch into stock for the caller's cooperative; its page does the same.
pub async fn batch_added(
    market: &Market,
    caller: &Caller,
    sku: SkuId,
    (new, key): (NewBatch, Option<Key>),
) -> Result<Kept> {
    let coop = caller.person()?.own_coop()?.clone();
    let work = market.work(caller.actor(), key);
    durable(async move { batch::add(&work, (&coop, &sku), &new).await }).await
}
