//! The cart: by cooperative, with prices and stock as of now.

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::basket::{Basket, Item};
use crate::{
    catalogue::{Offered, Snapshot},
    kernel::{Code, Fen, Lang, Qty, Refusal, Result as KernelResult, SkuCode},
    web::{
        Allow, Market, Result, Route,
        auth::Caller,
        form::Form,
        pages::view::{self, Layout},
    },
};

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/cart", Allow::Anyone, page), Route::post("/cart", Allow::Anyone, change)]
}

/// A line as it stands now.
struct Line {
    sku: String,
    slug: String,
    name: String,
    spec: String,
    photo: String,
    qty: i64,
    less: i64,
    more: i64,
    most: i64,
    unit: Fen,
    sum: Fen,
    /// What has to be known before it is bought.
    notes: Vec<String>,
    /// Why it cannot be bought as it stands.
    fault: String,
}

/// A cooperative's lines.
struct Group {
    slug: String,
    coop: String,
    ships: String,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "checkout/cart.html")]
struct CartPage {
    layout: Layout,
    alert: String,
    groups: Vec<Group>,
    units: i64,
    goods: Fen,
    /// Whether a line cannot be bought as it stands.
    blocked: bool,
    /// Whether a price changed since it was seen.
    changed: bool,
}

async fn page(State(market): State<Market>, caller: Caller, headers: HeaderMap) -> Result<Response> {
    shown(&market, &caller, &Basket::of(&headers), None)
}

/// The cart's page, for a refused checkout too.
pub fn shown(market: &Market, caller: &Caller, basket: &Basket, refusal: Option<&Refusal>) -> Result<Response> {
    let page = cart(market, caller.lang, basket, refusal.map(|r| r.detail(caller.lang)).unwrap_or_default())?;
    match refusal {
        Some(refusal) => view::again(refusal.code.status(), &page),
        None => view::html(&page),
    }
}

/// Whether every line can be bought at the price that was seen.
pub fn ready(market: &Market, basket: &Basket) -> KernelResult<bool> {
    let page = cart(market, Lang::ZhCn, basket, String::new())?;
    Ok(!page.blocked && !page.changed && !page.groups.is_empty())
}

fn cart(market: &Market, lang: Lang, basket: &Basket, alert: String) -> KernelResult<CartPage> {
    let layout = Layout::of(market, lang, "cart.title").nav("cart");
    let snapshot = market.shelf.now();
    let mut groups: Vec<Group> = Vec::new();
    let mut changed = false;
    for item in &basket.items {
        let (slug, coop, ships, line) = match snapshot.sku(item.sku.as_str()) {
            Some(offered) => {
                changed |= item.seen.is_some_and(|seen| seen != offered.sku.price);
                let coop = snapshot.coop(&offered.product.coop_id);
                let name = coop.map(|c| lang.pick(&c.name, &c.name_en).to_owned()).unwrap_or_default();
                let ships = coop.map(|c| layout.say("cart.ships", &[("hours", &c.sla_hours)])).unwrap_or_default();
                let slug = coop.map(|c| c.slug.clone()).unwrap_or_default();
                (slug, name, ships, line(&layout, &snapshot, item, offered)?)
            }
            None => (String::new(), layout.t("cart.gone_group").to_owned(), String::new(), gone(&layout, item)),
        };
        match groups.iter_mut().find(|group| group.slug == slug) {
            Some(group) => group.lines.push(line),
            None => groups.push(Group { slug, coop, ships, lines: vec![line] }),
        }
    }
    let lines = || groups.iter().flat_map(|group| &group.lines);
    // What cannot be bought as it stands is not in the sum.
    let sold = || lines().filter(|line| line.fault.is_empty());
    let (units, goods) = (sold().map(|line| line.qty).sum(), Fen::sum(sold().map(|line| line.sum))?);
    let blocked = sold().count() < lines().count();
    Ok(CartPage { layout, alert, groups, units, goods, blocked, changed })
}

fn line(
    layout: &Layout,
    snapshot: &Snapshot,
    item: &Item,
    Offered { product, sku, left }: Offered<'_>,
) -> KernelResult<Line> {
    let (lang, qty) = (layout.lang, item.qty.units());
    let mut notes = Vec::new();
    if let Some(seen) = item.seen.filter(|seen| *seen != sku.price) {
        notes.push(layout.say("cart.price_changed", &[("was", &seen), ("now", &sku.price)]));
    }
    if let Some(day) = &sku.presale_ships_by {
        notes.push(layout.say("cart.presale", &[("day", day)]));
    }
    let fault = if !sku.in_season(snapshot.day) {
        let back = sku.season.as_ref().and_then(|season| season.opens_after(snapshot.day).ok());
        layout.say("cart.out_of_season", &[("back", &back.map(|day| day.to_string()).unwrap_or_default())])
    } else if left <= 0 {
        layout.t("cart.sold_out").to_owned()
    } else if left < qty {
        layout.say("cart.too_many", &[("left", &left)])
    } else {
        String::new()
    };
    Ok(Line {
        sku: item.sku.to_string(),
        slug: product.slug.clone(),
        name: lang.pick(&product.name, &product.name_en).to_owned(),
        spec: lang.pick(&sku.spec, &sku.spec_en).to_owned(),
        photo: product.photos.first().map(|photo| view::photo(&photo.name, 400)).unwrap_or_default(),
        qty,
        less: qty - 1,
        more: qty + 1,
        most: left.clamp(1, Qty::MOST),
        unit: sku.price,
        sum: sku.price.times(qty)?,
        notes,
        fault,
    })
}

/// A SKU that is not sold any more.
fn gone(layout: &Layout, item: &Item) -> Line {
    let qty = item.qty.units();
    Line {
        sku: item.sku.to_string(),
        slug: String::new(),
        name: item.sku.to_string(),
        spec: String::new(),
        photo: String::new(),
        qty,
        less: qty - 1,
        more: qty,
        most: qty,
        unit: item.seen.unwrap_or(Fen::ZERO),
        sum: Fen::ZERO,
        notes: Vec::new(),
        fault: layout.t("cart.gone").to_owned(),
    }
}

#[derive(Deserialize)]
#[serde(default)]
struct Change {
    #[serde(rename = "do")]
    act: String,
    sku: String,
    qty: String,
    then: String,
}

impl Default for Change {
    fn default() -> Self {
        Self { act: "add".to_owned(), sku: String::new(), qty: "1".to_owned(), then: "cart".to_owned() }
    }
}

/// `add` puts in (from a product's page), `set` and `remove` change a line, `drop` takes out what cannot
/// be bought, `accept` takes the prices of now. `then` says where to go: `cart` or `checkout`.
async fn change(
    State(market): State<Market>,
    caller: Caller,
    headers: HeaderMap,
    Form(change): Form<Change>,
) -> Result<Response> {
    let mut basket = Basket::of(&headers);
    if let Err(refusal) = changed(&mut basket, &change, &market.shelf.now()) {
        return shown(&market, &caller, &basket, Some(&refusal));
    }
    let to = if change.then == "checkout" { "/checkout" } else { "/cart" };
    Ok((kept(&market, &basket), Redirect::to(to)).into_response())
}

fn changed(basket: &mut Basket, change: &Change, snapshot: &Snapshot) -> Result<(), Refusal> {
    let typed = change.qty.trim();
    let qty = || Qty::parse("qty", typed.parse().unwrap_or(0));
    let sku = || SkuCode::parse("sku", &change.sku);
    match change.act.as_str() {
        "add" => {
            let unknown = || Refusal::of_field("sku", Code::UnknownSku).with("sku", &change.sku);
            let sku = sku()?;
            let offered = snapshot.sku(sku.as_str()).ok_or_else(unknown)?;
            basket.add(sku, qty()?, Some(offered.sku.price));
        }
        "set" if typed == "0" => basket.set(&sku()?, None),
        "set" => basket.set(&sku()?, Some(qty()?)),
        "remove" => basket.set(&sku()?, None),
        "drop" => drop_unsold(basket, snapshot),
        "accept" => {
            for item in &mut basket.items {
                item.seen = snapshot.sku(item.sku.as_str()).map(|offered| offered.sku.price).or(item.seen);
            }
        }
        _ => return Err(Refusal::of_field("do", Code::Unknown)),
    }
    Ok(())
}

/// Takes out what cannot be bought; of what is too many, the rest stays.
fn drop_unsold(basket: &mut Basket, snapshot: &Snapshot) {
    for item in basket.items.clone() {
        let left = match snapshot.sku(item.sku.as_str()) {
            Some(Offered { sku, left, .. }) if sku.in_season(snapshot.day) => left.max(0),
            _ => 0,
        };
        basket.set(&item.sku, Qty::parse("qty", item.qty.units().min(left)).ok());
    }
}

/// The header that keeps the cart in the browser.
pub fn kept(market: &Market, basket: &Basket) -> HeaderMap {
    let cookie = HeaderValue::from_str(&basket.cookie(market));
    cookie.map(|value| HeaderMap::from_iter([(header::SET_COOKIE, value)])).unwrap_or_default()
}
