//! `/coop`: what waits, largest first.

use askama::Template;
use axum::{extract::State, http::Uri, response::Response};

use super::frame::{COOP, desk};
use crate::{
    catalogue::own,
    kernel::{At, Fen, time::SECOND},
    orders::{SellerOrderState, listing as work},
    web::{
        Market, Result, Route,
        auth::Caller,
        pages::{
            desk::Desk,
            view::{Layout, html},
        },
        statements::asked,
    },
};

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/coop", COOP, overview)]
}

/// A SKU is said to run low at so many units.
const LOW: i64 = 10;
/// Products looked at for low stock.
const MOST: i64 = 100;

#[derive(Template)]
#[template(path = "coop_desk/overview.html")]
struct Page {
    layout: Layout,
    desk: Desk,
    to_ship: i64,
    earliest: String,
    low: usize,
    lowest: String,
    on_the_way: i64,
    goods: Fen,
    /// What the platform or the government paid towards discounts.
    promotion: Fen,
    refunds: Fen,
    freight: Fen,
    net: Fen,
    received: Fen,
}

async fn overview(State(market): State<Market>, caller: Caller, uri: Uri) -> Result<Response> {
    let coop = caller.person()?.own_coop()?.clone();
    let layout = Layout::of(&market, caller.lang, "stall.desk");
    let mut conn = market.db().read().await?;
    let month = asked(&market, &caller, None, None)?.totals(&mut conn).await?;
    let counts = work::counts(&mut conn, &coop).await?;
    let waiting = || counts.iter().filter(|c| c.state.is_to_ship());
    let on_the_way = counts.iter().filter(|c| c.state == SellerOrderState::Shipped);
    let earliest = waiting().filter_map(|c| c.earliest).min();
    let (products, _) = own::products(&mut conn, &coop, (MOST, 0)).await?;
    let mut low: Vec<(i64, String)> = products
        .iter()
        .flat_map(|(product, skus)| skus.iter().map(move |sku| (product, sku)))
        .filter(|(_, sku)| sku.active && sku.on_hand - sku.held <= LOW)
        .map(|(product, sku)| (sku.on_hand - sku.held, format!("{} {}", product.name, sku.spec)))
        .collect();
    low.sort();
    let page = Page {
        desk: desk(&layout, &caller, &uri),
        to_ship: waiting().map(|c| c.n).sum(),
        earliest: earliest.map(|at| promise(&layout, at, market.now())).unwrap_or_default(),
        lowest: low.first().map(|(n, name)| layout.say("stall.left", &[("name", name), ("n", n)])).unwrap_or_default(),
        low: low.len(),
        on_the_way: on_the_way.map(|c| c.n).sum(),
        goods: month.goods_fen,
        promotion: month.promotion_fen,
        refunds: month.refund_fen,
        freight: Fen(month.freight_fen.0 - month.refund_freight_fen.0),
        net: month.net_fen,
        received: month.received_fen,
        layout,
    };
    html(&page)
}

/// How long until the first promise to ship, or that it has passed.
fn promise(layout: &Layout, by: At, now: At) -> String {
    let hours = (by.0 - now.0) / (3600 * SECOND);
    match by > now {
        true => layout.say("stall.earliest", &[("n", &hours)]),
        false => layout.t("stall.late").to_owned(),
    }
}
