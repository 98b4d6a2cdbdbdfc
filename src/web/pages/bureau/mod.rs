//! The bureau's desk (统计台): this month at a glance, charts, reports. Read only, no personal data.

mod charts;
mod overview;
mod report;

use std::fmt::Write;

use axum::http::Uri;

use super::{
    desk::{Desk, Pages},
    view::Layout,
};
use crate::{
    kernel::Fen,
    reports::{Ask, Dimension, Kind},
    web::{Route, auth::Caller, percent},
};

const PAGES: &[Pages] = &[
    ("", &[("/bureau", "bureau.overview"), ("/bureau/charts", "bureau.charts")]),
    (
        "bureau.reports",
        &[
            ("/bureau/reports/summary", "report_kind.summary"),
            ("/bureau/reports/lines", "report_kind.lines"),
            ("/bureau/reports/channels", "report_kind.channels"),
            ("/bureau/reports/coops", "report_kind.coops"),
            ("/bureau/reports/households", "report_kind.households"),
            ("/bureau/reports/series", "report_kind.series"),
            ("/bureau/reports/bridge", "report_kind.bridge"),
            ("/bureau/reports/quota", "report_kind.quota"),
        ],
    ),
    ("bureau.open", &[("/counter", "bureau.counter"), ("/journal", "bureau.journal")]),
];

/// Routes of this folder.
pub fn routes() -> Vec<Route> {
    [overview::routes(), charts::routes(), report::routes()].into_iter().flatten().collect()
}

/// The desk's frame around a page.
fn desk(layout: &Layout, caller: &Caller, uri: &Uri) -> Desk {
    Desk::of(layout, caller, uri, ("bureau.desk", "/bureau"), PAGES)
}

/// Address of the report of an ask, with the values of its groups as filters where they are given.
fn address(kind: Kind, ask: &Ask, more: &[(Dimension, &str)]) -> String {
    let mut address = format!("/bureau/reports/{kind}?{}", query(ask));
    for (dimension, value) in more {
        let _ = write!(address, "&{dimension}={}", percent(value));
    }
    address
}

/// Days and filters of an ask as a query.
fn query(ask: &Ask) -> String {
    let mut query = format!("from={}&to={}", ask.from, ask.to);
    for (dimension, value) in &ask.filters {
        let _ = write!(query, "&{dimension}={}", percent(value));
    }
    query
}

/// A part of a whole in percent with one decimal; nothing of nothing.
fn share(part: Fen, whole: Fen) -> String {
    let Ok(tenths) = part.share_floor(1000, whole.0) else { return "—".to_owned() };
    let sign = if tenths.0 < 0 { "−" } else { "" };
    format!("{sign}{}.{}%", tenths.0.abs() / 10, tenths.0.abs() % 10)
}
