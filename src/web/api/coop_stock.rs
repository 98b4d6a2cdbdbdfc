//! A cooperative's stock: counted, and taken in by batches.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use crate::{
    identity::Role,
    kernel::SkuId,
    stock::{
        adjust::{self, Change, Level},
        batch::{self, NewBatch},
    },
    web::{
        Allow, Market, Result, Route,
        auth::Caller,
        durable::of_coop,
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
    let adjust = move |work, coop| async move { adjust::adjust(&work, &coop, &change).await };
    let level = of_coop(&market, &caller, key, adjust).await?;
    Ok(Json(StockView { id, on_hand: level.on_hand, held: level.held, available: level.on_hand - level.held }))
}

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
    let sku = SkuId(id);
    let add = move |work, coop| async move { batch::add(&work, (&coop, &sku), &value).await };
    let kept = of_coop(&market, &caller, key, add).await?;
    let Level { on_hand, held } = kept.level;
    let view = BatchView { id: kept.id.0, code: kept.code, on_hand, held, available: on_hand - held };
    Ok((StatusCode::CREATED, Json(view)))
}
