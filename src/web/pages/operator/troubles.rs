//! `/admin/troubles`: what the provider said that did not fit.

use askama::Template;
use axum::{extract::State, http::Uri, response::Response};

use super::frame::{OPERATOR, desk};
use crate::{
    kernel::Named,
    orders::odd::{self, OddEvent},
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
    vec![Route::get("/admin/troubles", OPERATOR, list)]
}

/// Most rows of a list on the page.
const MOST: i64 = 100;

struct Event {
    id: String,
    kind: String,
    at: String,
    outcome: &'static str,
    differed: String,
    order: Option<String>,
}

#[derive(Template)]
#[template(path = "operator/troubles.html")]
struct Page {
    layout: Layout,
    desk: Desk,
    events: Vec<Event>,
}

async fn list(State(market): State<Market>, caller: Caller, uri: Uri) -> Result<Response> {
    let layout = Layout::of(&market, caller.lang, "troubles.title");
    let odd = odd::events(&mut market.db().read().await?, MOST).await?;
    let events = odd.into_iter().map(|odd| event(&layout, odd)).collect();
    view::html(&Page { desk: desk(&market, &layout, &caller, &uri).await?, events, layout })
}

fn event(layout: &Layout, odd: OddEvent) -> Event {
    Event {
        at: odd.received_at.minute_label(),
        outcome: odd.outcome.name(layout.lang),
        id: odd.id,
        kind: odd.kind,
        differed: odd.differed,
        order: odd.number,
    }
}
