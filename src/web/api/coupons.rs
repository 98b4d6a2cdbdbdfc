//! Coupons that the operator makes.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use crate::{
    identity::Role,
    kernel::{At, Day, Fen},
    promotions::coupon::{self, Coupon, CouponKind, Funder, NewCoupon},
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
#[openapi(paths(create_coupon, list_coupons, end_coupon))]
pub struct Operations;

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    let operator = Allow::Roles(&[Role::Operator]);
    vec![
        Route::post("/api/v1/admin/coupons", operator, create_coupon),
        Route::get("/api/v1/admin/coupons", operator, list_coupons),
        Route::post("/api/v1/admin/coupons/{code}/end", operator, end_coupon),
    ]
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CouponView {
    pub code: String,
    pub kind: CouponKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    pub amount_fen: Option<Fen>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bp: Option<i64>,
    #[schema(value_type = i64)]
    pub min_goods_fen: Fen,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_total: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_each: Option<i64>,
    /// Uses so far.
    pub used: i64,
    #[schema(value_type = String)]
    pub from: Day,
    #[schema(value_type = String)]
    pub to: Day,
    pub funder: Funder,
    /// When it was ended early.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub ended_at: Option<At>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CouponPage {
    pub items: Vec<CouponView>,
    pub total: i64,
    pub page: i64,
    pub per_page: i64,
}

impl From<Coupon> for CouponView {
    fn from(c: Coupon) -> Self {
        Self {
            code: c.code,
            kind: c.kind,
            amount_fen: c.amount_fen,
            bp: c.bp,
            min_goods_fen: c.min_goods_fen,
            limit_total: c.limit_total,
            limit_each: c.limit_each,
            used: c.used,
            from: c.valid_from,
            to: c.valid_to,
            funder: c.funder,
            ended_at: c.ended_at,
        }
    }
}

#[utoipa::path(post, path = "/api/v1/admin/coupons", operation_id = "createCoupon", tag = "operator",
    request_body = NewCoupon, responses((status = 201, body = CouponView)))]
pub async fn create_coupon(
    State(market): State<Market>,
    caller: Caller,
    ApiJson { value, .. }: ApiJson<NewCoupon>,
) -> Result<(StatusCode, Json<CouponView>)> {
    let work = market.work(caller.actor(), None);
    let made = durable(async move { coupon::make(&work, &value).await }).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

#[utoipa::path(post, path = "/api/v1/admin/coupons/{code}/end", operation_id = "endCoupon", tag = "operator",
    params(("code" = String, Path)), responses((status = 200, body = CouponView)))]
pub async fn end_coupon(
    State(market): State<Market>,
    caller: Caller,
    Path(code): Path<String>,
) -> Result<Json<CouponView>> {
    let work = market.work(caller.actor(), None);
    Ok(Json(durable(async move { coupon::end(&work, &code).await }).await?.into()))
}

#[utoipa::path(get, path = "/api/v1/admin/coupons", operation_id = "listCoupons", tag = "operator", params(Paging),
    responses((status = 200, body = CouponPage)))]
pub async fn list_coupons(
    State(market): State<Market>,
    ApiQuery(paging): ApiQuery<Paging>,
) -> Result<Json<CouponPage>> {
    let (page, per_page) = paging.checked(24)?;
    let mut conn = market.db().read().await?;
    let found = coupon::list(&mut conn, per_page, (page - 1) * per_page).await?;
    let items = found.coupons.into_iter().map(CouponView::from).collect();
    Ok(Json(CouponPage { items, total: found.total, page, per_page }))
}
