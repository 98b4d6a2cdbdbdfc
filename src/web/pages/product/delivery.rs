//! Freight to the shopper's district, before anyone signs in.

use axum::http::HeaderMap;

use crate::{
    catalogue::{Product, Sku, Snapshot},
    cooperatives::service::Service,
    kernel::{Named, Result},
    pricing::{freight, romanised},
    web::{
        auth,
        pages::{card::Price, view::Layout},
    },
};

/// 梁溪区: where freight is shown to until another district is chosen.
const FIRST: &str = "320213";
/// Cookie with the chosen district.
pub const COOKIE: &str = "to";

/// A place to deliver to.
pub struct Destination {
    /// GB code.
    pub code: String,
    pub name: String,
    /// Chosen now.
    pub chosen: bool,
}

/// Freight of one unit.
pub struct Delivery {
    /// Districts of Wuxi.
    pub wuxi: Vec<Destination>,
    pub provinces: Vec<Destination>,
    /// What is asked; none where the place is not served.
    pub fee: Option<Price>,
    /// Nothing is asked.
    pub free: bool,
    /// Who carries it, and how long until it starts.
    pub how: String,
    /// What is missing to free freight.
    pub gap: Option<String>,
}

/// The place asked for: of the query, else of the cookie, else the first.
pub fn destination(snapshot: &Snapshot, asked: Option<&str>, headers: &HeaderMap) -> String {
    let known = |code: &str| snapshot.destinations.name(code).is_some();
    let asked = asked.filter(|code| known(code)).map(str::to_owned);
    asked.or_else(|| auth::cookie(headers, COOKIE).filter(|code| known(code))).unwrap_or_else(|| FIRST.to_owned())
}

impl Delivery {
    /// Of one unit of a SKU to a place.
    pub fn of(snapshot: &Snapshot, (product, sku): (&Product, &Sku), to: &str, layout: &Layout) -> Result<Self> {
        let option = |(code, name): &(String, String)| Destination {
            chosen: code == to,
            name: named(code, &romanised::name(name, layout.lang), layout),
            code: code.clone(),
        };
        let rule = freight::rule_for(&snapshot.freight, &product.coop_id, product.service, to);
        let fee = rule.map(|rule| rule.fee_for(sku.gross, sku.price)).transpose()?;
        let hours = snapshot.coop(&product.coop_id).map_or(48, |coop| coop.sla_hours);
        let start = match &sku.presale_ships_by {
            Some(day) => layout.say("product.ships_by", &[("day", day)]),
            None => layout.say("product.ships_in", &[("hours", &hours)]),
        };
        let carrier = rule.map(|rule| rule.carrier.name(layout.lang).to_owned());
        let cold = (product.service == Service::ColdChain).then(|| layout.t("product.cold_chain").to_owned());
        let gap = rule.and_then(|rule| rule.free_from_fen).map(|from| match from.minus(sku.price) {
            Ok(gap) if gap.0 > 0 => layout.say("product.gap", &[("gap", &gap)]),
            _ => layout.say("product.free_from", &[("from", &from)]),
        });
        let how: Vec<String> = [carrier, cold, Some(start)].into_iter().flatten().collect();
        Ok(Self {
            wuxi: snapshot.destinations.wuxi.iter().map(option).collect(),
            provinces: snapshot.destinations.provinces.iter().map(option).collect(),
            free: fee.is_some_and(|fee| fee.0 == 0),
            fee: fee.map(Price::of),
            how: how.join(" · "),
            gap: gap.filter(|_| rule.is_some()),
        })
    }
}

/// 滨湖区 is chosen for the Economic Development Zone too, which has no code of its own.
fn named(code: &str, name: &str, layout: &Layout) -> String {
    if code == "320211" { layout.say("product.with_zone", &[("district", &name)]) } else { name.to_owned() }
}
