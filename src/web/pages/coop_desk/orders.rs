//! `/coop/orders`: what waits to be shipped, the form that ships all or a part of it, and the slip that
//! goes into the box.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use serde::Deserialize;

use super::frame::{COOP, desk, done, kept};
use crate::{
    kernel::{At, Carrier, Code, Fen, Named, Refusal, SellerOrderId, parse},
    orders::{
        SellerOrderState,
        listing::{self, Turn},
        ship::{self, Packed, Shipping},
        view::{self, CoopOrderView},
    },
    web::{
        Market, Result, Route,
        auth::Caller,
        durable::durable,
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
        Route::get("/coop/orders/{id}/slip", COOP, slip),
    ]
}

const PER_PAGE: usize = 20;
const FIELDS: [&str; 3] = ["carrier", "tracking_no", "qty"];
/// The tabs of the list, by state of the seller order.
const TABS: [SellerOrderState; 4] =
    [SellerOrderState::ToShip, SellerOrderState::PartShipped, SellerOrderState::Shipped, SellerOrderState::Received];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    state: Option<SellerOrderState>,
    /// The seller order behind or before which the page begins.
    after: Option<String>,
    before: Option<String>,
    /// What was just done; the frame says it.
    #[serde(rename = "done")]
    _done: Option<String>,
}

struct Tab {
    href: String,
    label: &'static str,
    current: bool,
}

struct Line {
    no: i64,
    sku: String,
    photo: String,
    name: String,
    spec: String,
    qty: i64,
    to_ship: i64,
    shipped: i64,
    /// Units paid back.
    refunded: i64,
    /// Units for this parcel, as typed.
    units: String,
    sum: Fen,
}

impl Line {
    /// Units to be put into the box: what is still to be sent; once all is sent, what was.
    fn units_to_pack(&self) -> i64 {
        if self.to_ship > 0 { self.to_ship } else { self.shipped }
    }
}

struct Parcel {
    n: i64,
    inside: String,
    carrier: &'static str,
    tracking_no: String,
    shipped: String,
    delivered: bool,
}

/// An order as the desk shows it.
struct Shown {
    id: String,
    coop: String,
    paid: String,
    number: String,
    state: &'static str,
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
struct ShipForm {
    carrier: String,
    tracking_no: String,
    /// Units of each line for this parcel, by `qty-1`, `qty-2`…
    #[serde(flatten)]
    units: BTreeMap<String, String>,
}

impl ShipForm {
    fn units_of(&self, line_no: i64) -> Option<&str> {
        self.units.get(&format!("qty-{line_no}")).map(|raw| raw.trim())
    }

    /// What goes into the parcel; all that is left where nothing is said of any line.
    fn parsed(&self, lines: &[view::LineView]) -> Result<Shipping, Refusal> {
        let carrier = Carrier::try_from(self.carrier.as_str());
        let carrier = carrier.map_err(|_| Refusal::of_field("carrier", Code::Missing))?;
        let mut units = Vec::new();
        for line in lines {
            match self.units_of(line.line_no) {
                None | Some("" | "0") => {}
                Some(raw) => units.push(Packed { line_no: line.line_no, qty: parse::whole("qty", raw)? }),
            }
        }
        let said = lines.iter().any(|line| self.units_of(line.line_no).is_some());
        if said && units.is_empty() {
            return Err(Refusal::of_field("qty", Code::Missing));
        }
        Ok(Shipping { carrier, tracking_no: self.tracking_no.clone(), lines: said.then_some(units) })
    }
}

#[derive(Template)]
#[template(path = "coop_desk/slip.html")]
struct SlipPage {
    layout: Layout,
    desk: Desk,
    order: Shown,
}

#[derive(Template)]
#[template(path = "coop_desk/order.html")]
struct OrderPage {
    layout: Layout,
    desk: Desk,
    order: Shown,
    faults: Faults,
    typed: ShipForm,
    carriers: Vec<Choice>,
}

fn shown_of(layout: &Layout, view: CoopOrderView) -> Shown {
    let seller = view.seller_order;
    let can_ship = seller.state.is_to_ship();
    let contact = view.contact;
    let of = |part: fn(&view::ContactView) -> &String| contact.as_ref().map(part).cloned().unwrap_or_default();
    let line = |line: view::LineView| Line {
        no: line.line_no,
        sku: line.sku,
        units: line.to_ship_qty.to_string(),
        photo: line.photo,
        name: line.name,
        spec: line.spec,
        qty: line.qty,
        to_ship: line.to_ship_qty,
        shipped: line.shipped_qty,
        refunded: line.refunded_qty,
        sum: line.payable_fen,
    };
    let lines: Vec<Line> = seller.lines.into_iter().map(line).collect();
    let name = |line: &view::ShipmentLineView| {
        let of = lines.iter().find(|known| known.no == line.line_no);
        format!("{} {} × {}", of.map_or("", |l| l.name.as_str()), of.map_or("", |l| l.spec.as_str()), line.qty)
    };
    let parcel = |parcel: view::ShipmentView| Parcel {
        n: parcel.n,
        inside: parcel.lines.iter().map(name).collect::<Vec<_>>().join(layout.lang.pick("；", "; ")),
        carrier: parcel.carrier.name(layout.lang),
        tracking_no: parcel.tracking_no,
        shipped: parcel.shipped_at.minute_label(),
        delivered: parcel.delivered_at.is_some(),
    };
    Shown {
        id: seller.id,
        coop: seller.coop.name,
        paid: view.paid_at.map(At::minute_label).unwrap_or_default(),
        number: view.number,
        state: seller.state.name(layout.lang),
        by: seller.ship_by.filter(|_| can_ship).map(At::minute_label).unwrap_or_default(),
        to: contact.as_ref().map(|c| format!("{} {}", c.region_name, c.street)).unwrap_or_default(),
        receiver: of(|c| &c.name),
        phone: of(|c| &c.phone),
        note: of(|c| &c.note),
        parcels: seller.shipments.into_iter().map(parcel).collect(),
        lines,
        can_ship,
    }
}

async fn list(
    State(market): State<Market>,
    caller: Caller,
    uri: Uri,
    ApiQuery(asked): ApiQuery<Asked>,
) -> Result<Response> {
    let wanted = asked.state.unwrap_or(SellerOrderState::ToShip);
    let turn = match (asked.after, asked.before) {
        (Some(after), _) => Turn::After(SellerOrderId(after)),
        (None, Some(before)) => Turn::Before(SellerOrderId(before)),
        (None, None) => Turn::First,
    };
    let layout = Layout::of(&market, caller.lang, "stall.orders");
    let coop = caller.person()?.own_coop()?;
    let mut conn = market.db().read().await?;
    let parts = listing::of_coop(&mut conn, coop, wanted, (&turn, PER_PAGE)).await?;
    let mut orders = Vec::with_capacity(parts.ids.len());
    for id in &parts.ids {
        let view = view::coop_view(&mut conn, id, coop, (market.now(), caller.lang)).await?;
        orders.push(shown_of(&layout, view));
    }
    let href = |turn: &str, id: Option<&SellerOrderId>| id.map(|id| format!("/coop/orders?state={wanted}&{turn}={id}"));
    let tab = |state: SellerOrderState| Tab {
        href: format!("/coop/orders?state={state}"),
        label: state.name(layout.lang),
        current: state == wanted,
    };
    let shown = ListPage {
        desk: desk(&layout, &caller, &uri),
        tabs: TABS.into_iter().map(tab).collect(),
        before: href("before", parts.ids.first().filter(|_| parts.before)),
        after: href("after", parts.ids.last().filter(|_| parts.after)),
        orders,
        layout,
    };
    pages::html(&shown)
}

async fn form(
    market: &Market,
    caller: &Caller,
    uri: &Uri,
    id: &SellerOrderId,
    (typed, faults): (ShipForm, Faults),
) -> Result<Response> {
    let layout = Layout::of(market, caller.lang, "stall.order");
    let mut order = shown_of(&layout, seen(market, caller, id).await?);
    for line in &mut order.lines {
        if let Some(raw) = typed.units_of(line.no) {
            raw.clone_into(&mut line.units);
        }
    }
    let words = |carrier: &Carrier| (carrier.to_string(), carrier.name(layout.lang).to_owned());
    let carriers = choices(Carrier::ALL.iter().map(words), &typed.carrier);
    let page = OrderPage { desk: desk(&layout, caller, uri), order, faults, typed, carriers, layout };
    pages::again(page.faults.status(), &page)
}

async fn one(State(market): State<Market>, caller: Caller, uri: Uri, Path(id): Path<String>) -> Result<Response> {
    form(&market, &caller, &uri, &SellerOrderId(id), (ShipForm::default(), Faults::default())).await
}

/// A cooperative's own order; not found for another.
async fn seen(market: &Market, caller: &Caller, id: &SellerOrderId) -> Result<CoopOrderView> {
    let coop = caller.person()?.own_coop()?;
    let mut conn = market.db().read().await?;
    Ok(view::coop_view(&mut conn, id, coop, (market.now(), caller.lang)).await?)
}

async fn send(market: &Market, caller: &Caller, id: SellerOrderId, shipping: Shipping) -> Result<()> {
    let coop = caller.person()?.own_coop()?.clone();
    let work = market.trade.work(caller.actor(), None);
    durable(async move { ship::ship(&work, &coop, &id, shipping).await }).await.map(|_| ())
}

/// Sends a parcel. The same number sent again, after a double tap or a lost answer, is the same parcel.
async fn ship(
    State(market): State<Market>,
    caller: Caller,
    uri: Uri,
    Path(id): Path<String>,
    Form(typed): Form<ShipForm>,
) -> Result<Response> {
    let id = SellerOrderId(id);
    let order = seen(&market, &caller, &id).await?.seller_order;
    let sent = match typed.parsed(&order.lines) {
        Ok(shipping) => send(&market, &caller, id.clone(), shipping).await,
        Err(refusal) => Err(refusal.into()),
    };
    let again = |order: &view::SellerOrderView| {
        let number = parse::tracking_no("tracking_no", &typed.tracking_no).unwrap_or_default();
        order.shipments.iter().any(|s| s.carrier.as_str() == typed.carrier && s.tracking_no == number)
    };
    match sent {
        Err(error) if !again(&seen(&market, &caller, &id).await?.seller_order) => {
            let faults = kept(error, caller.lang, &FIELDS)?;
            form(&market, &caller, &uri, &id, (typed, faults)).await
        }
        _ => {
            let order = seen(&market, &caller, &id).await?.seller_order;
            let part = order.state == SellerOrderState::PartShipped;
            Ok(if part { done(&format!("/coop/orders/{id}?done=part_sent")) } else { done("/coop/orders?done=sent") })
        }
    }
}

/// The slip: what is in the box and where it goes, without prices, as it may be a gift.
async fn slip(State(market): State<Market>, caller: Caller, uri: Uri, Path(id): Path<String>) -> Result<Response> {
    let layout = Layout::of(&market, caller.lang, "stall.slip");
    let order = shown_of(&layout, seen(&market, &caller, &SellerOrderId(id)).await?);
    pages::html(&SlipPage { desk: desk(&layout, &caller, &uri), order, layout })
}
