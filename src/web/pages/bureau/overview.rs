//! `/bureau`: the month at a glance; every figure is a link to what it is made of.

use askama::Template;
use axum::{extract::State, http::Uri, response::Response};
use serde::Deserialize;

use super::frame::{address, desk, share};
use crate::{
    kernel::{Code, Day, Fen, Refusal, money::thousands},
    ledger::DEFINITION_VERSION,
    reports::{self, Ask, Cell, Dimension, Figures, Kind, Report},
    web::{
        Allow, Market, Result, Route,
        auth::Caller,
        json::ApiQuery,
        pages::{
            desk::Desk,
            svg::{self, Point, Step},
            view::{Layout, html},
        },
    },
};

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/bureau", Allow::REPORTS, overview)]
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// As `2026-11`.
    month: Option<String>,
}

/// A figure that stands out, with where it comes from.
struct Figure {
    href: String,
    title: &'static str,
    value: String,
    note: String,
    up: bool,
    down: bool,
}

/// A county's row.
struct Row {
    href: String,
    name: String,
    pairing: String,
    cells: [String; 5],
    share: String,
}

#[derive(Template)]
#[template(path = "bureau/overview.html")]
struct Page {
    layout: Layout,
    desk: Desk,
    days: String,
    as_of: String,
    definition: &'static str,
    earlier: String,
    later: Option<String>,
    exports: String,
    figures: Vec<Figure>,
    bridge: String,
    daily: String,
    days_table: Vec<[String; 4]>,
    rows: Vec<Row>,
    totals: [String; 5],
}

async fn overview(
    State(market): State<Market>,
    caller: Caller,
    uri: Uri,
    ApiQuery(asked): ApiQuery<Asked>,
) -> Result<Response> {
    let today = market.now().day();
    let first = match asked.month.filter(|month| !month.is_empty()) {
        None => today.month_start(),
        Some(month) => format!("{month}-01")
            .parse::<Day>()
            .map_err(|_| Refusal::of_field("month", Code::Malformed).with("example", "2026-11"))?,
    };
    let last = first.month_end().min(today.max(first));
    let ask = |kind| Ask::of(kind, (first, last));
    let (summary, series) = (ask(Kind::Summary), ask(Kind::Series));
    let sight = market.sight(caller.lang);
    let counties = reports::draw(market.db(), &summary, sight).await?;
    let days = reports::draw(market.db(), &series, sight).await?;
    let sums = reports::figures(market.db(), &summary).await?;
    let before = Ask::of(Kind::Summary, (first.year_before(), last.year_before()));
    let before = reports::figures(market.db(), &before).await?;
    let helped = reports::draw(market.db(), &ask(Kind::Households), sight).await?;
    let bridge = reports::bridge(market.db(), &ask(Kind::Bridge)).await?;
    let label = first.month_label();
    let (year, month) = label.split_once('-').unwrap_or((&label, ""));
    let title = Layout::of(&market, caller.lang, "bureau.desk")
        .say("bureau.month", &[("year", &year), ("month", &month.trim_start_matches('0'))]);
    let layout = Layout::titled(market.demo, caller.lang, title);
    let steps = bridge.steps().into_iter().filter(|step| step.level || step.fen.0 != 0);
    let steps: Vec<Step> =
        steps.map(|step| Step { label: step.name(caller.lang).to_owned(), fen: step.fen, level: step.level }).collect();
    let page = Page {
        desk: desk(&layout, &caller, &uri),
        days: format!("{} – {}", first.month_day(), last.month_day()),
        as_of: market.now().minute_label(),
        definition: DEFINITION_VERSION,
        earlier: first.plus_days(-1).month_label(),
        later: (first.month_end() < today).then(|| first.month_end().plus_days(1).month_label()),
        exports: format!("/api/v1{}", address(Kind::Summary, &summary, &[])),
        figures: figures(&layout, &summary, (&sums, &before), &helped)?,
        bridge: svg::bridge(&steps, layout.t("bureau.bridge")),
        daily: svg::columns(&points(&days), layout.t("bureau.daily")),
        days_table: days.rows.iter().map(|row| [cell(row, 0), cell(row, 2), cell(row, 3), cell(row, 5)]).collect(),
        rows: rows(&market, &summary, &counties, sums.net()?),
        totals: SHOWN.map(|place| shown(&counties.totals[place])),
        layout,
    };
    html(&page)
}

/// Columns of a grouped report that the table shows: paid, refunded, net, effective, recognised.
const SHOWN: [usize; 5] = [2, 3, 5, 6, 9];

fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Count(n) => thousands(&n.to_string()),
        Cell::Money(fen) => fen.grouped(),
    }
}

fn cell(row: &[Cell], place: usize) -> String {
    row.get(place).map(shown).unwrap_or_default()
}

fn money(row: &[Cell], place: usize) -> Fen {
    match row.get(place) {
        Some(Cell::Money(fen)) => *fen,
        _ => Fen::ZERO,
    }
}

fn points(days: &Report) -> Vec<Point> {
    let point = |row: &Vec<Cell>| {
        let day = cell(row, 0);
        let (up, down) = (money(row, 5), money(row, 3));
        let title = format!("{day} {} −{}", up.grouped(), down.grouped());
        Point { label: day.get(8..).unwrap_or_default().trim_start_matches('0').to_owned(), up, down, title }
    };
    days.rows.iter().map(point).collect()
}

fn figures(layout: &Layout, ask: &Ask, (sums, before): (&Figures, &Figures), helped: &Report) -> Result<Vec<Figure>> {
    let lines = address(Kind::Lines, ask, &[]);
    let plain = |title, fen: Fen, note: String| Figure {
        href: lines.clone(),
        title,
        value: format!("¥{}", fen.grouped()),
        note,
        up: false,
        down: false,
    };
    let (net, last) = (sums.net()?, before.net()?);
    let mut net_figure = plain("bureau.net", net, layout.t("bureau.no_year_before").to_owned());
    if last.0 > 0 {
        let change = net.minus(last)?;
        (net_figure.up, net_figure.down) = (change.0 > 0, change.0 < 0);
        net_figure.note = layout.say("bureau.year_before", &[("n", &share(change, last))]);
    }
    let count = |place: usize| helped.totals.get(place).map(shown).unwrap_or_default();
    Ok(vec![
        plain(
            "bureau.gross",
            sums.gross_fen,
            layout.say("bureau.orders", &[("n", &thousands(&sums.orders.to_string()))]),
        ),
        plain("bureau.refunds", sums.refunds_fen, share(sums.refunds_fen, sums.gross_fen)),
        net_figure,
        plain(
            "bureau.effective",
            sums.effective_fen,
            layout.say("bureau.direct", &[("n", &sums.direct_fen.grouped())]),
        ),
        Figure {
            href: address(Kind::Households, ask, &[]),
            title: "bureau.households",
            value: layout.say("bureau.household_count", &[("n", &count(2))]),
            note: layout.say("bureau.alleviated", &[("n", &count(3))]),
            up: false,
            down: false,
        },
    ])
}

fn rows(market: &Market, ask: &Ask, counties: &Report, net: Fen) -> Vec<Row> {
    let snapshot = market.shelf.now();
    let row = |row: &Vec<Cell>| {
        let key = cell(row, 0);
        let pairing = snapshot.county(&key).and_then(|county| county.pairing.as_ref());
        let lang = counties.lang;
        Row {
            href: address(Kind::Lines, ask, &[(Dimension::County, &key)]),
            name: cell(row, 1),
            pairing: pairing.map_or("—", |pairing| lang.pick(&pairing.name, &pairing.name_en)).to_owned(),
            cells: SHOWN.map(|place| cell(row, place)),
            share: share(money(row, 5), net),
        }
    };
    counties.rows.iter().map(row).collect()
}
