//! Coupons that the operator makes.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use super::orders::Paging;
use crate::{
    db::{audit_log, tx},
    identity::Role,
    kernel::{At, Code, Day, Fen, Refusal, Result as KernelResult, parse},
    pricing::{
        Funder,
        coupon::{self, Coupon, CouponKind},
    },
    web::{
        Allow, Market, Result, Route,
        auth::Caller,
        durable::durable,
        json::{ApiJson, ApiQuery},
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

/// A coupon to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CouponRequest {
    /// What people type: 3 to 32 letters, digits or dashes.
    pub code: String,
    /// `amount` or `percent`.
    pub kind: CouponKind,
    /// For an amount.
    #[schema(value_type = Option<i64>)]
    pub amount_fen: Option<Fen>,
    /// For a percentage, in basis points.
    pub bp: Option<i64>,
    /// Goods must cost at least this.
    #[schema(value_type = Option<i64>)]
    pub min_goods_fen: Option<Fen>,
    /// Uses in all.
    pub limit_total: Option<i64>,
    /// Uses by one buyer.
    pub limit_each: Option<i64>,
    /// First day.
    #[schema(value_type = String)]
    pub from: Day,
    /// Last day.
    #[schema(value_type = String)]
    pub to: Day,
    /// Who pays.
    pub funder: Funder,
}

/// A coupon.
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

/// A page of coupons.
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

/// The coupon that a request describes; refuses values out of range, of the other kind, and reversed days.
fn coupon(request: &CouponRequest) -> KernelResult<Coupon> {
    let code = parse::coupon_code("code", &request.code)?;
    let most = 100_000_000;
    let value = |name: &str, value: Option<i64>, wanted: bool, max: i64| match (value, wanted) {
        (Some(n), true) => parse::within(name, n, 1, max).map(Some),
        (None, true) => Err(Refusal::of_field(name, Code::Missing)),
        (Some(_), false) => Err(Refusal::of_field(name, Code::Unknown)),
        (None, false) => Ok(None),
    };
    let is_amount = request.kind == CouponKind::Amount;
    let amount_fen = value("amount_fen", request.amount_fen.map(|f| f.0), is_amount, most)?.map(Fen);
    let bp = value("bp", request.bp, !is_amount, 10_000)?;
    let min = parse::within("min_goods_fen", request.min_goods_fen.map_or(0, |f| f.0), 0, most)?;
    let limit = |name: &str, n: Option<i64>| n.map(|n| parse::within(name, n, 1, 1_000_000_000)).transpose();
    if request.from > request.to {
        return Err(Refusal::of_field("to", Code::RangeReversed).into());
    }
    Ok(Coupon {
        code,
        kind: request.kind,
        amount_fen,
        bp,
        min_goods_fen: Fen(min),
        limit_total: limit("limit_total", request.limit_total)?,
        limit_each: limit("limit_each", request.limit_each)?,
        used: 0,
        valid_from: request.from,
        valid_to: request.to,
        funder: request.funder,
        ended_at: None,
    })
}

/// createCoupon
#[utoipa::path(post, path = "/api/v1/admin/coupons", operation_id = "createCoupon", tag = "operator",
    request_body = CouponRequest, responses((status = 201, body = CouponView)))]
pub async fn create_coupon(
    State(market): State<Market>,
    caller: Caller,
    ApiJson { value, .. }: ApiJson<CouponRequest>,
) -> Result<(StatusCode, Json<CouponView>)> {
    let made = created(&market, &caller, value).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

/// Makes a coupon; the operator's page does the same.
pub async fn created(market: &Market, caller: &Caller, request: CouponRequest) -> Result<Coupon> {
    let coupon = coupon(&request)?;
    let (trade, by) = (market.trade.clone(), caller.actor());
    durable(async move {
        tx!(trade.db, tx, {
            let step = trade.step(by.clone());
            coupon::create(&mut tx, &coupon, &step).await?;
            let value = coupon.amount_fen.map_or_else(|| format!("{} bp", coupon.bp.unwrap_or(0)), Fen::yuan);
            let detail = format!("{value} {} {}", coupon.funder, coupon.valid_to);
            audit_log::by(&mut tx, &step, ("coupon.create", &coupon.code, &detail)).await
        })?;
        Ok(coupon)
    })
    .await
}

/// endCoupon
#[utoipa::path(post, path = "/api/v1/admin/coupons/{code}/end", operation_id = "endCoupon", tag = "operator",
    params(("code" = String, Path)), responses((status = 200, body = CouponView)))]
pub async fn end_coupon(
    State(market): State<Market>,
    caller: Caller,
    Path(code): Path<String>,
) -> Result<Json<CouponView>> {
    Ok(Json(ended(&market, &caller, code).await?.into()))
}

/// Ends a coupon; the operator's page does the same.
pub async fn ended(market: &Market, caller: &Caller, code: String) -> Result<Coupon> {
    let (trade, by, code) = (market.trade.clone(), caller.actor(), code.to_ascii_uppercase());
    durable(async move {
        tx!(trade.db, tx, {
            let step = trade.step(by.clone());
            coupon::end(&mut tx, &code, &step).await
        })
    })
    .await
}

/// listCoupons
#[utoipa::path(get, path = "/api/v1/admin/coupons", operation_id = "listCoupons", tag = "operator", params(Paging),
    responses((status = 200, body = CouponPage)))]
pub async fn list_coupons(
    State(market): State<Market>,
    ApiQuery(paging): ApiQuery<Paging>,
) -> Result<Json<CouponPage>> {
    let (page, per_page) = paging.checked(24)?;
    let mut conn = market.db().read().await?;
    let (coupons, total) = coupon::list(&mut conn, (per_page, (page - 1) * per_page)).await?;
    Ok(Json(CouponPage { items: coupons.into_iter().map(CouponView::from).collect(), total, page, per_page }))
}
