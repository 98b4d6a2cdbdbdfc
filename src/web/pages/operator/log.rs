//! `/admin/audit`: what staff did, the newest first, in its chain of hashes. A page checks the acts that it
//! shows and says which these are; the whole chain is walked when it is asked for.

use askama::Template;
use axum::{extract::State, http::Uri, response::Response};
use serde::Deserialize;

use super::frame::{OPERATOR, desk};
use crate::{
    db::audit_log::{self, Logged, Walked},
    identity::Role,
    kernel::{Named, parse},
    web::{
        Market, Result, Route,
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
const MOST: usize = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    before: Option<i64>,
    check: Option<Check>,
}

/// How far the chain is checked.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Check {
    /// From the first act to the last.
    Whole,
}

struct Row {
    seq: i64,
    at: String,
    role: String,
    action: String,
    subject: String,
    /// Where the subject is shown, if it is an order.
    href: Option<String>,
    detail: String,
}

#[derive(Template)]
#[template(path = "operator/log.html")]
struct Page {
    layout: Layout,
    desk: Desk,
    rows: Vec<Row>,
    /// What was checked, and whether it holds.
    checked: Option<(bool, String)>,
    /// Whether the page begins with the newest act.
    newest: bool,
    older: Option<i64>,
}

async fn list(
    State(market): State<Market>,
    caller: Caller,
    uri: Uri,
    ApiQuery(asked): ApiQuery<Asked>,
) -> Result<Response> {
    let before = parse::within("before", asked.before.unwrap_or(i64::MAX), 1, i64::MAX)?;
    let layout = Layout::of(&market, caller.lang, "operator.log");
    let mut conn = market.db().read().await?;
    // One more than is shown: the oldest shown must follow it.
    let mut acts = audit_log::before(&mut conn, before, i64::try_from(MOST + 1).unwrap_or(i64::MAX)).await?;
    let checked = match asked.check {
        Some(Check::Whole) => Some(whole(&layout, audit_log::walk(&mut conn).await?)),
        None => shown(&layout, &acts),
    };
    drop(conn);
    let more = acts.len() > MOST;
    acts.truncate(MOST);
    let older = acts.last().map(|act| act.seq).filter(|_| more);
    let rows = acts.into_iter().map(|act| row(&layout, act)).collect();
    let newest = asked.before.is_none();
    view::html(&Page { desk: desk(&market, &layout, &caller, &uri).await?, rows, checked, newest, older, layout })
}

/// The check of the acts on the page alone, and which these are.
fn shown(layout: &Layout, acts: &[Logged]) -> Option<(bool, String)> {
    let (newest, oldest) = (acts.first()?, acts.get(MOST - 1).or(acts.last())?);
    let rising: Vec<Logged> = acts.iter().rev().cloned().collect();
    let holds = audit_log::holds(&rising);
    let key = if holds { "operator.part_holds" } else { "operator.part_broken" };
    Some((holds, layout.say(key, &[("from", &oldest.seq), ("to", &newest.seq)])))
}

fn whole(layout: &Layout, walked: Walked) -> (bool, String) {
    match walked.broken {
        None => (true, layout.say("operator.chain_holds", &[("n", &walked.acts)])),
        Some(seq) => (false, layout.say("operator.chain_broken", &[("n", &seq)])),
    }
}

fn row(layout: &Layout, act: Logged) -> Row {
    Row {
        seq: act.seq,
        at: act.at.minute_label(),
        role: Role::try_from(act.role.as_str())
            .map_or_else(|_| layout.word("role", &act.role), |role| role.name(layout.lang).to_owned()),
        href: (act.action == "order.refund").then(|| format!("/admin/orders/{}", act.subject)),
        detail: detail(layout, &act),
        action: layout.word("act", &act.action),
        subject: act.subject,
    }
}

/// What an act's detail begins with, such as a decision or a carrier, as people say it; reasons stay as typed.
fn detail(layout: &Layout, act: &Logged) -> String {
    let of_program = match act.action.as_str() {
        "coupon.create" => 3,
        "product.decide" | "order.ship" | "order.scan" | "order.find_by_phone" => 2,
        "coop.decide" | "user_add" | "reset_code.issue" | "product.change" | "sku.change" | "coupon.end" => 1,
        _ => 0,
    };
    let said = |(place, word)| if place < of_program { layout.word("act_detail", word) } else { word.to_owned() };
    act.detail.split(' ').enumerate().map(said).collect::<Vec<_>>().join(" ")
}
