//! `/admin`: cooperatives and goods that wait for the operator, with what is decided on, each with its
//! decision.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    frame::{OPERATOR, desk},
    subject::{self, Known, Subject},
};
use crate::{
    approvals::{self, DecisionRequest},
    cooperatives::decide::Decision,
    kernel::{Code, Refusal, parse},
    web::{
        Market, Result, Route,
        auth::Caller,
        durable::durable,
        form::{Faults, Form},
        json::ApiQuery,
        pages::{
            desk::Desk,
            view::{self, Layout},
        },
    },
};

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/admin", OPERATOR, list), Route::post("/admin/approvals/{id}", OPERATOR, decide)]
}

const PER_PAGE: i64 = 20;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    page: Option<i64>,
    /// What was just done; the frame says it.
    #[serde(rename = "done")]
    _done: Option<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct DecisionForm {
    decision: String,
    reason: String,
    /// What was looked at.
    version: Option<i64>,
    skus_version: Option<i64>,
}

/// A decision that was refused, to be made again.
#[derive(Default)]
struct Refused {
    id: String,
    typed: DecisionForm,
    faults: Faults,
}

#[derive(Template)]
#[template(path = "operator/approvals.html")]
struct Page {
    layout: Layout,
    desk: Desk,
    subjects: Vec<Subject>,
    before: Option<i64>,
    after: Option<i64>,
    faults: Faults,
    typed: DecisionForm,
    /// Which decision was refused.
    refused: String,
}

async fn shown(market: &Market, caller: &Caller, (uri, page): (&Uri, i64), refused: Refused) -> Result<Response> {
    let layout = Layout::of(market, caller.lang, "operator.approvals");
    let page = parse::within("page", page, 1, 1_000_000)?;
    let mut conn = market.db().read().await?;
    let (waiting, total) = approvals::waiting(&mut conn, (page, PER_PAGE)).await?;
    let snapshot = market.shelf.now();
    let known = Known { layout: &layout, snapshot: &snapshot, today: market.now().day() };
    let subjects = subject::subjects(&mut conn, &known, waiting).await?;
    drop(conn);
    let page = Page {
        desk: desk(market, &layout, caller, uri).await?,
        subjects,
        before: (page > 1).then_some(page - 1),
        after: (page * PER_PAGE < total).then_some(page + 1),
        faults: refused.faults,
        typed: refused.typed,
        refused: refused.id,
        layout,
    };
    view::again(page.faults.status(), &page)
}

async fn list(
    State(market): State<Market>,
    caller: Caller,
    uri: Uri,
    ApiQuery(asked): ApiQuery<Asked>,
) -> Result<Response> {
    shown(&market, &caller, (&uri, asked.page.unwrap_or(1)), Refused::default()).await
}

async fn decide(
    State(market): State<Market>,
    caller: Caller,
    uri: Uri,
    Path(id): Path<String>,
    Form(typed): Form<DecisionForm>,
) -> Result<Response> {
    let done = match Decision::try_from(typed.decision.as_str()) {
        Ok(decision) => {
            let (reason, version, skus_version) = (typed.reason.clone(), typed.version, typed.skus_version);
            let said = DecisionRequest { decision, reason, version, skus_version };
            let (work, of) = (market.work(caller.actor(), None), id.clone());
            durable(async move { approvals::decide(&work, &of, &said).await }).await
        }
        Err(_) => Err(Refusal::of_field("decision", Code::Missing).into()),
    };
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/admin?done={}", typed.decision)).into_response()),
        Err(error) => {
            let faults = Faults::kept(error, caller.lang, &["reason"])?;
            shown(&market, &caller, (&uri, 1), Refused { id, typed, faults }).await
        }
    }
}
