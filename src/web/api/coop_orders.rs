//! A cooperative's orders: listed, shipped; carriers' scans that the operator enters.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, OpenApi, ToSchema};

use crate::{
    identity::Role,
    kernel::{At, Carrier, SellerOrderId},
    orders::{
        SellerOrderState, read,
        ship::{self, Packed, Scan, ScanKind, ScanSource, Shipping},
        view::{self, CoopOrderView},
    },
    web::{
        Allow, Market, Result, Route,
        auth::Caller,
        durable::durable,
        json::{ApiJson, ApiQuery},
        paging::Paging,
    },
};

/// Operations of this file.
#[derive(OpenApi)]
#[openapi(paths(coop_orders, coop_order, ship_order, add_scan))]
pub struct Operations;

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    let coop = Allow::Roles(&[Role::Coop]);
    vec![
        Route::get("/api/v1/coop/orders", coop, coop_orders),
        Route::get("/api/v1/coop/orders/{id}", coop, coop_order),
        Route::post("/api/v1/coop/orders/{id}/shipments", coop, ship_order),
        Route::post("/api/v1/coop/orders/{id}/shipments/{n}/scans", Allow::Roles(&[Role::Operator]), add_scan),
    ]
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct CoopOrdersQuery {
    /// One state; all paid ones when absent.
    pub state: Option<SellerOrderState>,
    /// From 1.
    pub page: Option<i64>,
    /// At most 100.
    pub per_page: Option<i64>,
}

/// A page of a cooperative's orders.
#[derive(Debug, Serialize, ToSchema)]
pub struct CoopOrderPage {
    pub items: Vec<CoopOrderView>,
    pub total: i64,
    pub page: i64,
    pub per_page: i64,
    /// Whether these are demonstration data (演示数据).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub demo: bool,
}

/// A parcel to be sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShipmentRequest {
    /// Who carries it.
    pub carrier: Carrier,
    /// The carrier's number.
    pub tracking_no: String,
    /// What is in it; all that is left when absent.
    pub lines: Option<Vec<ShipmentLine>>,
}

/// Units in a parcel.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShipmentLine {
    /// Line of the order.
    pub line_no: i64,
    /// Units.
    pub qty: i64,
}

/// A parcel that was sent, with the order as it stands now.
#[derive(Debug, Serialize, ToSchema)]
pub struct Shipped {
    /// Number of the shipment in the seller order, from 1.
    pub n: i64,
    #[serde(flatten)]
    pub order: CoopOrderView,
}

/// A carrier's scan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScanRequest {
    /// What was scanned.
    pub kind: ScanKind,
    #[schema(value_type = String)]
    pub at: At,
    /// Where it is known from.
    pub source: ScanSource,
}

/// Where the seller order stands after a scan.
#[derive(Debug, Serialize, ToSchema)]
pub struct Scanned {
    pub seller_order: String,
    pub n: i64,
    pub kind: ScanKind,
    pub state: SellerOrderState,
}

#[utoipa::path(get, path = "/api/v1/coop/orders", operation_id = "coopOrders", tag = "cooperative",
    params(CoopOrdersQuery), responses((status = 200, body = CoopOrderPage)))]
pub async fn coop_orders(
    State(market): State<Market>,
    caller: Caller,
    ApiQuery(query): ApiQuery<CoopOrdersQuery>,
) -> Result<Json<CoopOrderPage>> {
    let (page, per_page) = Paging { page: query.page, per_page: query.per_page }.checked(24)?;
    let coop = caller.person()?.own_coop()?;
    let mut conn = market.db().read().await?;
    let (ids, total) = read::of_coop(&mut conn, coop, query.state, (per_page, (page - 1) * per_page)).await?;
    let mut items = Vec::with_capacity(ids.len());
    for id in &ids {
        items.push(view::coop_view(&mut conn, id, coop, (market.now(), caller.lang)).await?);
    }
    Ok(Json(CoopOrderPage { items, total, page, per_page, demo: market.demo }))
}

#[utoipa::path(get, path = "/api/v1/coop/orders/{id}", operation_id = "getCoopOrder", tag = "cooperative",
    params(("id" = String, Path)), responses((status = 200, body = CoopOrderView)))]
pub async fn coop_order(
    State(market): State<Market>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<CoopOrderView>> {
    Ok(Json(seen(&market, &caller, &SellerOrderId(id)).await?))
}

/// A cooperative's own order; not found for another.
async fn seen(market: &Market, caller: &Caller, id: &SellerOrderId) -> Result<CoopOrderView> {
    let coop = caller.person()?.own_coop()?;
    let mut conn = market.db().read().await?;
    Ok(view::coop_view(&mut conn, id, coop, (market.now(), caller.lang)).await?)
}

#[utoipa::path(post, path = "/api/v1/coop/orders/{id}/shipments", operation_id = "ship", tag = "cooperative",
    request_body = ShipmentRequest, params(("id" = String, Path)), responses((status = 201, body = Shipped)))]
pub async fn ship_order(
    State(market): State<Market>,
    caller: Caller,
    Path(id): Path<String>,
    ApiJson { value, .. }: ApiJson<ShipmentRequest>,
) -> Result<(StatusCode, Json<Shipped>)> {
    let lines = value.lines.map(|lines| lines.into_iter().map(|l| Packed { line_no: l.line_no, qty: l.qty }).collect());
    let shipping = Shipping { carrier: value.carrier, tracking_no: value.tracking_no, lines };
    let id = SellerOrderId(id);
    let coop = caller.person()?.own_coop()?.clone();
    let (work, shipped) = (market.trade.work(caller.actor(), None), id.clone());
    let n = durable(async move { ship::ship(&work, &coop, &shipped, shipping).await }).await?;
    Ok((StatusCode::CREATED, Json(Shipped { n, order: seen(&market, &caller, &id).await? })))
}

#[utoipa::path(post, path = "/api/v1/coop/orders/{id}/shipments/{n}/scans", operation_id = "addScan",
    tag = "cooperative", request_body = ScanRequest, params(("id" = String, Path), ("n" = i64, Path)),
    responses((status = 201, body = Scanned)))]
pub async fn add_scan(
    State(market): State<Market>,
    caller: Caller,
    Path((id, n)): Path<(String, String)>,
    ApiJson { value, .. }: ApiJson<ScanRequest>,
) -> Result<(StatusCode, Json<Scanned>)> {
    // No shipment has a number that is none.
    let n = n.parse().unwrap_or(0);
    let id = SellerOrderId(id);
    let scan = Scan { n, kind: value.kind, at: value.at, source: value.source };
    let (work, scanned) = (market.trade.work(caller.actor(), None), id.clone());
    durable(async move { ship::scan(&work, &scanned, scan).await }).await?;
    let seller = read::seller(&mut market.db().read().await?, &id).await?;
    Ok((StatusCode::CREATED, Json(Scanned { seller_order: id.0, n, kind: value.kind, state: seller.state })))
}
