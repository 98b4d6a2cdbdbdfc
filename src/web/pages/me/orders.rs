//! A buyer's orders, newest first.

use askama::Template;
use axum::{extract::State, response::Response};

use super::room::{Room, layout};
use crate::{
    kernel::{Fen, Named},
    orders::{
        read,
        view::{self as order_view, OrderView},
    },
    web::{
        Allow, Market, Result, Route,
        auth::Caller,
        json::ApiQuery,
        pages::view::{self, Layout, photo},
        paging::Paging,
    },
};

/// Orders of one page.
const PER_PAGE: i64 = 10;

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/me", Allow::SignedIn, page)]
}

/// An order in the list.
struct Row {
    number: String,
    state: &'static str,
    state_words: &'static str,
    placed: String,
    what: Vec<String>,
    photos: Vec<String>,
    total: Fen,
}

#[derive(Template)]
#[template(path = "me/orders.html")]
struct OrdersPage {
    layout: Layout,
    room: Room,
    rows: Vec<Row>,
    total: i64,
    page: i64,
    newer: Option<i64>,
    older: Option<i64>,
}

async fn page(State(market): State<Market>, caller: Caller, ApiQuery(paging): ApiQuery<Paging>) -> Result<Response> {
    let person = caller.person()?;
    let (page, per_page) = paging.checked(PER_PAGE)?;
    let layout = layout(&market, &caller, "me.orders");
    let mut conn = market.db().read().await?;
    let (orders, total) = read::of_person(&mut conn, &person.id, (per_page, (page - 1) * per_page)).await?;
    let mut rows = Vec::with_capacity(orders.len());
    for order in orders {
        rows.push(row(&layout, &order_view::view(&mut conn, order, caller.lang, true).await?));
    }
    view::html(&OrdersPage {
        room: Room::of(&layout, person, "orders"),
        rows,
        total,
        page,
        newer: (page > 1).then_some(page - 1),
        older: (page * per_page < total).then_some(page + 1),
        layout,
    })
}

fn row(layout: &Layout, order: &OrderView) -> Row {
    let lines = || order.seller_orders.iter().flat_map(|seller| &seller.lines);
    let photos = lines().filter(|line| !line.photo.is_empty()).map(|line| photo(&line.photo, 400));
    Row {
        number: order.number.clone(),
        state: order.state.as_str(),
        state_words: order.state.name(layout.lang),
        placed: order.placed_at.minute_label(),
        what: lines().take(3).map(|line| format!("{} {} × {}", line.name, line.spec, line.qty)).collect(),
        photos: photos.take(4).collect(),
        total: order.total_fen,
    }
}
