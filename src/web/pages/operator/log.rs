//! `/admin/audit`: what staff did, in its chain of hashes.

use askama::Template;
use axum::{extract::State as Inject, http::Uri, response::Response};
use serde::Deserialize;

use super::{OPERATOR, desk};
use crate::{
    db::audit_log,
    kernel::parse,
    web::{
        Result, Route, State,
        auth::Caller,
        json::ApiQuery,
        pages::{
            desk::Desk,
            view::{self, Layout},
        },
    },
};

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/admin/audit", OPERATOR, list)]
}

/// Rows of a page.
const MOST: i64 = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    after: Option<i64>,
}

struct Row {
    seq: i64,
    at: String,
    role: String,
    action: String,
    subject: String,
    detail: String,
}

#[derive(Template)]
#[template(path = "operator/log.html")]
struct Page {
    layout: Layout,
    desk: Desk,
    rows: Vec<Row>,
    holds: bool,
    after: Option<i64>,
}

async fn list(
    Inject(state): Inject<State>,
    caller: Caller,
    uri: Uri,
    ApiQuery(asked): ApiQuery<Asked>,
) -> Result<Response> {
    let after = parse::within("after", asked.after.unwrap_or(0), 0, i64::MAX)?;
    let layout = Layout::of(&state, caller.lang, "operator.log");
    let acts = audit_log::after(&mut state.db().read().await?, after, MOST).await?;
    let holds = audit_log::holds(&acts);
    let more = i64::try_from(acts.len()).is_ok_and(|n| n == MOST);
    let after = acts.last().map(|act| act.seq).filter(|_| more);
    let rows = acts.into_iter().map(|act| Row {
        seq: act.seq,
        at: act.at.minute_label(),
        role: layout.word("role", &act.role),
        action: act.action,
        subject: act.subject,
        detail: act.detail,
    });
    let rows = rows.collect();
    view::html(&Page { desk: desk(&layout, &caller, &uri), rows, holds, after, layout })
}
