//! Applications of cooperatives, and the queue of what waits for the operator.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use crate::{
    approvals::{self, Approval, DecisionRequest},
    cooperatives::{
        apply::{self, Application, Applied},
        decide::Decision,
        state::CoopState,
    },
    identity::Role,
    kernel::{At, Code, Day, Refusal},
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
#[openapi(paths(apply_coop, coop_application, list_approvals, decide_approval))]
pub struct Operations;

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    let operator = Allow::Roles(&[Role::Operator]);
    vec![
        Route::post("/api/v1/coop/application", Allow::SignedIn, apply_coop),
        Route::get("/api/v1/coop/application", Allow::SignedIn, coop_application),
        Route::get("/api/v1/admin/approvals", operator, list_approvals),
        Route::post("/api/v1/admin/approvals/{id}", operator, decide_approval),
    ]
}

/// An application as it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicationView {
    pub id: String,
    pub code: String,
    pub name: String,
    pub county: String,
    pub credit_code: String,
    pub contact: String,
    pub phone: String,
    pub ship_from: String,
    pub sla_hours: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub licence_valid_to: Option<Day>,
    pub state: CoopState,
    /// What the operator asked or said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[schema(value_type = String)]
    pub sent_at: At,
}

/// A page of what waits.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApprovalPage {
    pub items: Vec<Approval>,
    pub total: i64,
    pub page: i64,
    pub per_page: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Decided {
    pub id: String,
    pub decision: Decision,
}

impl From<Applied> for ApplicationView {
    fn from(a: Applied) -> Self {
        Self {
            id: a.id.0,
            code: a.code,
            name: a.name,
            county: a.county_code,
            credit_code: a.credit_code,
            contact: a.contact,
            phone: a.phone,
            ship_from: a.ship_from,
            sla_hours: a.sla_hours,
            licence_valid_to: a.licence_valid_to,
            state: a.state,
            reason: a.reason,
            sent_at: a.sent_at,
        }
    }
}

#[utoipa::path(post, path = "/api/v1/coop/application", operation_id = "applyCoop", tag = "cooperative",
    request_body = Application, responses((status = 201, body = ApplicationView)))]
pub async fn apply_coop(
    State(market): State<Market>,
    caller: Caller,
    ApiJson { value, .. }: ApiJson<Application>,
) -> Result<(StatusCode, Json<ApplicationView>)> {
    let person = caller.person()?.clone();
    let work = market.work(caller.actor(), None);
    let applied = durable(async move { apply::apply(&work, value, &person).await }).await?;
    Ok((StatusCode::CREATED, Json(applied.into())))
}

#[utoipa::path(get, path = "/api/v1/coop/application", operation_id = "getCoopApplication", tag = "cooperative",
    responses((status = 200, body = ApplicationView)))]
pub async fn coop_application(State(market): State<Market>, caller: Caller) -> Result<Json<ApplicationView>> {
    let own = apply::own(&mut market.db().read().await?, &caller.person()?.id).await?;
    Ok(Json(own.ok_or_else(|| Refusal::new(Code::NotFound))?.into()))
}

#[utoipa::path(get, path = "/api/v1/admin/approvals", operation_id = "approvals", tag = "operator", params(Paging),
    responses((status = 200, body = ApprovalPage)))]
pub async fn list_approvals(
    State(market): State<Market>,
    ApiQuery(paging): ApiQuery<Paging>,
) -> Result<Json<ApprovalPage>> {
    let (page, per_page) = paging.checked(24)?;
    let (items, total) = approvals::waiting(&mut market.db().read().await?, (page, per_page)).await?;
    Ok(Json(ApprovalPage { items, total, page, per_page }))
}

#[utoipa::path(post, path = "/api/v1/admin/approvals/{id}", operation_id = "decideApproval", tag = "operator",
    request_body = DecisionRequest, params(("id" = String, Path)), responses((status = 200, body = Decided)))]
pub async fn decide_approval(
    State(market): State<Market>,
    caller: Caller,
    Path(id): Path<String>,
    ApiJson { value, .. }: ApiJson<DecisionRequest>,
) -> Result<Json<Decided>> {
    let decision = value.decision;
    let (work, of) = (market.work(caller.actor(), None), id.clone());
    durable(async move { approvals::decide(&work, &of, &value).await }).await?;
    Ok(Json(Decided { id, decision }))
}
