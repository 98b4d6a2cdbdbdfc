//! What the page of an order shows.

use askama::Template;

use super::{
    found::Found,
    track::{self, Step},
};
use crate::{
    kernel::{At, Fen, Lang, Named, ReturnClass, time::SECOND},
    orders::{
        OrderState,
        record::{self, Contact, Part},
        view::{JournalRefs, LineView, SellerOrderView, ShipmentView},
    },
    payments::PaymentState,
    pricing::romanised,
    web::{
        Market,
        pages::view::{Layout, photo},
    },
};

/// A line as it was sold.
struct Line {
    name: String,
    spec: String,
    photo: String,
    qty: i64,
    payable: Fen,
    refunded: Option<Fen>,
}

/// A parcel on its way or there.
struct Parcel {
    carrier: &'static str,
    number: String,
    sent: String,
    there: Option<String>,
}

/// A cooperative's part.
struct Seller {
    id: String,
    coop: String,
    slug: String,
    state: &'static str,
    freight: Fen,
    promise: Option<String>,
    lines: Vec<Line>,
    parcels: Vec<Parcel>,
    /// Whether something is on the way that can be confirmed.
    on_the_way: bool,
}

/// Where the money went.
struct Share {
    place: String,
    amount: Fen,
}

/// Money back.
struct Refund {
    amount: Fen,
    state: &'static str,
    when: String,
    reason: String,
}

/// The hold that runs out.
struct Hold {
    until: String,
    until_label: String,
    left: String,
}

/// The order's page.
#[derive(Template)]
#[template(path = "order/order.html")]
#[expect(clippy::struct_excessive_bools, reason = "what the page shows or leaves out")]
pub struct OrderPage {
    layout: Layout,
    alert: String,
    number: String,
    state: &'static str,
    state_words: &'static str,
    steps: Vec<Step>,
    sellers: Vec<Seller>,
    shares: Vec<Share>,
    refunds: Vec<Refund>,
    hold: Option<Hold>,
    /// A payment whose result is not known yet, to be asked after.
    pending: Option<String>,
    failed: bool,
    can_cancel: bool,
    /// Whether any way of paying is offered here.
    can_pay: bool,
    paid: bool,
    waits: bool,
    fresh: bool,
    goods: Fen,
    discount: Fen,
    freight: Fen,
    total: Fen,
    refunded: Fen,
    contact: Option<Contact>,
    /// Where it goes.
    place: String,
    unit: Option<String>,
    journal: Option<JournalRefs>,
    /// The link that a guest keeps.
    link: Option<String>,
    /// `?token=…` where forms have to carry it.
    query: String,
}

/// How a page of an order was asked for.
pub struct PageRequest<'a> {
    /// A guest's token.
    pub token: Option<&'a str>,
    /// `?token=…` where forms have to carry it.
    pub query: &'a str,
    /// What was refused.
    pub alert: String,
}

impl OrderPage {
    /// The page of an order.
    pub fn of(market: &Market, lang: Lang, found: Found, asked: PageRequest<'_>) -> Self {
        let PageRequest { token, query, alert } = asked;
        let layout = Layout::of(market, lang, "order.title").nav("me");
        let layout = Layout { title: format!("{} {}", layout.title, found.view.number), ..layout }.asked("", query);
        let steps = track::steps(&layout, &found);
        let shares = shares(market, lang, &found.parts);
        let Found { order, view, contact, refunds, .. } = found;
        let waits = view.state == OrderState::AwaitingPayment;
        let last = view.payments.last().map(|payment| payment.state);
        let open = view.payments.iter().rev().find(|payment| payment.state == PaymentState::Pending);
        let shipped = view.seller_orders.iter().any(|s| s.lines.iter().any(|line| line.shipped_qty > 0));
        let lines = || view.seller_orders.iter().flat_map(|seller| &seller.lines);
        let link = token.map(|t| format!("{}/orders/{}?token={t}", market.config.origin, view.number));
        Self {
            alert,
            state: view.state.as_str(),
            state_words: view.state.name(lang),
            steps,
            shares,
            hold: view.hold_until.map(|until| hold(until, market.now())),
            pending: open.filter(|_| waits).map(|payment| payment.payment_id.clone()),
            failed: waits && last == Some(PaymentState::Failed),
            can_cancel: waits || (view.state == OrderState::Paid && !shipped),
            can_pay: market.trade.providers.methods().next().is_some(),
            paid: view.paid_at.is_some(),
            waits,
            fresh: lines().any(|line| line.return_class == ReturnClass::Fresh),
            goods: view.goods_fen,
            discount: view.discount_fen,
            freight: view.freight_fen,
            total: view.total_fen,
            refunded: view.refunded_fen,
            place: contact.as_ref().map(|to| romanised::address(&to.region_name, &to.street, lang)).unwrap_or_default(),
            contact,
            unit: order.unit,
            journal: view.journal.filter(|_| view.paid_at.is_some()),
            link,
            query: if query.is_empty() { String::new() } else { format!("?{query}") },
            refunds: refunds.iter().map(|r| refund(&layout, r)).collect(),
            sellers: view.seller_orders.into_iter().map(|s| seller(&layout, s)).collect(),
            number: view.number,
            layout,
        }
    }
}

fn hold(until: At, now: At) -> Hold {
    let left = ((until.0 - now.0) / SECOND).max(0);
    Hold {
        until: until.rfc3339(),
        until_label: until.minute_label(),
        left: format!("{:02}:{:02}", left / 60, left % 60),
    }
}

/// Goods by producing county, with its pairing; what went back is not in it any more.
fn shares(market: &Market, lang: Lang, parts: &[Part]) -> Vec<Share> {
    let snapshot = market.shelf.now();
    let mut shares: Vec<(String, i64)> = Vec::new();
    for part in parts {
        let left = part.payable_fen.0 - part.refunded_fen.0;
        match shares.iter_mut().find(|share| share.0 == part.county_code) {
            Some(share) => share.1 += left,
            None => shares.push((part.county_code.clone(), left)),
        }
    }
    let name = |code: &str| match snapshot.county(code) {
        Some(county) => {
            let short = lang.pick(&county.short_name, &county.name_en).to_owned();
            let pairing = county.pairing.as_ref().map(|p| lang.pick(&p.name, &p.name_en).to_owned());
            match (pairing, lang) {
                (Some(pairing), Lang::ZhCn) => format!("{short}（{pairing}）"),
                (Some(pairing), Lang::En) => format!("{short} ({pairing})"),
                (None, _) => short,
            }
        }
        None => code.to_owned(),
    };
    shares.into_iter().map(|(code, left)| Share { place: name(&code), amount: Fen(left) }).collect()
}

fn refund(layout: &Layout, refund: &record::Refund) -> Refund {
    let at = refund.succeeded_at.unwrap_or(refund.requested_at);
    Refund {
        amount: refund.amount_fen,
        state: refund.state.name(layout.lang),
        when: at.minute_label(),
        reason: layout.word("refund_reason", &refund.reason),
    }
}

fn seller(layout: &Layout, seller: SellerOrderView) -> Seller {
    let promise = seller.ship_by.filter(|_| seller.state.is_to_ship());
    Seller {
        on_the_way: seller.shipments.iter().any(|parcel| parcel.delivered_at.is_none()),
        state: seller.state.name(layout.lang),
        promise: promise.map(|by| layout.say("order.ships_by", &[("by", &by.minute_label())])),
        lines: seller.lines.into_iter().map(line).collect(),
        parcels: seller.shipments.into_iter().map(|s| parcel(layout.lang, s)).collect(),
        id: seller.id,
        coop: seller.coop.name,
        slug: seller.coop.slug,
        freight: seller.freight_fen,
    }
}

fn line(line: LineView) -> Line {
    Line {
        name: line.name,
        spec: line.spec,
        photo: if line.photo.is_empty() { String::new() } else { photo(&line.photo, 400) },
        qty: line.qty,
        payable: line.payable_fen,
        refunded: Some(line.refunded_fen).filter(|fen| *fen > Fen::ZERO),
    }
}

fn parcel(lang: Lang, shipment: ShipmentView) -> Parcel {
    Parcel {
        carrier: shipment.carrier.name(lang),
        number: shipment.tracking_no,
        sent: shipment.shipped_at.minute_label(),
        there: shipment.delivered_at.map(At::minute_label),
    }
}
