//! `/journal`: the public journal, how anyone verifies it, and an order found in it by its reference.

use askama::Template;
use axum::{extract::State, http::HeaderMap, response::Response};
use serde::Deserialize;

use super::counter::shown;
use crate::{
    counter::{Entry, figures::Head, read},
    kernel::{Error, Fen, Named, money::thousands},
    web::{
        Allow, Market, Result, Route,
        auth::Language,
        json::ApiQuery,
        pages::{
            Form, Key,
            view::{self, Layout, html, refused},
        },
    },
};

/// Newest entries shown.
const NEWEST: i64 = 20;
/// Entries of one order shown at most.
const MOST: i64 = 200;

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/journal", Allow::Anyone, journal)]
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// An order's reference.
    #[serde(rename = "ref")]
    order_ref: Option<String>,
}

/// An entry as a row.
struct Row {
    seq: String,
    day: String,
    kind: String,
    product: String,
    county: String,
    qty: String,
    amount: String,
    hash: String,
}

#[derive(Template)]
#[template(path = "open/journal.html")]
struct Page {
    layout: Layout,
    head: Head,
    /// How many entries there are, in words.
    entries: String,
    newest: Vec<Row>,
    origin: String,
    /// What was typed into the finder.
    typed: String,
    /// Why it was refused.
    fault: Option<String>,
    /// What was found; none where nothing was asked.
    found: Option<Vec<Row>>,
    found_words: String,
}

async fn journal(
    State(market): State<Market>,
    Language(lang): Language,
    headers: HeaderMap,
    ApiQuery(asked): ApiQuery<Asked>,
) -> Result<Response> {
    let layout = Layout::of(&market, lang, "journal.title");
    let Some(typed) = asked.order_ref.map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty()) else {
        let key = Key { path: "/journal".to_owned(), lang, shown: shown(&market, &market.counter.now()) };
        let render = || async {
            let page = page(&market, layout).await?;
            view::text(&page)
        };
        return Ok(market.pages.answer(Form::Page, &key, &headers, render).await?);
    };
    let mut page = page(&market, layout).await?;
    if typed.len() != 64 || !typed.bytes().all(|b| b.is_ascii_hexdigit()) {
        page.fault = Some(page.layout.t("journal.ref_wrong").to_owned());
        page.typed = typed.chars().take(100).collect();
        return refused(&page);
    }
    let lines = read::of_order(&mut market.db().read_replica().await?, &typed, MOST).await?;
    page.found_words = page.layout.say("journal.found", &[("n", &lines.len())]);
    page.found = Some(rows(&market, &page.layout, lines)?);
    page.typed = typed;
    html(&page)
}

async fn page(market: &Market, layout: Layout) -> Result<Page, Error> {
    let head = market.counter.now().head;
    let newest = read::latest(&mut market.db().read_replica().await?, NEWEST).await?;
    let newest = rows(market, &layout, newest)?;
    let entries = layout.say("journal.head", &[("n", &thousands(&head.seq.to_string()))]);
    let origin = market.config.origin.clone();
    Ok(Page {
        layout,
        head,
        entries,
        newest,
        origin,
        typed: String::new(),
        fault: None,
        found: None,
        found_words: String::new(),
    })
}

fn rows(market: &Market, layout: &Layout, lines: Vec<read::Line>) -> Result<Vec<Row>, Error> {
    let snapshot = market.shelf.now();
    let row = |line: read::Line| {
        let entry: Entry = serde_json::from_str(&line.body)?;
        let county = entry.county.as_deref().and_then(|code| snapshot.county(code));
        let county = county.map(|county| layout.lang.pick(&county.short_name, &county.name_en).to_owned());
        Ok(Row {
            seq: thousands(&entry.seq.to_string()),
            day: entry.day.unwrap_or_default(),
            kind: entry.kind.name(layout.lang).to_owned(),
            product: entry.product.unwrap_or_default(),
            county: county.unwrap_or_default(),
            qty: entry.qty.map(|qty| qty.to_string().replace('-', "−")).unwrap_or_default(),
            amount: entry.goods_fen.map(|fen| Fen(fen).grouped()).unwrap_or_default(),
            hash: entry.hash,
        })
    };
    lines.into_iter().map(row).collect()
}
