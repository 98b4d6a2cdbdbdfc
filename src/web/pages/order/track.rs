//! An order's way in words: what happened, when and by whom; what happens now; what comes.

use super::found::Found;
use crate::{
    kernel::{At, Carrier, ClosedSet, Named},
    orders::{OrderState, SellerOrderState, kinds::OrderEventKind, record::OrderEventRow, view::SellerOrderView},
    payments::Method,
    web::pages::view::Layout,
};

/// One step of the way.
pub struct Step {
    /// `past`, `here` or `next`.
    pub kind: &'static str,
    pub words: String,
    /// When, and by whom; empty where it is still to come.
    pub when: String,
    /// The same for programs.
    pub at: Option<String>,
}

/// The whole way.
pub fn steps(layout: &Layout, found: &Found) -> Vec<Step> {
    let mut steps: Vec<Step> = found.events.iter().map(|event| happened(layout, found, event)).collect();
    steps.extend(now(layout, found));
    let on_its_way = found.view.state == OrderState::Paid;
    if on_its_way || found.view.state == OrderState::AwaitingPayment {
        steps.push(Step {
            kind: "next",
            words: layout.t("order.step_receive").to_owned(),
            when: String::new(),
            at: None,
        });
    }
    steps
}

fn happened(layout: &Layout, found: &Found, event: &OrderEventRow) -> Step {
    let seller = event.seller_order_id.as_ref();
    let coop = found.view.seller_orders.iter().find(|s| seller.is_some_and(|id| *id.0 == s.id));
    let words = event.kind.name(layout.lang);
    let words =
        words.replace("{coop}", coop.map_or("", |s| s.coop.name.as_str())).replace("{detail}", &detail(layout, event));
    let who = event.by_role.name(layout.lang);
    let when = format!("{} · {who}", event.at.minute_label());
    Step { kind: "past", words, when, at: Some(event.at.rfc3339()) }
}

/// What an event is about, in words: a way of paying, a carrier with its number, an amount.
fn detail(layout: &Layout, event: &OrderEventRow) -> String {
    use OrderEventKind as K;
    let detail = event.detail.as_str();
    match event.kind {
        K::Paid | K::PaymentFailed => match Method::try_from(detail) {
            Ok(method) => method.name(layout.lang).to_owned(),
            Err(_) => layout.t("order.nothing_to_pay").to_owned(),
        },
        K::Shipped => {
            let known = detail.split_once(' ').and_then(|(carrier, number)| Some((Carrier::of(carrier)?, number)));
            known.map_or_else(|| detail.to_owned(), |(carrier, n)| format!("{} {n}", carrier.name(layout.lang)))
        }
        K::RefundRequested | K::Refunded | K::RefundFailed | K::LatePaymentReturned => format!("¥{detail}"),
        _ => detail.to_owned(),
    }
}

/// What is going on: the payment that is waited for, or each cooperative's part.
fn now(layout: &Layout, found: &Found) -> Vec<Step> {
    let here = |words: String| Step { kind: "here", words, when: layout.t("order.now").to_owned(), at: None };
    let until = |at: Option<At>| at.map(At::minute_label).unwrap_or_default();
    match found.view.state {
        OrderState::AwaitingPayment => {
            vec![here(layout.say("order.step_pay", &[("until", &until(found.view.hold_until))]))]
        }
        OrderState::Paid => found.view.seller_orders.iter().filter_map(|s| part(layout, s).map(here)).collect(),
        _ => Vec::new(),
    }
}

fn part(layout: &Layout, seller: &SellerOrderView) -> Option<String> {
    let coop = &seller.coop.name;
    let by = seller.ship_by.map(At::minute_label).unwrap_or_default();
    match seller.state {
        SellerOrderState::ToShip => Some(layout.say("order.step_packing", &[("coop", coop), ("by", &by)])),
        SellerOrderState::PartShipped => Some(layout.say("order.step_part", &[("coop", coop), ("by", &by)])),
        SellerOrderState::Shipped => Some(layout.say("order.step_way", &[("coop", coop)])),
        _ => None,
    }
}
