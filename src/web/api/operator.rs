//! The operator: refunds, reset codes, the log of what staff did.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, OpenApi, ToSchema};

use crate::{
    db::audit_log::{self, Logged},
    identity::{
        Role,
        reset::{self, Issued},
    },
    kernel::{At, parse},
    orders::refund::{
        self, Refunding,
        request::{self, RefundRequest},
    },
    web::{
        Allow, Market, Result, Route,
        auth::Caller,
        durable::durable,
        json::{ApiJson, ApiQuery, IdempotencyKey},
    },
};

/// Operations of this file.
#[derive(OpenApi)]
#[openapi(paths(refund_order, issue_reset_code, audit_log))]
pub struct Operations;

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    let operator = Allow::Roles(&[Role::Operator]);
    vec![
        Route::post("/api/v1/admin/orders/{number}/refunds", operator, refund_order),
        Route::post("/api/v1/admin/reset-codes", operator, issue_reset_code),
        Route::get("/api/v1/admin/audit", operator, audit_log),
    ]
}

/// Whose password is to be set anew.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetRequest {
    /// The account.
    pub login: String,
}

/// A code that is told to the person once.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResetCode {
    pub login: String,
    pub code: String,
    #[schema(value_type = String)]
    pub expires_at: At,
}

/// Which part of the log.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    /// Rows after this number.
    pub after: Option<i64>,
    /// At most so many; 100 by default, at most 1000.
    pub limit: Option<i64>,
}

/// A part of the log.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditPage {
    pub items: Vec<LoggedView>,
    /// Whether each row's hash is that of its content and of the row before.
    pub chain_holds: bool,
}

/// An act.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoggedView {
    pub seq: i64,
    #[schema(value_type = String)]
    pub at: At,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    pub role: String,
    pub action: String,
    pub subject: String,
    pub detail: String,
    pub prev_hash: String,
    pub hash: String,
}

impl From<Logged> for LoggedView {
    fn from(row: Logged) -> Self {
        Self {
            seq: row.seq,
            at: row.at,
            person: row.person_id.map(|id| id.0),
            role: row.role,
            action: row.action,
            subject: row.subject,
            detail: row.detail,
            prev_hash: row.prev_hash,
            hash: row.hash,
        }
    }
}

#[utoipa::path(post, path = "/api/v1/admin/orders/{number}/refunds", operation_id = "refund", tag = "operator",
    request_body = RefundRequest, params(("number" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = Refunding)))]
pub async fn refund_order(
    State(market): State<Market>,
    caller: Caller,
    Path(number): Path<String>,
    key: IdempotencyKey,
    ApiJson { value, hash }: ApiJson<RefundRequest>,
) -> Result<(StatusCode, Json<Refunding>)> {
    let key = key.needed(format!("person:{}", caller.person()?.id), "refund", &number, &hash)?;
    let wished = request::wished(&mut market.db().read().await?, &number, &value).await?;
    let (trade, work) = (market.trade.clone(), market.trade.work(caller.actor(), Some(&key)));
    let refunding =
        durable(async move { refund::refund(&trade, &work, &wished.order, (&wished.asked, &wished.reason)).await })
            .await?;
    Ok((StatusCode::CREATED, Json(refunding)))
}

#[utoipa::path(post, path = "/api/v1/admin/reset-codes", operation_id = "issueResetCode", tag = "operator",
    request_body = ResetRequest, responses((status = 201, body = ResetCode)))]
pub async fn issue_reset_code(
    State(market): State<Market>,
    caller: Caller,
    ApiJson { value, .. }: ApiJson<ResetRequest>,
) -> Result<(StatusCode, Json<ResetCode>)> {
    let work = market.work(caller.actor(), None);
    let issued = durable(async move { reset::issue_to(&work, &value.login).await }).await?;
    let Issued { login, code, expires_at } = issued;
    Ok((StatusCode::CREATED, Json(ResetCode { login, code, expires_at })))
}

#[utoipa::path(get, path = "/api/v1/admin/audit", operation_id = "auditLog", tag = "operator", params(AuditQuery),
    responses((status = 200, body = AuditPage)))]
pub async fn audit_log(State(market): State<Market>, ApiQuery(query): ApiQuery<AuditQuery>) -> Result<Json<AuditPage>> {
    let after = parse::within("after", query.after.unwrap_or(0), 0, i64::MAX)?;
    let limit = parse::within("limit", query.limit.unwrap_or(100), 1, 1000)?;
    let rows = audit_log::after(&mut market.db().read().await?, after, limit).await?;
    let chain_holds = audit_log::holds(&rows);
    Ok(Json(AuditPage { items: rows.into_iter().map(LoggedView::from).collect(), chain_holds }))
}
