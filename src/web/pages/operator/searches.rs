//! `/admin/searches`: texts that found nothing, the most frequent first; never who typed them.

use askama::Template;
use axum::{extract::State, http::Uri, response::Response};

use super::frame::{OPERATOR, desk};
use crate::{
    search::zero::{self, ZeroHit},
    web::{
        Market, Result, Route,
        auth::Caller,
        pages::{
            desk::Desk,
            view::{self, Layout},
        },
    },
};

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/admin/searches", OPERATOR, list)]
}

/// Most texts on the page.
const MOST: i64 = 200;

struct Row {
    text: String,
    times: i64,
    first: String,
    last: String,
}

impl From<ZeroHit> for Row {
    fn from(zero: ZeroHit) -> Self {
        Self {
            text: zero.text,
            times: zero.times,
            first: zero.first_at.minute_label(),
            last: zero.last_at.minute_label(),
        }
    }
}

#[derive(Template)]
#[template(path = "operator/searches.html")]
struct Page {
    layout: Layout,
    desk: Desk,
    rows: Vec<Row>,
}

async fn list(State(market): State<Market>, caller: Caller, uri: Uri) -> Result<Response> {
    let layout = Layout::of(&market, caller.lang, "operator.searches");
    let kept = zero::list(&mut market.db().read().await?, MOST).await?;
    let rows = kept.into_iter().map(Row::from).collect();
    view::html(&Page { desk: desk(&market, &layout, &caller, &uri).await?, rows, layout })
}
