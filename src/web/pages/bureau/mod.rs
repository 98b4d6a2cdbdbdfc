//! The bureau's desk (统计台): this month at a glance, charts, reports. Read only, no personal data.

mod charts;
mod overview;
mod report;

use std::fmt::Write;

use axum::http::Uri;

use super::{
    desk::{Desk, Group, Link, Pages},
    view::Layout,
};
use crate::{
    kernel::{Fen, Named},
    reports::{Ask, Dimension, Kind},
    web::{Route, auth::Caller, percent},
};

const PAGES: &[Pages] = &[
    ("", &[("/bureau", "bureau.overview"), ("/bureau/charts", "bureau.charts")]),
    ("bureau.open", &[("/counter", "bureau.counter"), ("/journal", "bureau.journal")]),
];

/// The reports in the order of the side list.
const REPORTS: [Kind; 8] = [
    Kind::Summary,
    Kind::Lines,
    Kind::Channels,
    Kind::Coops,
    Kind::Households,
    Kind::Series,
    Kind::Bridge,
    Kind::Quota,
];

/// Routes of this folder.
pub fn routes() -> Vec<Route> {
    [overview::routes(), charts::routes(), report::routes()].into_iter().flatten().collect()
}

/// The desk's frame around a page.
fn desk(layout: &Layout, caller: &Caller, uri: &Uri) -> Desk {
    let mut desk = Desk::of(layout, caller, uri, ("bureau.desk", "/bureau"), PAGES);
    let link = |kind: Kind| {
        let href = format!("/bureau/reports/{kind}");
        let current = uri.path() == href;
        Link { href, label: kind.name(layout.lang).to_owned(), current, count: None }
    };
    let reports = Group { title: layout.t("bureau.reports").to_owned(), links: REPORTS.map(link).into() };
    desk.groups.insert(1, reports);
    desk
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
