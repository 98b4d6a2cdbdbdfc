//! `/coop/orders`: what waits to be shipped, and the form that ships it.

use askama::Template;
use axum::{
    extract::{Path, State as Inject},
    http::Uri,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{COOP, desk};
use crate::{
    kernel::{At, Code, Fen, Refusal, SellerOrderId},
    orders::{
        SellerOrderState, read,
        ship::{Carrier, Shipping},
        view::{self, CoopOrderView},
    },
    web::{
        Result, Route, State,
        api::coop_orders::{seen, shipped},
        auth::Caller,
        form::{Choice, Faults, Form, choices},
        json::ApiQuery,
        pages::{
            desk::Desk,
            view::{self as pages, Layout},
        },
    },
};

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/coop/orders", COOP, list),
        Route::get("/coop/orders/{id}", COOP, one),
        Route::post("/coop/orders/{id}", COOP, ship),
    ]
}

const PER_PAGE: i64 = 20;
const FIELDS: [&str; 2] = ["carrier", "tracking_no"];
/// The tabs of the list, by state of the seller order.
const TABS: [SellerOrderState; 4] =
    [SellerOrderState::ToShip, SellerOrderState::PartShipped, SellerOrderState::Shipped, SellerOrderState::Received];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    state: Option<SellerOrderState>,
    page: Option<i64>,
}

struct Tab {
    href: String,
    label: String,
    current: bool,
}

struct Line {
    photo: String,
    name: String,
    spec: String,
    qty: i64,
    to_ship: i64,
    sum: Fen,
}

struct Parcel {
    carrier: String,
    tracking_no: String,
    shipped: String,
    delivered: bool,
}

/// An order as the desk shows it.
struct Shown {
    id: String,
    number: String,
    state: String,
    by: String,
    to: String,
    receiver: String,
    phone: String,
    note: String,
    lines: Vec<Line>,
    parcels: Vec<Parcel>,
    can_ship: bool,
}

#[derive(Template)]
#[template(path = "coop_desk/orders.html")]
struct ListPage {
    layout: Layout,
    desk: Desk,
    tabs: Vec<Tab>,
    orders: Vec<Shown>,
    before: Option<String>,
    after: Option<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Typed {
    carrier: String,
    tracking_no: String,
}

#[derive(Template)]
#[template(path = "coop_desk/order.html")]
struct OrderPage {
    layout: Layout,
    desk: Desk,
    order: Shown,
    faults: Faults,
    typed: Typed,
    carriers: Vec<Choice>,
}

fn shown_of(layout: &Layout, view: CoopOrderView) -> Shown {
    let seller = view.seller_order;
    let can_ship = matches!(seller.state, SellerOrderState::ToShip | SellerOrderState::PartShipped);
    let contact = view.contact;
    let of = |part: fn(&view::ContactView) -> &String| contact.as_ref().map(part).cloned().unwrap_or_default();
    let line = |line: view::LineView| Line {
        photo: line.photo,
        name: line.name,
        spec: line.spec,
        qty: line.qty,
        to_ship: line.to_ship_qty,
        sum: line.payable_fen,
    };
    let parcel = |parcel: view::ShipmentView| Parcel {
        carrier: layout.word("carrier", &parcel.carrier),
        tracking_no: parcel.tracking_no,
        shipped: parcel.shipped_at.minute_label(),
        delivered: parcel.delivered_at.is_some(),
    };
    Shown {
        id: seller.id,
        number: view.number,
        state: layout.word("seller_state", seller.state.as_str()),
        by: seller.ship_by.filter(|_| can_ship).map(At::minute_label).unwrap_or_default(),
        to: contact.as_ref().map(|c| format!("{} {}", c.region_name, c.street)).unwrap_or_default(),
        receiver: of(|c| &c.name),
        phone: of(|c| &c.phone),
        note: of(|c| &c.note),
        lines: seller.lines.into_iter().map(line).collect(),
        parcels: seller.shipments.into_iter().map(parcel).collect(),
        can_ship,
    }
}

async fn list(
    Inject(state): Inject<State>,
    caller: Caller,
    uri: Uri,
    ApiQuery(asked): ApiQuery<Asked>,
) -> Result<Response> {
    let wanted = asked.state.unwrap_or(SellerOrderState::ToShip);
    let page = crate::kernel::parse::within("page", asked.page.unwrap_or(1), 1, 1_000_000)?;
    let layout = Layout::of(&state, caller.lang, "stall.orders");
    let coop = caller.person()?.own_coop()?;
    let mut conn = state.db().read().await?;
    let window = (PER_PAGE, (page - 1) * PER_PAGE);
    let (ids, total) = read::of_coop(&mut conn, coop, Some(wanted), window).await?;
    let mut orders = Vec::with_capacity(ids.len());
    for id in &ids {
        let view = view::coop_view(&mut conn, id, coop, (state.now(), caller.lang)).await?;
        orders.push(shown_of(&layout, view));
    }
    let href = |state: SellerOrderState, page: i64| format!("/coop/orders?state={state}&page={page}");
    let tab = |state: SellerOrderState| Tab {
        href: href(state, 1),
        label: layout.word("seller_state", state.as_str()),
        current: state == wanted,
    };
    let shown = ListPage {
        desk: desk(&layout, &caller, &uri),
        tabs: TABS.into_iter().map(tab).collect(),
        before: (page > 1).then(|| href(wanted, page - 1)),
        after: (page * PER_PAGE < total).then(|| href(wanted, page + 1)),
        orders,
        layout,
    };
    pages::html(&shown)
}

async fn form(
    state: &State,
    caller: &Caller,
    uri: &Uri,
    id: &SellerOrderId,
    (typed, faults): (Typed, Faults),
) -> Result<Response> {
    let layout = Layout::of(state, caller.lang, "stall.order");
    let order = shown_of(&layout, seen(state, caller, id).await?);
    let words = |carrier: &Carrier| (carrier.to_string(), layout.word("carrier", carrier.as_str()));
    let refused = !faults.none();
    let carriers = choices(Carrier::ALL.iter().map(words), &typed.carrier);
    let page = OrderPage { desk: desk(&layout, caller, uri), order, faults, typed, carriers, layout };
    if refused { pages::refused(&page) } else { pages::html(&page) }
}

async fn one(Inject(state): Inject<State>, caller: Caller, uri: Uri, Path(id): Path<String>) -> Result<Response> {
    form(&state, &caller, &uri, &SellerOrderId(id), (Typed::default(), Faults::default())).await
}

/// Sends all that is left in one parcel; the API sends parts.
async fn ship(
    Inject(state): Inject<State>,
    caller: Caller,
    uri: Uri,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    let id = SellerOrderId(id);
    let carrier = Carrier::try_from(typed.carrier.as_str());
    let done = match carrier {
        Err(_) => Err(Refusal::of_field("carrier", Code::Missing).into()),
        Ok(carrier) => {
            let shipping = Shipping { carrier, tracking_no: typed.tracking_no.clone(), lines: None };
            shipped(&state, &caller, id.clone(), shipping).await
        }
    };
    match done {
        Ok(_) => Ok(Redirect::to("/coop/orders").into_response()),
        Err(error) => {
            let faults = Faults::kept(error, caller.lang, &FIELDS)?;
            form(&state, &caller, &uri, &id, (typed, faults)).await
        }
    }
}
