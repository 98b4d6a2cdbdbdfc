//! `/bureau/charts`: a year in lines and bars, each with its table.

use askama::Template;
use axum::{extract::State, http::Uri, response::Response};

use super::frame::{address, desk};
use crate::{
    kernel::{Fen, Named},
    reports::{self, Ask, Cell, Dimension, Kind, Report},
    web::{
        Allow, Market, Result, Route,
        auth::Caller,
        pages::{
            desk::Desk,
            svg,
            view::{Layout, html},
        },
    },
};

/// Months that the lines run over.
const MONTHS: usize = 12;
/// Bars of a chart.
const MOST_BARS: usize = 14;

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/bureau/charts", Allow::REPORTS, charts)]
}

/// Bars with their figures: chart and table in one.
struct Bars {
    title: &'static str,
    rows: Vec<Bar>,
}

struct Bar {
    href: Option<String>,
    label: String,
    drawn: String,
    net: String,
    effective: String,
}

#[derive(Template)]
#[template(path = "bureau/charts.html")]
struct Page {
    layout: Layout,
    desk: Desk,
    days: String,
    as_of: String,
    lines: String,
    months: Vec<[String; 3]>,
    bars: Vec<Bars>,
}

async fn charts(State(market): State<Market>, caller: Caller, uri: Uri) -> Result<Response> {
    let sight = market.sight(caller.lang);
    let today = market.now().day();
    let first = (1..MONTHS).fold(today.month_start(), |day, _| day.plus_days(-1).month_start());
    let layout = Layout::of(&market, caller.lang, "bureau.charts");
    let ask = |(from, to), by| Ask { by: vec![by], ..Ask::of(Kind::Series, (from, to)) };
    let year = reports::draw(market.db(), &ask((first, today), Dimension::Month), sight).await?;
    let span = (first.year_before(), today.year_before().month_end());
    let before = reports::draw(market.db(), &ask(span, Dimension::Month), sight).await?;
    let labels: Vec<String> = year.rows.iter().map(|row| label(row, 0)).collect();
    let (now, then) = (nets(&year), nets(&before));
    let words = [layout.t("bureau.year_earlier"), layout.t("bureau.this_year")];
    let lines = svg::lines(&labels, [(words[0], &then), (words[1], &now)], layout.t("bureau.months"));
    let months = labels.iter().zip(&now).enumerate().map(|(place, (label, fen))| {
        let before = then.get(place).copied().unwrap_or_default();
        [label.clone(), fen.grouped(), before.grouped()]
    });
    let mut bars = Vec::new();
    for dimension in
        [Dimension::County, Dimension::Category, Dimension::Channel, Dimension::District, Dimension::BuyerClass]
    {
        let ask = Ask { by: vec![dimension], ..Ask::of(Kind::Summary, (first, today)) };
        let report = reports::draw(market.db(), &ask, sight).await?;
        bars.push(Bars { title: dimension.name(caller.lang), rows: rows(&report) });
    }
    let page = Page {
        desk: desk(&layout, &caller, &uri),
        days: format!("{first} – {today}"),
        as_of: market.now().minute_label(),
        lines,
        months: months.collect(),
        bars,
        layout,
    };
    html(&page)
}

fn label(row: &[Cell], place: usize) -> String {
    match row.get(place) {
        Some(Cell::Text(text)) => text.clone(),
        _ => String::new(),
    }
}

fn money(row: &[Cell], place: usize) -> Fen {
    match row.get(place) {
        Some(Cell::Money(fen)) => *fen,
        _ => Fen::ZERO,
    }
}

/// Net paid of each row of a report by one dimension.
fn nets(report: &Report) -> Vec<Fen> {
    report.rows.iter().map(|row| money(row, 5)).collect()
}

fn rows(report: &Report) -> Vec<Bar> {
    let most = nets(report).into_iter().max().unwrap_or_default();
    let bar = |row: &Vec<Cell>| {
        let key = label(row, 0);
        Bar {
            href: report.ask.by.first().map(|by| address(Kind::Lines, &report.ask, &[(*by, &key)])),
            label: label(row, 1),
            drawn: svg::bar(money(row, 5), most),
            net: money(row, 5).grouped(),
            effective: money(row, 6).grouped(),
        }
    };
    report.rows.iter().take(MOST_BARS).map(bar).collect()
}
