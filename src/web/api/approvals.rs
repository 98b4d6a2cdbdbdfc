//! Applications of cooperatives, and what the operator decides about them and about submitted products.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use super::orders::Paging;
use crate::{
    catalogue::{
        ListingState,
        edit::{
            publish::{self, Looked},
            since,
        },
    },
    cooperatives::{
        apply::{self, Application, Applied, CoopState},
        decide::{self, Decision},
    },
    db::tx,
    identity::Role,
    kernel::{At, Code, CoopId, Day, ProductId, Refusal, parse},
    web::{
        Allow, Market, Result, Route,
        auth::Caller,
        durable::durable,
        json::{ApiJson, ApiQuery},
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

/// Something that waits for the operator.
#[derive(Debug, Serialize, ToSchema)]
pub struct Approval {
    /// Id for the decision.
    pub id: String,
    /// `coop` for an application, `product` for one that is to be sold, `change` for one that changed on the
    /// shelf since it was approved.
    pub kind: &'static str,
    pub code: String,
    pub name: String,
    /// The cooperative of a product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coop: Option<String>,
    /// What was asked back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[schema(value_type = String)]
    pub sent_at: At,
    /// What is decided on; a decision that carries it is refused when this changed meanwhile.
    pub version: i64,
    /// The same of a product's SKUs together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skus_version: Option<i64>,
    /// The version that was approved last, of a `change`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approved_version: Option<i64>,
    /// What a `change` says otherwise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ChangeView>,
}

/// One thing that a product says otherwise than when it was approved.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeView {
    pub field: &'static str,
    pub before: String,
    pub after: String,
}

/// A page of what waits.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApprovalPage {
    pub items: Vec<Approval>,
    pub total: i64,
    pub page: i64,
    pub per_page: i64,
}

/// What the operator decides.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionRequest {
    /// `approve`, `reject` or `ask`.
    pub decision: Decision,
    /// Why; needed unless approved.
    #[serde(default)]
    pub reason: String,
    /// `version` of what was looked at.
    pub version: Option<i64>,
    /// `skus_version` of what was looked at.
    pub skus_version: Option<i64>,
}

/// What was decided.
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

/// applyCoop
#[utoipa::path(post, path = "/api/v1/coop/application", operation_id = "applyCoop", tag = "cooperative",
    request_body = Application, responses((status = 201, body = ApplicationView)))]
pub async fn apply_coop(
    State(market): State<Market>,
    caller: Caller,
    ApiJson { value, .. }: ApiJson<Application>,
) -> Result<(StatusCode, Json<ApplicationView>)> {
    let applied = applied(&market, &caller, value).await?;
    Ok((StatusCode::CREATED, Json(applied.into())))
}

/// Sends the caller's application; its page does the same.
pub async fn applied(market: &Market, caller: &Caller, application: Application) -> Result<Applied> {
    let person = caller.person()?.clone();
    let work = market.work(caller.actor(), None);
    durable(async move { apply::apply(&work, application, &person).await }).await
}

/// getCoopApplication
#[utoipa::path(get, path = "/api/v1/coop/application", operation_id = "getCoopApplication", tag = "cooperative",
    responses((status = 200, body = ApplicationView)))]
pub async fn coop_application(State(market): State<Market>, caller: Caller) -> Result<Json<ApplicationView>> {
    let own = apply::own(&mut market.db().read().await?, &caller.person()?.id).await?;
    Ok(Json(own.ok_or_else(|| Refusal::new(Code::NotFound))?.into()))
}

/// approvals
#[utoipa::path(get, path = "/api/v1/admin/approvals", operation_id = "approvals", tag = "operator", params(Paging),
    responses((status = 200, body = ApprovalPage)))]
pub async fn list_approvals(
    State(market): State<Market>,
    ApiQuery(paging): ApiQuery<Paging>,
) -> Result<Json<ApprovalPage>> {
    let (page, per_page) = paging.checked(24)?;
    let (items, total) = waiting(&market, (page, per_page)).await?;
    Ok(Json(ApprovalPage { items, total, page, per_page }))
}

/// A page of what waits for the operator, with the number of all: applications first, then submitted
/// products, then changed ones, each oldest first.
pub async fn waiting(market: &Market, (page, per_page): (i64, i64)) -> Result<(Vec<Approval>, i64)> {
    let mut conn = market.db().read().await?;
    let coops = decide::waiting(&mut conn).await?.into_iter().map(|c| Approval {
        id: c.id.0,
        kind: "coop",
        code: c.code,
        name: c.name,
        coop: None,
        reason: c.reason,
        version: c.sent_at.0,
        sent_at: c.sent_at,
        skus_version: None,
        approved_version: None,
        changes: Vec::new(),
    });
    let products = publish::waiting(&mut conn).await?.into_iter().map(|p| Approval {
        id: p.id.0,
        kind: if p.state == ListingState::Published { "change" } else { "product" },
        code: p.code,
        name: p.name,
        coop: Some(p.coop),
        reason: None,
        sent_at: p.changed_at,
        version: p.version,
        skus_version: Some(p.skus_version.unwrap_or(0)),
        approved_version: (p.state == ListingState::Published).then_some(p.approved_version),
        changes: Vec::new(),
    });
    let all: Vec<Approval> = coops.chain(products).collect();
    let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let (from, most) = (usize::try_from((page - 1) * per_page), usize::try_from(per_page));
    let shown = all.into_iter().skip(from.unwrap_or(usize::MAX)).take(most.unwrap_or(0));
    let mut items: Vec<Approval> = shown.collect();
    for item in &mut items {
        if item.approved_version.is_none() {
            continue;
        }
        let changes = since::changes(&mut conn, &ProductId(item.id.clone())).await?;
        let view = |since::Change { field, before, after }| ChangeView { field, before, after };
        item.changes = changes.into_iter().map(view).collect();
    }
    Ok((items, total))
}

/// decideApproval
#[utoipa::path(post, path = "/api/v1/admin/approvals/{id}", operation_id = "decideApproval", tag = "operator",
    request_body = DecisionRequest, params(("id" = String, Path)), responses((status = 200, body = Decided)))]
pub async fn decide_approval(
    State(market): State<Market>,
    caller: Caller,
    Path(id): Path<String>,
    ApiJson { value, .. }: ApiJson<DecisionRequest>,
) -> Result<Json<Decided>> {
    let decision = value.decision;
    let looked = Looked { version: value.version, skus_version: value.skus_version };
    decided(&market, &caller, id.clone(), (decision, &value.reason), looked).await?;
    Ok(Json(Decided { id, decision }))
}

/// Decides an application or a product for the operator; the operator's page does the same.
pub async fn decided(
    market: &Market,
    caller: &Caller,
    id: String,
    (decision, reason): (Decision, &str),
    looked: Looked,
) -> Result<()> {
    let reason = match decision {
        Decision::Approve => parse::optional_text("reason", reason, 300)?,
        Decision::Reject | Decision::Ask => parse::text("reason", reason, 300)?,
    };
    let (trade, by) = (market.trade.clone(), caller.actor());
    durable(async move {
        tx!(trade.db, tx, {
            let mut step = trade.step(by.clone());
            if decide::decide(&mut tx, &CoopId(id.clone()), (decision, &reason), looked.version, &mut step).await? {
                return crate::catalogue::changed(&mut tx).await;
            }
            publish::decide(&mut tx, &ProductId(id.clone()), (decision, &reason), looked, &step).await
        })
    })
    .await
}
