//! A cooperative's products and stock.

use axum::{
    Json,
    extract::{Path, State as Inject},
};
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use super::orders::Paging;
use crate::{
    catalogue::{
        ListingState, SeasonView,
        desk::{self, OwnProduct, OwnSku},
    },
    identity::Role,
    kernel::{At, Fen, ProductId, SkuId},
    stock::adjust::{self, Change, Level},
    web::{
        Allow, Result, Route, State,
        auth::Caller,
        durable::durable,
        json::{ApiJson, ApiQuery},
    },
};

/// Operations of this file.
#[derive(OpenApi)]
#[openapi(paths(coop_products, coop_product, adjust_stock))]
pub struct Operations;

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    let coop = Allow::Roles(&[Role::Coop]);
    vec![
        Route::get("/api/v1/coop/products", coop, coop_products),
        Route::get("/api/v1/coop/products/{id}", coop, coop_product),
        Route::post("/api/v1/coop/skus/{id}/stock", coop, adjust_stock),
    ]
}

/// A product as its cooperative sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnProductView {
    pub id: String,
    pub code: String,
    pub slug: String,
    pub state: ListingState,
    /// What the operator said last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub version: i64,
    pub county: String,
    pub category: String,
    pub name: String,
    pub name_en: String,
    pub summary: String,
    pub summary_en: String,
    pub story: String,
    pub story_en: String,
    pub storage: String,
    pub storage_en: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variety: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    pub return_class: String,
    pub service: String,
    pub bad_fruit_promise: bool,
    #[schema(value_type = String)]
    pub changed_at: At,
    pub skus: Vec<OwnSkuView>,
    /// Whether it is of a demonstration (演示数据).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub demo: bool,
}

/// A SKU as its cooperative sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnSkuView {
    pub id: String,
    pub sku: String,
    pub version: i64,
    pub active: bool,
    pub spec: String,
    pub spec_en: String,
    pub net_weight_g: i64,
    pub gross_weight_g: i64,
    #[schema(value_type = i64)]
    pub price_fen: Fen,
    #[schema(value_type = i64)]
    pub unit_price_fen_per_500g: Fen,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub season: Option<SeasonView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presale_ships_by: Option<String>,
    /// On hand for online orders.
    pub on_hand: i64,
    /// Of them held by unpaid orders.
    pub held: i64,
    /// What can be sold.
    pub available: i64,
}

/// A page of a cooperative's products.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnProductPage {
    pub items: Vec<OwnProductView>,
    pub total: i64,
    pub page: i64,
    pub per_page: i64,
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

impl From<OwnSku> for OwnSkuView {
    fn from(s: OwnSku) -> Self {
        let season = s.season_from.zip(s.season_to).map(|(from, to)| SeasonView { from, to });
        Self {
            id: s.id.0,
            sku: s.code,
            version: s.version,
            active: s.active,
            spec: s.spec,
            spec_en: s.spec_en,
            net_weight_g: s.net_weight_g.0,
            gross_weight_g: s.gross_weight_g.0,
            price_fen: s.price_fen,
            unit_price_fen_per_500g: s.net_weight_g.price_per_500g(s.price_fen),
            season,
            presale_ships_by: s.presale_ships_by,
            on_hand: s.on_hand,
            held: s.held,
            available: s.on_hand - s.held,
        }
    }
}

/// A product with its SKUs, for programs.
pub fn own_view((p, skus): (OwnProduct, Vec<OwnSku>), demo: bool) -> OwnProductView {
    OwnProductView {
        id: p.id.0,
        code: p.code,
        slug: p.slug,
        state: p.state,
        reason: p.reason,
        version: p.version,
        county: p.county_code,
        category: p.category_code,
        name: p.name,
        name_en: p.name_en,
        summary: p.summary,
        summary_en: p.summary_en,
        story: p.story,
        story_en: p.story_en,
        storage: p.storage,
        storage_en: p.storage_en,
        variety: p.variety,
        grade: p.grade,
        return_class: p.return_class,
        service: p.service,
        bad_fruit_promise: p.bad_fruit_promise,
        changed_at: p.changed_at,
        skus: skus.into_iter().map(OwnSkuView::from).collect(),
        demo,
    }
}

/// coopProducts
#[utoipa::path(get, path = "/api/v1/coop/products", operation_id = "coopProducts", tag = "cooperative",
    params(Paging), responses((status = 200, body = OwnProductPage)))]
pub async fn coop_products(
    Inject(state): Inject<State>,
    caller: Caller,
    ApiQuery(paging): ApiQuery<Paging>,
) -> Result<Json<OwnProductPage>> {
    let (page, per_page) = paging.checked(24)?;
    let coop = caller.person()?.own_coop()?;
    let mut conn = state.db().read().await?;
    let (products, total) = desk::products(&mut conn, coop, (per_page, (page - 1) * per_page)).await?;
    let items = products.into_iter().map(|product| own_view(product, state.demo)).collect();
    Ok(Json(OwnProductPage { items, total, page, per_page }))
}

/// getCoopProduct
#[utoipa::path(get, path = "/api/v1/coop/products/{id}", operation_id = "getCoopProduct", tag = "cooperative",
    params(("id" = String, Path)), responses((status = 200, body = OwnProductView)))]
pub async fn coop_product(
    Inject(state): Inject<State>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<OwnProductView>> {
    let coop = caller.person()?.own_coop()?;
    let found = desk::own_product(&mut state.db().read().await?, &ProductId(id), coop).await?;
    Ok(Json(own_view(found, state.demo)))
}

/// adjustStock
#[utoipa::path(post, path = "/api/v1/coop/skus/{id}/stock", operation_id = "adjustStock", tag = "cooperative",
    request_body = StockRequest, params(("id" = String, Path)), responses((status = 200, body = StockView)))]
pub async fn adjust_stock(
    Inject(state): Inject<State>,
    caller: Caller,
    Path(id): Path<String>,
    ApiJson { value, .. }: ApiJson<StockRequest>,
) -> Result<Json<StockView>> {
    let change = Change { sku: SkuId(id.clone()), delta: value.delta, reason: value.reason };
    let level = adjusted(&state, &caller, change).await?;
    Ok(Json(StockView { id, on_hand: level.on_hand, held: level.held, available: level.on_hand - level.held }))
}

/// Changes stock for the caller's cooperative; its page does the same.
pub async fn adjusted(state: &State, caller: &Caller, change: Change) -> Result<Level> {
    let coop = caller.person()?.own_coop()?.clone();
    let (db, clock, by) = (state.db().clone(), state.trade.clock.clone(), caller.actor());
    durable(async move { adjust::adjust((&db, &clock), &coop, &change, &by).await }).await
}
