//! `/admin/troubles`: what jobs could not do, and what the provider said that did not fit.

use askama::Template;
use axum::{extract::State, http::Uri, response::Response};

use super::frame::{OPERATOR, desk};
use crate::{
    db::setback::{self, Setback},
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

struct Row {
    job: String,
    subject: String,
    tries: i64,
    first: String,
    next: String,
    error: String,
}

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
    rows: Vec<Row>,
    events: Vec<Event>,
}

async fn list(State(market): State<Market>, caller: Caller, uri: Uri) -> Result<Response> {
    let layout = Layout::of(&market, caller.lang, "troubles.title");
    let mut conn = market.db().read().await?;
    let odd = odd::events(&mut conn, MOST).await?;
    let rows = setback::list(&mut conn, MOST).await?.into_iter().map(|setback| row(&layout, setback)).collect();
    drop(conn);
    let events = odd.into_iter().map(|odd| event(&layout, odd)).collect();
    view::html(&Page { desk: desk(&market, &layout, &caller, &uri).await?, rows, events, layout })
}

fn row(layout: &Layout, setback: Setback) -> Row {
    Row {
        job: layout.word("job", &setback.job),
        subject: setback.subject,
        tries: setback.tries,
        first: setback.first_at.minute_label(),
        next: setback.next_at.minute_label(),
        error: setback.error,
    }
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
