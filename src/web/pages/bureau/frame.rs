//! The frame of the bureau's pages, and the addresses between them.

use std::fmt::Write;

use axum::http::Uri;

use super::super::{
    desk::{Desk, Group, Link, Pages},
    view::Layout,
};
use crate::{
    kernel::{Fen, Named},
    reports::{Ask, Dimension, Kind},
    web::{auth::Caller, percent},
};

pub(super) const PAGES: &[Pages] = &[
    ("", &[("/bureau", "bureau.overview"), ("/bureau/charts", "bureau.charts")]),
    ("bureau.open", &[("/counter", "bureau.counter"), ("/journal", "bureau.journal")]),
];

/// The reports in the order of the side list.
pub(super) const REPORTS: [Kind; 8] = [
    Kind::Summary,
    Kind::Lines,
    Kind::Channels,
    Kind::Coops,
    Kind::Households,
    Kind::Series,
    Kind::Bridge,
    Kind::Quota,
];

/// The desk's frame around a page.
pub(super) fn desk(layout: &Layout, caller: &Caller, uri: &Uri) -> Desk {
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
pub(super) fn address(kind: Kind, ask: &Ask, more: &[(Dimension, &str)]) -> String {
    let mut address = format!("/bureau/reports/{kind}?{}", query(ask));
    for (dimension, value) in more {
        let _ = write!(address, "&{dimension}={}", percent(value));
    }
    address
}

/// Days and filters of an ask as a query.
pub(super) fn query(ask: &Ask) -> String {
    let mut query = format!("from={}&to={}", ask.from, ask.to);
    for (dimension, value) in &ask.filters {
        let _ = write!(query, "&{dimension}={}", percent(value));
    }
    query
}

/// A part of a whole in percent with one decimal; nothing of nothing.
pub(super) fn share(part: Fen, whole: Fen) -> String {
    let Ok(tenths) = part.share_floor(1000, whole.0) else { return "—".to_owned() };
    let sign = if tenths.0 < 0 { "−" } else { "" };
    format!("{sign}{}.{}%", tenths.0.abs() / 10, tenths.0.abs() % 10)
}
