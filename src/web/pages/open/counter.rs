//! `/counter`: one number for a hall's screen, how it came about, and how anyone checks it.

use askama::Template;
use axum::{extract::State, http::HeaderMap, response::Response};

use crate::{
    counter::{Figures, figures},
    kernel::{Error, Fen, money::thousands},
    web::{
        Allow, Market, Result, Route,
        auth::Language,
        pages::{
            Form, Key,
            view::{self, Layout},
        },
    },
};

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/counter", Allow::Anyone, counter)]
}

/// A county's bar.
struct Bar {
    county: String,
    name: String,
    paired: bool,
    /// Of the largest, in percent with one decimal, for the drawing.
    width: String,
    net: String,
}

/// Numbers that are not money, with thousands apart.
struct Counts {
    today: String,
    month: String,
    year: String,
    households: String,
    entries: String,
}

impl Counts {
    fn of(figures: &Figures) -> Self {
        let count = |n: i64| thousands(&n.to_string());
        Self {
            today: count(figures.today.orders),
            month: count(figures.month.orders),
            year: count(figures.year.orders),
            households: count(figures.all.households),
            entries: count(figures.head.seq),
        }
    }
}

#[derive(Template)]
#[template(path = "open/counter.html")]
struct Page {
    layout: Layout,
    figures: Figures,
    counts: Counts,
    since: Option<String>,
    month: String,
    as_of: String,
    bars: Vec<Bar>,
}

async fn counter(State(market): State<Market>, Language(lang): Language, headers: HeaderMap) -> Result<Response> {
    market.counter.refresh(market.db(), market.now()).await?;
    let figures = market.counter.now();
    let key = Key { path: "/counter".to_owned(), lang, shown: shown(&market, &figures) };
    let render = || async {
        let days = figures::days(&mut market.db().read_replica().await?).await?;
        let layout = Layout::of(&market, lang, "counter.title").nav("counter");
        let since = days.map(|(first, _)| layout.say("counter.since", &[("day", &first.to_string())]));
        let day = figures.as_of.day();
        let month = layout.say("counter.month", &[("n", &day.month())]);
        let bars = bars(&market, &figures, &layout)?;
        let as_of = figures.as_of.minute_label();
        let counts = Counts::of(&figures);
        let page = Page { layout, figures: figures.clone(), counts, since, month, as_of, bars };
        view::text(&page)
    };
    Ok(market.pages.answer(Form::Page, &key, &headers, render).await?)
}

/// A page with the figures is rendered again when the journal grew, the catalogue changed or a minute passed.
pub(super) fn shown(market: &Market, figures: &Figures) -> u64 {
    let minute = figures.as_of.0 / (60 * crate::kernel::time::SECOND);
    let parts = format!("{} {minute} {}", figures.head.hash, market.shelf.now().shown);
    let hash = crate::kernel::hash::sha256_hex(parts.as_bytes());
    u64::from_str_radix(&hash[..16], 16).unwrap_or_default()
}

fn bars(market: &Market, figures: &Figures, layout: &Layout) -> Result<Vec<Bar>, Error> {
    let snapshot = market.shelf.now();
    let most = figures.by_county.iter().map(|share| share.net_paid_fen.0).max().unwrap_or(0).max(1);
    figures
        .by_county
        .iter()
        .map(|share| {
            let tenths = Fen(share.net_paid_fen.0.max(0)).share_floor(1000, most)?.0;
            let name = layout.lang.pick(&share.name, &share.name_en);
            Ok(Bar {
                county: share.county.clone(),
                name: if name.is_empty() { share.county.clone() } else { name.to_owned() },
                paired: snapshot.county(&share.county).is_some_and(|county| county.pairing.is_some()),
                width: format!("{}.{}", tenths / 10, tenths % 10),
                net: share.net_paid_fen.grouped(),
            })
        })
        .collect()
}
