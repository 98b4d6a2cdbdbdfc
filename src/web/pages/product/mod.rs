//! A product's page: what it is, what it costs, freight to the shopper's district, what backs it.
//!
//! The page of a district is the same for everyone who chose it: the choice is part of the cache's key.

mod delivery;
mod season;
mod spec;

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, Uri, header},
    response::{IntoResponse, Redirect, Response},
};

use self::{
    delivery::Delivery,
    season::{Month, Standing},
    spec::Choice,
};
use super::{
    Form, Key,
    card::{self, Card, Price},
    coops::{CertLine, CoopCard},
    view::{self, Layout},
};
use crate::{
    catalogue::{Category, Product, Sku, Snapshot},
    kernel::{self, Code, Lang, Refusal},
    stock::trace::{self, Batch},
    web::{
        Allow, Market, Result, Route,
        auth::{self, Language},
    },
};

pub use self::delivery::COOKIE as DISTRICT;

/// Other goods below.
const OTHERS: usize = 4;
/// Most units in one go.
const MOST: i64 = 99;

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/p/{slug}", Allow::Anyone, product)]
}

struct Picture {
    name: String,
    alt: String,
    illustration: bool,
}

impl Picture {
    fn src(&self, width: u32) -> String {
        view::photo(&self.name, width)
    }
}

/// A recognition scheme that holds, with what it means here.
struct Scheme {
    name: String,
    note: String,
}

/// Words and numbers of the goods, by heading.
struct Fact {
    title: String,
    text: String,
}

#[derive(Template)]
#[template(path = "shop/product.html")]
struct ProductPage {
    layout: Layout,
    sku: String,
    slug: String,
    name: String,
    summary: String,
    category: (String, String),
    county: (String, String),
    place: String,
    pictures: Vec<Picture>,
    price: Price,
    unit: Option<String>,
    choice: Option<Choice>,
    spec: String,
    delivery: Delivery,
    months: Vec<Month>,
    standing: Standing,
    weights: String,
    facts: Vec<Fact>,
    batch: Option<Batch>,
    certs: Vec<CertLine>,
    schemes: Vec<Scheme>,
    parts: Vec<(String, String)>,
    promise: bool,
    returns: String,
    coop: Option<CoopCard>,
    most: i64,
    story: String,
    storage: String,
    instead: Vec<Card>,
    others: Vec<Card>,
}

async fn product(
    State(market): State<Market>,
    Language(lang): Language,
    Path(slug): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response> {
    let snapshot = market.shelf.now();
    let Some(known) = snapshot.by_slug(&slug) else {
        let by_code = snapshot.by_code(&slug).ok_or_else(|| Refusal::new(Code::NotFound))?;
        return Ok(Redirect::permanent(&format!("/p/{}", by_code.slug)).into_response());
    };
    let query: Vec<_> = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).collect();
    let asked = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_ref());
    let to = delivery::destination(&snapshot, asked("to"), &headers);
    let sku = shown(&snapshot, known, asked("sku")).ok_or_else(|| Refusal::new(Code::NotFound))?;
    let key = Key { path: format!("/p/{slug} {} {to}", sku.code), lang, shown: snapshot.shown };
    let page = || async {
        let batch = trace::latest(&mut market.db().read_replica().await?, &sku.id).await?;
        let layout = Layout::titled(market.demo, lang, String::new()).nav("products");
        view::text(&ProductPage::of(&snapshot, (known, sku), &to, batch, layout)?)
    };
    let mut response = market.pages.answer(Form::Page, &key, &headers, page).await?;
    if asked("to") == Some(to.as_str()) {
        remember(&market, &mut response, &to);
    }
    Ok(response)
}

/// The district is remembered; an answer that says so is not for others.
fn remember(market: &Market, response: &mut Response, to: &str) {
    if let Some(cookie) = auth::wish_cookie(market, delivery::COOKIE, to) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
}

/// The SKU that is shown: the one asked for, else the first that can be bought, else the first.
fn shown<'a>(snapshot: &Snapshot, product: &'a Product, asked: Option<&str>) -> Option<&'a Sku> {
    let by_code = asked.and_then(|code| product.skus.iter().find(|sku| sku.code == code));
    let mut left = product.skus.iter().zip(&product.available);
    let buyable = left.find(|(sku, left)| **left > 0 && sku.in_season(snapshot.day)).map(|(sku, _)| sku);
    by_code.or(buyable).or_else(|| product.skus.first())
}

impl ProductPage {
    fn of(
        snapshot: &Snapshot,
        (product, sku): (&Product, &Sku),
        to: &str,
        batch: Option<Batch>,
        mut layout: Layout,
    ) -> kernel::Result<Self> {
        let lang = layout.lang;
        let pick = |zh: &str, en: &str| lang.pick(zh, en).to_owned();
        let name = pick(&product.name, &product.name_en);
        let summary = pick(&product.summary, &product.summary_en);
        layout.title.clone_from(&name);
        let layout = layout.about(&summary);
        let left = snapshot.sku(&sku.code).map_or(0, |offered| offered.left);
        let standing = Standing::of(product, sku, left, snapshot.day, &layout);
        let county = snapshot.county(&product.county_code);
        let parts = sku.parts.iter().map(|part| {
            let county = snapshot.county(&part.county_code).map(|c| card::short(c, lang).to_owned());
            (pick(&part.name, &part.name_en), county.unwrap_or_default())
        });
        let schemes = snapshot.schemes.iter().filter(|s| product.schemes.contains(&s.code));
        let schemes = schemes.map(|s| Scheme { name: pick(&s.name, &s.name_en), note: pick(&s.note, &s.note_en) });
        let pictures = product.photos.iter().map(|photo| Picture {
            name: photo.name.clone(),
            alt: pick(&photo.alt, &photo.alt_en),
            illustration: photo.illustration,
        });
        Ok(Self {
            sku: sku.code.clone(),
            slug: product.slug.clone(),
            category: named(snapshot.category(&product.category_code), lang),
            county: county.map(|c| (c.slug.clone(), card::short(c, lang).to_owned())).unwrap_or_default(),
            place: county.map(|c| card::place(c, &layout)).unwrap_or_default(),
            pictures: pictures.collect(),
            price: Price::of(sku.price),
            unit: card::unit(product, sku, &layout),
            choice: Choice::of(snapshot, product, sku, &layout),
            spec: pick(&sku.spec, &sku.spec_en),
            delivery: Delivery::of(snapshot, (product, sku), to, &layout)?,
            months: season::months(sku, snapshot.day, &layout),
            weights: layout.say("product.weights", &[("net", &sku.net.label()), ("gross", &sku.gross.label())]),
            facts: facts(product, sku, &layout),
            batch,
            certs: CertLine::holding(&product.certs, snapshot, lang),
            schemes: schemes.collect(),
            parts: parts.collect(),
            promise: product.bad_fruit_promise,
            returns: layout.word("returns", product.return_class.as_str()),
            coop: snapshot.coop(&product.coop_id).map(|coop| CoopCard::of(snapshot, coop, &layout)),
            most: left.clamp(1, MOST),
            story: pick(&product.story, &product.story_en),
            storage: pick(&product.storage, &product.storage_en),
            instead: if standing.buyable { Vec::new() } else { instead(snapshot, product, &layout) },
            others: others(snapshot, product, &layout),
            standing,
            name,
            summary,
            layout,
        })
    }
}

/// Code and name of a category, for its link.
fn named(category: Option<&Category>, lang: Lang) -> (String, String) {
    category.map(|c| (c.code.clone(), lang.pick(&c.name, &c.name_en).to_owned())).unwrap_or_default()
}

/// Pieces, diameter, variety, grade: what the goods have of these.
fn facts(product: &Product, sku: &Sku, layout: &Layout) -> Vec<Fact> {
    let fact = |key: &str, text: Option<String>| text.map(|text| Fact { title: layout.word("goods_fact", key), text });
    let diameter = sku.diameter_mm.map(|mm| layout.say("product.diameter", &[("mm", &mm)]));
    let all = [
        fact("pieces", spec::pieces(sku, layout)),
        fact("diameter", diameter),
        fact("variety", product.variety.as_ref().map(|one| layout.word("variety", one))),
        fact("grade", product.grade.as_ref().map(|one| layout.word("grade", one))),
    ];
    all.into_iter().flatten().collect()
}

/// What can be bought now in its place: the same category first.
fn instead(snapshot: &Snapshot, product: &Product, layout: &Layout) -> Vec<Card> {
    let mut now = snapshot.buyable_now();
    now.sort_by_key(|p| (p.category_code != product.category_code, !p.seasonal()));
    Card::all(snapshot, now.into_iter().take(OTHERS), layout)
}

/// Other goods of the county, then of the cooperative.
fn others(snapshot: &Snapshot, product: &Product, layout: &Layout) -> Vec<Card> {
    let family = |p: &Product| p.family.is_some() && p.family == product.family;
    let near = |p: &Product| p.county_code == product.county_code || p.coop_id == product.coop_id;
    let mut others: Vec<_> =
        snapshot.products.iter().filter(|p| p.code != product.code && !family(p) && near(p)).collect();
    others
        .sort_by_key(|p| (!p.buyable(snapshot.day), p.county_code != product.county_code, std::cmp::Reverse(p.sales)));
    Card::all(snapshot, others.into_iter().take(OTHERS), layout)
}
