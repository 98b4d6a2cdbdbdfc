//! The front page: search, the counter, the halls, what is in season, sets, cooperatives.

use std::{collections::HashMap, sync::Arc};

use askama::Template;
use axum::{extract::State, http::HeaderMap, response::Response};

use super::{
    Form, Key,
    card::{Card, Price, grouped},
    coops::CoopCard,
    halls::HallCard,
    view::{self, Layout},
};
use crate::{
    catalogue::{Product, Snapshot},
    counter::{Figures, figures},
    kernel::{Day, Fen},
    web::{Allow, Market, Result, Route, auth::Language},
};

/// Goods in the season's section, and at most of one category before others are asked.
const SEASON: usize = 8;
const SAME_CATEGORY: usize = 3;
/// Goods of the section that sells all year.
const STAPLES: usize = 4;
/// Size of the small chart: width and height of its bars.
const CHART: (i64, i64) = (350, 64);

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/", Allow::Anyone, home)]
}

#[derive(Template)]
#[template(path = "shop/home.html")]
struct Home {
    layout: Layout,
    lead: String,
    searches: Vec<(String, String)>,
    tally: Tally,
    halls: Vec<HallCard>,
    season_title: String,
    season: Vec<Card>,
    staples: Vec<Card>,
    set: Option<SetView>,
    gifts: Vec<Card>,
    coops: Vec<CoopCard>,
}

/// The counter in a panel.
struct Tally {
    year: Price,
    today: Price,
    month: Price,
    orders: String,
    bars: Vec<Bar>,
    first: String,
    last: String,
    chart_label: String,
}

/// A month of the small chart.
struct Bar {
    x: i64,
    y: i64,
    height: i64,
    now: bool,
    title: String,
}

/// The set that the page shows large.
struct SetView {
    card: Card,
    summary: String,
    parts: Vec<(String, String)>,
    counties: String,
}

async fn home(State(market): State<Market>, Language(lang): Language, headers: HeaderMap) -> Result<Response> {
    let snapshot = market.shelf.now();
    let (seq, day) = market.counter.stamp();
    let key = Key { path: format!("/ {seq} {day}"), lang, shown: snapshot.shown };
    let page = || async {
        let counter = market.counter.now();
        let months = figures::months(&mut market.db().read_replica().await?, day).await?;
        let layout = Layout::of(&market, lang, "home.title").nav("home");
        view::text(&Home::of(&snapshot, &counter, &months, layout))
    };
    Ok(market.pages.answer(Form::Page, &key, &headers, page).await?)
}

impl Home {
    fn of(snapshot: &Snapshot, counter: &Figures, months: &[(String, Fen)], layout: Layout) -> Self {
        let counties = snapshot.counties.len();
        let lead = layout.say("home.lead", &[("counties", &counties), ("coops", &snapshot.coops.len())]);
        let buyable = snapshot.buyable_now();
        let seasonal: Vec<_> = buyable.iter().copied().filter(|p| p.seasonal()).collect();
        let staple: Vec<_> = buyable.iter().copied().filter(|p| !p.seasonal() && !is_set(p)).collect();
        let this_month = layout.word("month", &snapshot.day.month().to_string());
        let paired = snapshot.counties.iter().filter(|c| c.pairing.is_some());
        let set = snapshot.products.iter().filter(|p| is_set(p)).max_by_key(|p| parts(p));
        let gifts = buyable.iter().filter(|p| is_gift(p) && set.is_none_or(|set| set.code != p.code)).take(4);
        Self {
            lead: lead.clone(),
            searches: searches(&layout),
            tally: Tally::of(counter, months, snapshot.day, &layout),
            halls: paired.map(|county| HallCard::of(snapshot, county, &layout)).collect(),
            season_title: layout.say("home.season", &[("month", &this_month)]),
            season: Card::all(snapshot, mixed(&seasonal, SEASON), &layout),
            staples: Card::all(snapshot, mixed(&staple, STAPLES), &layout),
            set: set.map(|set| SetView::of(snapshot, set, &layout)),
            gifts: Card::all(snapshot, gifts.copied(), &layout),
            coops: snapshot.coops.iter().map(|coop| CoopCard::of(snapshot, coop, &layout)).collect(),
            layout: layout.about(&lead),
        }
    }
}

fn parts(product: &Product) -> usize {
    product.skus.iter().map(|sku| sku.parts.len()).max().unwrap_or(0)
}

fn is_set(product: &Product) -> bool {
    parts(product) > 0
}

fn is_gift(product: &Product) -> bool {
    is_set(product) || product.skus.iter().any(|sku| sku.pack.as_deref() == Some("gift"))
}

/// The first goods, but not all of one category while there are others.
fn mixed<'a>(goods: &[&'a Arc<Product>], most: usize) -> Vec<&'a Arc<Product>> {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let (mut first, mut rest) = (Vec::new(), Vec::new());
    for card in goods {
        let count = seen.entry(&card.category_code).or_default();
        *count += 1;
        if *count <= SAME_CATEGORY { first.push(*card) } else { rest.push(*card) }
    }
    first.into_iter().chain(rest).take(most).collect()
}

/// Searches to begin with, and what each is called.
fn searches(layout: &Layout) -> Vec<(String, String)> {
    let keys = ["home.try_fuji", "home.try_dates", "home.try_gift", "home.try_canteen"];
    let words = keys.map(|key| layout.t(key).to_owned());
    words.into_iter().map(|words| (format!("/products?q={}", crate::web::percent(&words)), words)).collect()
}

impl Tally {
    fn of(counter: &Figures, months: &[(String, Fen)], today: Day, layout: &Layout) -> Self {
        let year = today.year_start().month_label();
        let net = |month: u8| {
            let label = format!("{}-{month:02}", &year[..4]);
            months.iter().find(|(known, _)| *known == label).map_or(Fen::ZERO, |(_, net)| *net)
        };
        let most = (1..=12).map(net).max().unwrap_or_default().0.max(1);
        let (width, height) = CHART;
        let bar = |month: u8| {
            let share = net(month).0.max(0) * (height - 4) / most;
            Bar {
                x: i64::from(month - 1) * width / 12,
                y: height - share - 4,
                height: share + 4,
                now: month == today.month(),
                title: format!("{} {}", layout.word("month", &month.to_string()), Price::of(net(month))),
            }
        };
        let month_word = |month: u8| layout.word("month", &month.to_string());
        Self {
            year: Price::of(counter.year.net_paid_fen),
            today: Price::of(counter.today.net_paid_fen),
            month: Price::of(counter.month.net_paid_fen),
            orders: grouped(&counter.year.orders.to_string()),
            bars: (1..=today.month()).map(bar).collect(),
            first: month_word(1),
            last: month_word(12),
            chart_label: layout.t("home.chart").to_owned(),
        }
    }
}

impl SetView {
    fn of(snapshot: &Snapshot, product: &Product, layout: &Layout) -> Self {
        let lang = layout.lang;
        let all = product.skus.iter().flat_map(|sku| sku.parts.iter());
        let county = |code: &str| snapshot.county(code).map(|c| super::card::short(c, lang).to_owned());
        let parts: Vec<(String, String)> = all
            .map(|p| (lang.pick(&p.name, &p.name_en).to_owned(), county(&p.county_code).unwrap_or_default()))
            .collect();
        let mut counties: Vec<&str> = parts.iter().map(|(_, county)| county.as_str()).collect();
        counties.sort_unstable();
        counties.dedup();
        Self {
            counties: layout.say("home.in_one_box", &[("n", &counties.len())]),
            card: Card::of(snapshot, product, layout),
            summary: lang.pick(&product.summary, &product.summary_en).to_owned(),
            parts,
        }
    }
}
