//! A cooperative's products: written, priced, sent to the operator, taken off the shelf.

use axum::{
    Json,
    extract::{Path, State as Inject},
    http::StatusCode,
};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use super::orders::Paging;
use crate::{
    catalogue::{
        ListingState, SeasonView,
        desk::{self, OwnSku, WithSkus},
        edit::{
            product::{self, ProductEdit},
            publish,
            sku::{self, SkuEdit},
        },
    },
    db::{Conn, idempotency::Key},
    identity::Role,
    kernel::{At, Code, Day, Fen, ProductId, Refusal, Result as KernelResult, SkuId},
    web::{
        Allow, Result, Route, State,
        auth::Caller,
        durable::durable,
        json::{ApiJson, ApiQuery, IdempotencyKey},
    },
};

/// Operations of this file.
#[derive(OpenApi)]
#[openapi(paths(
    coop_products,
    create_product,
    coop_product,
    change_product,
    submit_product,
    withdraw_product,
    add_sku,
    set_sku
))]
pub struct Operations;

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    let coop = Allow::Roles(&[Role::Coop]);
    vec![
        Route::get("/api/v1/coop/products", coop, coop_products),
        Route::post("/api/v1/coop/products", coop, create_product),
        Route::get("/api/v1/coop/products/{id}", coop, coop_product),
        Route::patch("/api/v1/coop/products/{id}", coop, change_product),
        Route::post("/api/v1/coop/products/{id}/submit", coop, submit_product),
        Route::post("/api/v1/coop/products/{id}/withdraw", coop, withdraw_product),
        Route::post("/api/v1/coop/products/{id}/skus", coop, add_sku),
        Route::patch("/api/v1/coop/skus/{id}", coop, set_sku),
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
    pub certificates: Vec<OwnCertificate>,
    /// What it lacks before it can be sent to the operator, by field.
    pub missing: Vec<&'static str>,
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

/// A certificate of a product or of its cooperative.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnCertificate {
    pub kind: String,
    pub number: String,
    pub holder: String,
    #[schema(value_type = String)]
    pub valid_from: Day,
    #[schema(value_type = String)]
    pub valid_to: Day,
}

/// A page of a cooperative's products.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnProductPage {
    pub items: Vec<OwnProductView>,
    pub total: i64,
    pub page: i64,
    pub per_page: i64,
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
pub async fn own_view(state: &State, conn: &mut Conn, (p, skus): WithSkus) -> KernelResult<OwnProductView> {
    let certificates = desk::certificates(conn, &p).await?;
    let missing = publish::missing(&p, &skus, &certificates, state.now().day());
    let certificates = certificates.into_iter().map(|c| OwnCertificate {
        kind: c.kind,
        number: c.number,
        holder: c.holder,
        valid_from: c.valid_from,
        valid_to: c.valid_to,
    });
    Ok(OwnProductView {
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
        certificates: certificates.collect(),
        missing,
        demo: state.demo,
    })
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
    let mut items = Vec::with_capacity(products.len());
    for product in products {
        items.push(own_view(&state, &mut conn, product).await?);
    }
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
    Ok(Json(seen(&state, &caller, &ProductId(id)).await?))
}

/// A cooperative's own product; not found for another.
pub async fn seen(state: &State, caller: &Caller, id: &ProductId) -> Result<OwnProductView> {
    let coop = caller.person()?.own_coop()?;
    let mut conn = state.db().read().await?;
    let found = desk::own_product(&mut conn, id, coop).await?;
    Ok(own_view(state, &mut conn, found).await?)
}

/// createProduct
#[utoipa::path(post, path = "/api/v1/coop/products", operation_id = "createProduct", tag = "cooperative",
    request_body = ProductEdit, responses((status = 201, body = OwnProductView)))]
pub async fn create_product(
    Inject(state): Inject<State>,
    caller: Caller,
    key: IdempotencyKey,
    ApiJson { value, hash }: ApiJson<ProductEdit>,
) -> Result<(StatusCode, Json<OwnProductView>)> {
    let key = key.given(caller.scope(), "createProduct", "", &hash);
    let id = created(&state, &caller, value, key).await?;
    Ok((StatusCode::CREATED, Json(seen(&state, &caller, &id).await?)))
}

/// Writes a product for the caller's cooperative; its page does the same.
pub async fn created(state: &State, caller: &Caller, edit: ProductEdit, key: Option<Key>) -> Result<ProductId> {
    let coop = caller.person()?.own_coop()?.clone();
    let (db, clock, by) = (state.db().clone(), state.trade.clock.clone(), caller.actor());
    durable(async move { product::create((&db, &clock), &coop, (&edit, key.as_ref()), &by).await }).await
}

/// changeProduct
#[utoipa::path(patch, path = "/api/v1/coop/products/{id}", operation_id = "changeProduct", tag = "cooperative",
    request_body = ProductEdit, params(("id" = String, Path)), responses((status = 200, body = OwnProductView)))]
pub async fn change_product(
    Inject(state): Inject<State>,
    caller: Caller,
    Path(id): Path<String>,
    ApiJson { value, .. }: ApiJson<ProductEdit>,
) -> Result<Json<OwnProductView>> {
    let id = ProductId(id);
    changed(&state, &caller, id.clone(), value).await?;
    Ok(Json(seen(&state, &caller, &id).await?))
}

/// Changes a product of the caller's cooperative; its page does the same.
pub async fn changed(state: &State, caller: &Caller, id: ProductId, edit: ProductEdit) -> Result<()> {
    let coop = caller.person()?.own_coop()?.clone();
    let (db, clock, by) = (state.db().clone(), state.trade.clock.clone(), caller.actor());
    durable(async move { product::change((&db, &clock), (&coop, &id), &edit, &by).await }).await
}

/// submitProduct
#[utoipa::path(post, path = "/api/v1/coop/products/{id}/submit", operation_id = "submitProduct",
    tag = "cooperative", params(("id" = String, Path)), responses((status = 200, body = OwnProductView)))]
pub async fn submit_product(
    Inject(state): Inject<State>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<OwnProductView>> {
    let id = ProductId(id);
    submitted(&state, &caller, id.clone()).await?;
    Ok(Json(seen(&state, &caller, &id).await?))
}

/// Sends a product of the caller's cooperative to the operator; its page does the same.
pub async fn submitted(state: &State, caller: &Caller, id: ProductId) -> Result<()> {
    let coop = caller.person()?.own_coop()?.clone();
    let (db, clock, by) = (state.db().clone(), state.trade.clock.clone(), caller.actor());
    durable(async move { publish::submit((&db, &clock), (&coop, &id), &by).await }).await
}

/// withdrawProduct
#[utoipa::path(post, path = "/api/v1/coop/products/{id}/withdraw", operation_id = "withdrawProduct",
    tag = "cooperative", params(("id" = String, Path)), responses((status = 200, body = OwnProductView)))]
pub async fn withdraw_product(
    Inject(state): Inject<State>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<OwnProductView>> {
    let id = ProductId(id);
    withdrawn(&state, &caller, id.clone()).await?;
    Ok(Json(seen(&state, &caller, &id).await?))
}

/// Takes a product of the caller's cooperative off the shelf; its page does the same.
pub async fn withdrawn(state: &State, caller: &Caller, id: ProductId) -> Result<()> {
    let coop = caller.person()?.own_coop()?.clone();
    let (db, clock, by) = (state.db().clone(), state.trade.clock.clone(), caller.actor());
    durable(async move { publish::withdraw((&db, &clock), (&coop, &id), &by).await }).await
}

/// addSku
#[utoipa::path(post, path = "/api/v1/coop/products/{id}/skus", operation_id = "addSku", tag = "cooperative",
    request_body = SkuEdit, params(("id" = String, Path)), responses((status = 201, body = OwnSkuView)))]
pub async fn add_sku(
    Inject(state): Inject<State>,
    caller: Caller,
    Path(id): Path<String>,
    key: IdempotencyKey,
    ApiJson { value, hash }: ApiJson<SkuEdit>,
) -> Result<(StatusCode, Json<OwnSkuView>)> {
    let key = key.given(caller.scope(), "addSku", &id, &hash);
    let sku = sku_added(&state, &caller, ProductId(id), (value, key)).await?;
    Ok((StatusCode::CREATED, Json(seen_sku(&state, &caller, &sku).await?)))
}

/// Adds a SKU for the caller's cooperative; its page does the same.
pub async fn sku_added(
    state: &State,
    caller: &Caller,
    product: ProductId,
    (edit, key): (SkuEdit, Option<Key>),
) -> Result<SkuId> {
    let coop = caller.person()?.own_coop()?.clone();
    let (db, clock, by) = (state.db().clone(), state.trade.clock.clone(), caller.actor());
    durable(async move { sku::add((&db, &clock), (&coop, &product), (&edit, key.as_ref()), &by).await }).await
}

/// setSku
#[utoipa::path(patch, path = "/api/v1/coop/skus/{id}", operation_id = "setSku", tag = "cooperative",
    request_body = SkuEdit, params(("id" = String, Path)), responses((status = 200, body = OwnSkuView)))]
pub async fn set_sku(
    Inject(state): Inject<State>,
    caller: Caller,
    Path(id): Path<String>,
    ApiJson { value, .. }: ApiJson<SkuEdit>,
) -> Result<Json<OwnSkuView>> {
    let id = SkuId(id);
    sku_set(&state, &caller, id.clone(), value).await?;
    Ok(Json(seen_sku(&state, &caller, &id).await?))
}

/// Changes a SKU of the caller's cooperative; its page does the same.
pub async fn sku_set(state: &State, caller: &Caller, id: SkuId, edit: SkuEdit) -> Result<()> {
    let coop = caller.person()?.own_coop()?.clone();
    let (db, clock, by) = (state.db().clone(), state.trade.clock.clone(), caller.actor());
    durable(async move { sku::change((&db, &clock), (&coop, &id), &edit, &by).await }).await
}

async fn seen_sku(state: &State, caller: &Caller, id: &SkuId) -> Result<OwnSkuView> {
    let coop = caller.person()?.own_coop()?;
    let mut conn = state.db().read().await?;
    let owner = desk::own_sku(&mut conn, id, coop).await?;
    let (_, skus) = desk::product(&mut conn, &owner.product_id).await?;
    let sku = skus.into_iter().find(|sku| sku.id == *id).ok_or_else(|| Refusal::new(Code::NotFound))?;
    Ok(sku.into())
}
