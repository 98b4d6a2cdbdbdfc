//! The checkout's page: what it shows of a priced cart.

use askama::Template;

use super::form::CheckoutForm;
use crate::{
    identity::Address,
    kernel::{Fen, Lang, Named, ReturnClass},
    payments::Method,
    pricing::{Quote, QuoteLine, SellerGroup},
    web::{
        Market,
        form::{Choice, Faults},
        pages::{
            regions::Picker,
            view::{self, Layout},
        },
    },
};

/// A line of a parcel.
pub struct Line {
    name: String,
    spec: String,
    photo: String,
    qty: i64,
    sum: Fen,
    discount: Option<Fen>,
    presale: Option<String>,
}

/// A cooperative's parcel.
pub struct Parcel {
    coop: String,
    slug: String,
    carrier: &'static str,
    freight: Fen,
    /// What is missing for free freight.
    gap: Option<String>,
    ships: String,
    lines: Vec<Line>,
}

/// A way of paying.
pub struct Way {
    value: &'static str,
    label: &'static str,
    note: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "checkout/checkout.html")]
#[expect(clippy::struct_excessive_bools, reason = "what the page shows or leaves out")]
pub struct CheckoutPage {
    layout: Layout,
    faults: Faults,
    typed: CheckoutForm,
    picker: Picker,
    saved: Vec<Choice>,
    signed_in: bool,
    parcels: Vec<Parcel>,
    parcels_title: String,
    quote_id: String,
    goods: Fen,
    discount: Fen,
    freight: Fen,
    total: Fen,
    coupon: Option<String>,
    /// Freight is for the middle of Wuxi, until a district is chosen.
    estimate: bool,
    fresh: bool,
    custom: bool,
    /// The ways of paying that are offered here.
    ways: Vec<Way>,
    /// Whether it costs money and nothing takes money here.
    unpayable: bool,
    hold: String,
}

/// All that the page is made of.
pub struct Looked<'a> {
    pub lang: Lang,
    pub typed: CheckoutForm,
    pub faults: Faults,
    pub quote: &'a Quote,
    pub picker: Picker,
    /// Saved addresses, each with its region's name.
    pub addresses: &'a [(Address, String)],
    pub signed_in: bool,
}

impl CheckoutPage {
    /// The page of a look at the checkout.
    pub fn of(market: &Market, looked: Looked<'_>) -> Self {
        let Looked { lang, typed, faults, quote, picker, addresses, signed_in } = looked;
        let layout = Layout::of(market, lang, "checkout.title").nav("cart");
        let parcels: Vec<Parcel> = quote.seller_groups.iter().map(|g| parcel(&layout, g, &quote.lines)).collect();
        let parcels_title = match parcels.len() {
            1 => layout.t("checkout.parcel_one").to_owned(),
            n => layout.say("checkout.parcels", &[("n", &n)]),
        };
        let class = |class: ReturnClass| quote.lines.iter().any(|line| line.return_class == class);
        Self {
            saved: saved(&layout, addresses, &typed.address_id),
            signed_in,
            parcels,
            parcels_title,
            quote_id: quote.quote_id.0.clone(),
            goods: quote.goods_fen,
            discount: quote.discount_fen,
            freight: quote.freight_fen,
            total: quote.total_fen,
            coupon: quote.coupon.as_ref().map(|c| c.code.clone()),
            estimate: picker.district.is_empty(),
            fresh: class(ReturnClass::Fresh),
            custom: class(ReturnClass::Custom),
            unpayable: unpayable(market, quote),
            ways: ways(market, &layout, &typed.method),
            hold: layout.say("checkout.hold", &[("minutes", &(market.trade.hold_seconds / 60).max(1))]),
            layout,
            faults,
            typed,
            picker,
        }
    }
}

fn parcel(layout: &Layout, group: &SellerGroup, lines: &[QuoteLine]) -> Parcel {
    let lang = layout.lang;
    let own = lines.iter().filter(|line| group.line_nos.contains(&line.line_no));
    let lines = own.map(|line| Line {
        name: lang.pick(&line.name, &line.name_en).to_owned(),
        spec: lang.pick(&line.spec, &line.spec_en).to_owned(),
        photo: if line.photo.is_empty() { String::new() } else { view::photo(&line.photo, 400) },
        qty: line.qty.units(),
        sum: line.list_fen,
        discount: Some(line.discount_fen).filter(|fen| *fen > Fen::ZERO),
        presale: line.presale_ships_by.as_ref().map(|day| layout.say("cart.presale", &[("day", day)])),
    });
    Parcel {
        coop: lang.pick(&group.coop_name, &group.coop_name_en).to_owned(),
        slug: group.coop_slug.clone(),
        carrier: group.carrier.name(lang),
        freight: group.freight_fen,
        gap: group.free_freight_gap_fen.map(|gap| layout.say("checkout.gap", &[("gap", &gap)])),
        ships: layout.say("cart.ships", &[("hours", &group.sla_hours)]),
        lines: lines.collect(),
    }
}

/// Saved addresses, and an entry for a new one; nothing where there are none.
fn saved(layout: &Layout, addresses: &[(Address, String)], chosen: &str) -> Vec<Choice> {
    let mut saved: Vec<Choice> = addresses
        .iter()
        .map(|(a, region)| Choice {
            value: a.id.clone(),
            label: format!("{} {} · {region}{}", a.name, a.phone, a.street),
            chosen: a.id == chosen,
        })
        .collect();
    if !saved.is_empty() {
        let known = saved.iter().any(|choice| choice.chosen);
        saved.push(Choice { value: String::new(), label: layout.t("checkout.another").to_owned(), chosen: !known });
    }
    saved
}

/// The ways of paying that are offered here; without one chosen, the first is.
fn ways(market: &Market, layout: &Layout, chosen: &str) -> Vec<Way> {
    let offered: Vec<Method> = market.trade.providers.methods().collect();
    let way = |(place, method): (usize, &Method)| Way {
        value: method.as_str(),
        label: method.name(layout.lang),
        note: if *method == Method::Sandbox { layout.t("checkout.sandbox_note").to_owned() } else { String::new() },
        chosen: method.as_str() == chosen || (chosen.is_empty() && place == 0),
    };
    offered.iter().enumerate().map(way).collect()
}

/// Whether a quote costs money that nothing takes here.
pub fn unpayable(market: &Market, quote: &Quote) -> bool {
    quote.total_fen > Fen::ZERO && market.trade.providers.methods().next().is_none()
}
