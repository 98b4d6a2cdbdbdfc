//! Orders of their owner: placed, seen, cancelled, received.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use crate::{
    kernel::{Code, Refusal, SellerOrderId},
    orders::{
        cancel,
        place::{self, Invoice as InvoiceTo, Placed, Placing},
        read, receive,
        view::{self, OrderView},
    },
    web::{
        Allow, Market, Result, Route,
        auth::Caller,
        durable::durable,
        json::{ApiJson, ApiQuery, IdempotencyKey},
        limits::ClientAddress,
        paging::Paging,
    },
};

/// Operations of this file.
#[derive(OpenApi)]
#[openapi(paths(place_order, list_my_orders, get_order, cancel_order, confirm_receipt))]
pub struct Operations;

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/orders", Allow::Anyone, place_order),
        Route::get("/api/v1/orders", Allow::SignedIn, list_my_orders),
        Route::get("/api/v1/orders/{number}", Allow::Owner, get_order),
        Route::post("/api/v1/orders/{number}/cancel", Allow::Owner, cancel_order),
        Route::post("/api/v1/orders/{number}/seller-orders/{id}/receipt", Allow::Owner, confirm_receipt),
    ]
}

/// A quote to be ordered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderRequest {
    /// From `quote`.
    pub quote_id: String,
    /// Receiver.
    pub contact: Contact,
    /// Where the quote's street is to be completed.
    pub address: Option<OrderAddress>,
    /// Invoice (发票).
    pub invoice: Option<Invoice>,
    /// Note to the cooperatives.
    #[serde(default)]
    pub note: String,
    /// Name of the buying unit (单位).
    pub unit: Option<String>,
}

/// Who receives.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    pub name: String,
    pub phone: String,
}

/// The address again, completed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderAddress {
    /// Must be the quote's.
    pub region_code: Option<String>,
    pub street: Option<String>,
}

/// To whom the invoice goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Invoice {
    /// 抬头.
    pub title: String,
    /// 税号.
    #[serde(default)]
    pub tax_no: String,
}

/// A page of the caller's orders.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderPage {
    pub items: Vec<OrderView>,
    pub total: i64,
    pub page: i64,
    pub per_page: i64,
}

#[utoipa::path(post, path = "/api/v1/orders", operation_id = "placeOrder", tag = "shopping",
    request_body = OrderRequest, params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = Placed)))]
pub async fn place_order(
    State(market): State<Market>,
    caller: Caller,
    address: ClientAddress,
    key: IdempotencyKey,
    ApiJson { value, hash }: ApiJson<OrderRequest>,
) -> Result<(StatusCode, Json<Placed>)> {
    let scope = match &caller.person {
        Some(person) => format!("person:{}", person.id),
        None => format!("quote:{}", value.quote_id),
    };
    if scope.len() > 200 {
        return Err(Refusal::of_field("quote_id", Code::QuoteUnknown).into());
    }
    let key = key.needed(scope, "placeOrder", "", &hash)?;
    let (region_code, street) = value.address.map_or((None, None), |a| (a.region_code, a.street));
    let placing = Placing {
        quote_id: value.quote_id,
        name: value.contact.name,
        phone: value.contact.phone,
        region_code,
        street,
        note: value.note,
        invoice: value.invoice.map(|i| InvoiceTo { title: i.title, tax_no: i.tax_no }),
        unit: value.unit,
        from: market.limits.network(address),
    };
    let (trade, work) = (market.trade.clone(), market.trade.work(caller.actor(), Some(&key)));
    let placed = durable(async move { place::place(&trade, &work, placing).await }).await?;
    Ok((StatusCode::CREATED, Json(placed)))
}

#[utoipa::path(get, path = "/api/v1/orders/{number}", operation_id = "getOrder", tag = "shopping",
    params(("number" = String, Path), ("X-Order-Token" = Option<String>, Header)),
    responses((status = 200, body = OrderView)))]
pub async fn get_order(
    State(market): State<Market>,
    caller: Caller,
    Path(number): Path<String>,
) -> Result<Json<OrderView>> {
    seen(&market, &caller, &number).await.map(Json)
}

/// The owner's view of an order; not found for everyone else.
async fn seen(market: &Market, caller: &Caller, number: &str) -> Result<OrderView> {
    let mut conn = market.db().read().await?;
    let whole = read::owned_whole(&mut conn, number, &caller.owner()).await?;
    Ok(view::view_of(&mut conn, whole, caller.lang, true).await?)
}

#[utoipa::path(get, path = "/api/v1/orders", operation_id = "listMyOrders", tag = "shopping", params(Paging),
    responses((status = 200, body = OrderPage)))]
pub async fn list_my_orders(
    State(market): State<Market>,
    caller: Caller,
    ApiQuery(paging): ApiQuery<Paging>,
) -> Result<Json<OrderPage>> {
    let (page, per_page) = paging.checked(24)?;
    let person = caller.person()?;
    let mut conn = market.db().read().await?;
    let (orders, total) = read::of_person(&mut conn, &person.id, (per_page, (page - 1) * per_page)).await?;
    let mut items = Vec::with_capacity(orders.len());
    for order in orders {
        items.push(view::view(&mut conn, order, caller.lang, true).await?);
    }
    Ok(Json(OrderPage { items, total, page, per_page }))
}

#[utoipa::path(post, path = "/api/v1/orders/{number}/cancel", operation_id = "cancelOrder", tag = "shopping",
    params(("number" = String, Path)), responses((status = 200, body = OrderView)))]
pub async fn cancel_order(
    State(market): State<Market>,
    caller: Caller,
    Path(number): Path<String>,
) -> Result<Json<OrderView>> {
    let order = read::owned(&mut market.db().read().await?, &number, &caller.owner()).await?;
    let (trade, work) = (market.trade.clone(), market.trade.work(caller.actor(), None));
    durable(async move { cancel::cancel(&trade, &work, &order).await }).await?;
    seen(&market, &caller, &number).await.map(Json)
}

#[utoipa::path(post, path = "/api/v1/orders/{number}/seller-orders/{id}/receipt", operation_id = "confirmReceipt",
    tag = "shopping", params(("number" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = OrderView)))]
pub async fn confirm_receipt(
    State(market): State<Market>,
    caller: Caller,
    Path((number, id)): Path<(String, String)>,
) -> Result<Json<OrderView>> {
    let order = read::owned(&mut market.db().read().await?, &number, &caller.owner()).await?;
    let work = market.trade.work(caller.actor(), None);
    durable(async move { receive::confirm(&work, &order, &SellerOrderId(id)).await }).await?;
    seen(&market, &caller, &number).await.map(Json)
}
