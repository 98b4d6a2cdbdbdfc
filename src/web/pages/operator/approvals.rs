//! `/admin`: cooperatives and goods that wait for the operator, each with its decision.

use askama::Template;
use axum::{
    extract::{Path, State as Inject},
    http::Uri,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{OPERATOR, desk};
use crate::{
    cooperatives::decide::Decision,
    kernel::{Code, Refusal},
    web::{
        Result, Route, State,
        api::approvals::{decided, waiting},
        auth::Caller,
        form::{Faults, Form},
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

struct Row {
    id: String,
    code: String,
    name: String,
    kind: String,
    coop: String,
    asked: String,
    sent: String,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Typed {
    decision: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "operator/approvals.html")]
struct Page {
    layout: Layout,
    desk: Desk,
    rows: Vec<Row>,
    faults: Faults,
    typed: Typed,
    /// Which decision was refused.
    refused: String,
}

async fn shown(
    state: &State,
    caller: &Caller,
    uri: &Uri,
    (refused, typed, faults): (String, Typed, Faults),
) -> Result<Response> {
    let layout = Layout::of(state, caller.lang, "operator.approvals");
    let row = |a: crate::web::api::approvals::Approval| Row {
        kind: layout.word("approval_kind", a.kind),
        id: a.id,
        code: a.code,
        name: a.name,
        coop: a.coop.unwrap_or_default(),
        asked: a.reason.unwrap_or_default(),
        sent: a.sent_at.minute_label(),
    };
    let rows: Vec<Row> = waiting(state).await?.into_iter().map(row).collect();
    let desk = desk(state, &layout, caller, uri).await?;
    let again = !faults.none();
    let page = Page { layout, desk, rows, faults, typed, refused };
    if again { view::refused(&page) } else { view::html(&page) }
}

async fn list(Inject(state): Inject<State>, caller: Caller, uri: Uri) -> Result<Response> {
    shown(&state, &caller, &uri, Default::default()).await
}

async fn decide(
    Inject(state): Inject<State>,
    caller: Caller,
    uri: Uri,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    let done = match Decision::try_from(typed.decision.as_str()) {
        Ok(decision) => decided(&state, &caller, id.clone(), (decision, &typed.reason)).await,
        Err(_) => Err(Refusal::of_field("decision", Code::Missing).into()),
    };
    match done {
        Ok(()) => Ok(Redirect::to("/admin").into_response()),
        Err(error) => match error.refusal() {
            Some(refusal) if refusal.code != Code::NotFound => {
                let faults = Faults::of(refusal, caller.lang, &["reason"]);
                shown(&state, &caller, &uri, (id, typed, faults)).await
            }
            _ => Err(error),
        },
    }
}
