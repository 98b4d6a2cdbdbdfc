//! A cooperative's products: written, priced, sent to the operator, taken off the shelf.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use utoipa::OpenApi;

use super::own_product::{OwnProductPage, OwnProductView, OwnSkuView, own_view};
use crate::{
    catalogue::{
        edit::{
            product::{self, ProductEdit},
            publish,
            sku::{self, SkuEdit},
        },
        own,
    },
    identity::Role,
    kernel::{Code, ProductId, Refusal, SkuId},
    web::{
        Allow, Market, Result, Route,
        auth::Caller,
        durable::of_coop,
        json::{ApiJson, ApiQuery, IdempotencyKey},
        paging::Paging,
        sizes,
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
        Route::post("/api/v1/coop/products", coop, create_product).body(sizes::LONG_TEXTS),
        Route::get("/api/v1/coop/products/{id}", coop, coop_product),
        Route::patch("/api/v1/coop/products/{id}", coop, change_product).body(sizes::LONG_TEXTS),
        Route::post("/api/v1/coop/products/{id}/submit", coop, submit_product),
        Route::post("/api/v1/coop/products/{id}/withdraw", coop, withdraw_product),
        Route::post("/api/v1/coop/products/{id}/skus", coop, add_sku),
        Route::patch("/api/v1/coop/skus/{id}", coop, set_sku),
    ]
}

#[utoipa::path(get, path = "/api/v1/coop/products", operation_id = "coopProducts", tag = "cooperative",
    params(Paging), responses((status = 200, body = OwnProductPage)))]
pub async fn coop_products(
    State(market): State<Market>,
    caller: Caller,
    ApiQuery(paging): ApiQuery<Paging>,
) -> Result<Json<OwnProductPage>> {
    let (page, per_page) = paging.checked(24)?;
    let coop = caller.person()?.own_coop()?;
    let mut conn = market.db().read().await?;
    let (products, total) = own::products(&mut conn, coop, (per_page, (page - 1) * per_page)).await?;
    let mut items = Vec::with_capacity(products.len());
    for product in products {
        items.push(own_view(&market, &mut conn, product).await?);
    }
    Ok(Json(OwnProductPage { items, total, page, per_page }))
}

#[utoipa::path(get, path = "/api/v1/coop/products/{id}", operation_id = "getCoopProduct", tag = "cooperative",
    params(("id" = String, Path)), responses((status = 200, body = OwnProductView)))]
pub async fn coop_product(
    State(market): State<Market>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<OwnProductView>> {
    Ok(Json(seen(&market, &caller, &ProductId(id)).await?))
}

/// A cooperative's own product; not found for another.
async fn seen(market: &Market, caller: &Caller, id: &ProductId) -> Result<OwnProductView> {
    let coop = caller.person()?.own_coop()?;
    let mut conn = market.db().read().await?;
    let found = own::own_product(&mut conn, id, coop).await?;
    Ok(own_view(market, &mut conn, found).await?)
}

#[utoipa::path(post, path = "/api/v1/coop/products", operation_id = "createProduct", tag = "cooperative",
    request_body = ProductEdit, responses((status = 201, body = OwnProductView)))]
pub async fn create_product(
    State(market): State<Market>,
    caller: Caller,
    key: IdempotencyKey,
    ApiJson { value, hash }: ApiJson<ProductEdit>,
) -> Result<(StatusCode, Json<OwnProductView>)> {
    let key = key.given(caller.scope(), "createProduct", "", &hash);
    let create = move |work, coop| async move { product::create(&work, &coop, &value).await };
    let id = of_coop(&market, &caller, key, create).await?;
    Ok((StatusCode::CREATED, Json(seen(&market, &caller, &id).await?)))
}

#[utoipa::path(patch, path = "/api/v1/coop/products/{id}", operation_id = "changeProduct", tag = "cooperative",
    request_body = ProductEdit, params(("id" = String, Path)), responses((status = 200, body = OwnProductView)))]
pub async fn change_product(
    State(market): State<Market>,
    caller: Caller,
    Path(id): Path<String>,
    ApiJson { value, .. }: ApiJson<ProductEdit>,
) -> Result<Json<OwnProductView>> {
    let id = ProductId(id);
    let of = id.clone();
    let change = move |work, coop| async move { product::change(&work, (&coop, &of), &value).await };
    of_coop(&market, &caller, None, change).await?;
    Ok(Json(seen(&market, &caller, &id).await?))
}

#[utoipa::path(post, path = "/api/v1/coop/products/{id}/submit", operation_id = "submitProduct",
    tag = "cooperative", params(("id" = String, Path)), responses((status = 200, body = OwnProductView)))]
pub async fn submit_product(
    State(market): State<Market>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<OwnProductView>> {
    let id = ProductId(id);
    let of = id.clone();
    let submit = move |work, coop| async move { publish::submit(&work, (&coop, &of)).await };
    of_coop(&market, &caller, None, submit).await?;
    Ok(Json(seen(&market, &caller, &id).await?))
}

#[utoipa::path(post, path = "/api/v1/coop/products/{id}/withdraw", operation_id = "withdrawProduct",
    tag = "cooperative", params(("id" = String, Path)), responses((status = 200, body = OwnProductView)))]
pub async fn withdraw_product(
    State(market): State<Market>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<OwnProductView>> {
    let id = ProductId(id);
    let of = id.clone();
    let withdraw = move |work, coop| async move { publish::withdraw(&work, (&coop, &of)).await };
    of_coop(&market, &caller, None, withdraw).await?;
    Ok(Json(seen(&market, &caller, &id).await?))
}

#[utoipa::path(post, path = "/api/v1/coop/products/{id}/skus", operation_id = "addSku", tag = "cooperative",
    request_body = SkuEdit, params(("id" = String, Path)), responses((status = 201, body = OwnSkuView)))]
pub async fn add_sku(
    State(market): State<Market>,
    caller: Caller,
    Path(id): Path<String>,
    key: IdempotencyKey,
    ApiJson { value, hash }: ApiJson<SkuEdit>,
) -> Result<(StatusCode, Json<OwnSkuView>)> {
    let key = key.given(caller.scope(), "addSku", &id, &hash);
    let product = ProductId(id);
    let add = move |work, coop| async move { sku::add(&work, (&coop, &product), &value).await };
    let sku = of_coop(&market, &caller, key, add).await?;
    Ok((StatusCode::CREATED, Json(seen_sku(&market, &caller, &sku).await?)))
}

#[utoipa::path(patch, path = "/api/v1/coop/skus/{id}", operation_id = "setSku", tag = "cooperative",
    request_body = SkuEdit, params(("id" = String, Path)), responses((status = 200, body = OwnSkuView)))]
pub async fn set_sku(
    State(market): State<Market>,
    caller: Caller,
    Path(id): Path<String>,
    ApiJson { value, .. }: ApiJson<SkuEdit>,
) -> Result<Json<OwnSkuView>> {
    let id = SkuId(id);
    let of = id.clone();
    let change = move |work, coop| async move { sku::change(&work, (&coop, &of), &value).await };
    of_coop(&market, &caller, None, change).await?;
    Ok(Json(seen_sku(&market, &caller, &id).await?))
}

async fn seen_sku(market: &Market, caller: &Caller, id: &SkuId) -> Result<OwnSkuView> {
    let coop = caller.person()?.own_coop()?;
    let mut conn = market.db().read().await?;
    let owner = own::own_sku(&mut conn, id, coop).await?;
    let (_, skus) = own::product(&mut conn, &owner.product_id).await?;
    let sku = skus.into_iter().find(|sku| sku.id == *id).ok_or_else(|| Refusal::new(Code::NotFound))?;
    Ok(sku.into())
}
