//! A quote: from SKUs, quantities and an address to money, by the server alone (I10).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Funder,
    coupon::{self, Coupon},
    freight::{self, Rule},
    read::{self, Facts, PartFacts},
    region::{self, Region},
};
use crate::{
    db::{Conn, text_enum},
    kernel::{
        At, Code, CoopId, Day, Fen, Grams, ProductId, QuoteId, Refusal, Result, Season, SkuId, Step, parse,
        time::SECOND,
    },
};

/// How long a quote can become an order.
const QUOTE_LASTS: i64 = 30 * 60 * SECOND;
/// Most different SKUs of an order.
const MOST_LINES: usize = 50;
/// Most units of one SKU in an order.
const MOST_UNITS: i64 = 999;

text_enum! {
    /// How the goods reach the buyer.
    pub enum Fulfilment {
        /// To the address.
        Delivery = "delivery",
        /// Picked up at an outlet (自提).
        Pickup = "pickup",
    }
}

/// One SKU asked for.
#[derive(Clone, Debug)]
pub struct AskedItem {
    /// SKU code.
    pub sku: String,
    /// Units.
    pub qty: i64,
}

/// What is asked to be quoted.
#[derive(Clone, Debug)]
pub struct Ask {
    /// SKUs and quantities; the same SKU twice is summed (I1: demand is checked in all).
    pub items: Vec<AskedItem>,
    /// Region of delivery, down to the district.
    pub region_code: String,
    /// Street; may be empty until the order is placed.
    pub street: String,
    /// At most one code.
    pub coupons: Vec<String>,
    /// Delivery or pick-up.
    pub fulfilment: Fulfilment,
    /// Where to pick up.
    pub outlet: Option<String>,
}

/// A part of a line as reports see it (counting.md D1, D6).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct QuotePart {
    /// Place in the set; 1 where the SKU is no set.
    pub part_no: i64,
    /// Producing cooperative.
    pub coop_id: CoopId,
    /// Producing county.
    pub county_code: String,
    /// Category of the part.
    pub category_code: String,
    /// Weight of the split.
    pub list_price_fen: Fen,
    /// The part's share of what is paid.
    pub payable_fen: Fen,
}

/// A line of a quote.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct QuoteLine {
    /// From 1, unique in the order.
    pub line_no: i64,
    /// Product as it is sold.
    pub product_id: ProductId,
    /// Version of the product's texts.
    pub product_version: i64,
    /// SKU as it is sold.
    pub sku_id: SkuId,
    /// Version of the SKU's figures.
    pub sku_version: i64,
    /// SKU code.
    pub sku: String,
    /// Address of the product's page.
    pub product_slug: String,
    /// Name in Chinese.
    pub name: String,
    /// Name in English.
    pub name_en: String,
    /// Specification in Chinese.
    pub spec: String,
    /// Specification in English.
    pub spec_en: String,
    /// Main photo.
    pub photo: String,
    /// `fresh`, `seven_day` or `custom`, frozen on the line (消法 art. 25).
    pub return_class: String,
    /// Lowest stated number of pieces.
    pub pieces_min: Option<i64>,
    /// Net weight of a unit.
    pub net_weight_g: Grams,
    /// Gross weight of a unit.
    pub gross_weight_g: Grams,
    /// Schemes valid when quoted; read again at payment.
    pub schemes: Vec<String>,
    /// Selling cooperative.
    pub coop_id: CoopId,
    /// Units.
    pub qty: i64,
    /// Price of a unit.
    pub unit_fen: Fen,
    /// Unit price times quantity.
    pub list_fen: Fen,
    /// What the coupon takes off.
    pub discount_fen: Fen,
    /// What is paid for the goods.
    pub payable_fen: Fen,
    /// The line's share of its seller's freight.
    pub freight_fen: Fen,
    /// For presale: shipped by this day at the latest.
    pub presale_ships_by: Option<String>,
    /// The line's parts; one for a plain SKU.
    pub parts: Vec<QuotePart>,
}

/// A cooperative's part of a quote.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SellerGroup {
    /// Who sells.
    pub coop_id: CoopId,
    /// Its address.
    pub coop_slug: String,
    /// Its name in Chinese.
    pub coop_name: String,
    /// Its name in English.
    pub coop_name_en: String,
    /// Its lines.
    pub line_nos: Vec<i64>,
    /// Goods at list price.
    pub goods_fen: Fen,
    /// Discounts on them.
    pub discount_fen: Fen,
    /// Freight.
    pub freight_fen: Fen,
    /// Goods that are missing for free freight, if it can be reached.
    pub free_freight_gap_fen: Option<Fen>,
    /// Gross weight of all.
    pub gross_weight_g: Grams,
    /// Who carries it.
    pub carrier: String,
    /// Hours from payment to dispatch.
    pub sla_hours: i64,
}

/// A coupon as it is applied.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AppliedCoupon {
    /// Its code.
    pub code: String,
    /// Who pays for it.
    pub funder: Funder,
    /// Uses by one buyer.
    pub limit_each: Option<i64>,
    /// What it takes off.
    pub discount_fen: Fen,
}

/// A quote, whole: it holds all that an order needs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Quote {
    /// Its id.
    pub quote_id: QuoteId,
    /// Lines in the order asked for.
    pub lines: Vec<QuoteLine>,
    /// Sellers in the order of their first line.
    pub seller_groups: Vec<SellerGroup>,
    /// The coupon, if one was given.
    pub coupon: Option<AppliedCoupon>,
    /// Delivery or pick-up.
    pub fulfilment: Fulfilment,
    /// Where to pick up.
    pub outlet: Option<String>,
    /// Region of delivery.
    pub region_code: String,
    /// Its name from the province down.
    pub region_name: String,
    /// District of Wuxi, or `none`.
    pub district_code: String,
    /// Street as given.
    pub street: String,
    /// Goods at list price.
    pub goods_fen: Fen,
    /// All discounts.
    pub discount_fen: Fen,
    /// All freight.
    pub freight_fen: Fen,
    /// What is to be paid.
    pub total_fen: Fen,
    /// Until when it can become an order.
    pub expires_at: At,
}

/// Prices what is asked. Refuses unknown or unsold SKUs, quantities out of range, regions that are
/// unknown or not served, goods out of season, and more than is in stock; nothing is stored.
pub async fn price(conn: &mut Conn, ask: &Ask, step: &mut Step) -> Result<Quote> {
    let items = merged(&ask.items)?;
    let region = destination(conn, ask).await?;
    let codes: Vec<String> = items.iter().map(|item| item.sku.clone()).collect();
    let facts = read::facts(conn, &codes).await?;
    let today = step.at.day();
    let sold = items
        .iter()
        .enumerate()
        .map(|(place, item)| sold_now(&facts, item, place, today))
        .collect::<Result<Vec<&Facts>>>()?;
    let parts = read::parts(conn, sold.iter().map(|f| f.sku_id.clone()).collect()).await?;
    let schemes = read::schemes_on(conn, sold.iter().map(|f| f.product_id.clone()).collect(), today).await?;
    let coops: Vec<CoopId> = sold.iter().map(|f| f.coop_id.clone()).collect();
    let rules =
        if ask.fulfilment == Fulfilment::Delivery { freight::rules_of(conn, &coops).await? } else { Vec::new() };
    let coupon = asked_coupon(conn, &ask.coupons).await?;

    let mut lines = Vec::with_capacity(items.len());
    for (item, facts) in items.iter().zip(&sold) {
        lines.push(line(i64::try_from(lines.len()).unwrap_or(0) + 1, item, facts, &schemes)?);
    }
    let goods = Fen::sum(lines.iter().map(|l| l.list_fen))?;
    let coupon = spread_discount(&mut lines, goods, coupon, today)?;
    split_into_parts(&mut lines, &sold, &parts)?;
    let groups = seller_groups(&mut lines, &sold, &rules, ask.fulfilment, &region)?;
    let discount = Fen::sum(lines.iter().map(|l| l.discount_fen))?;
    let freight = Fen::sum(groups.iter().map(|g| g.freight_fen))?;
    Ok(Quote {
        quote_id: QuoteId(step.dice.id(step.at)?),
        lines,
        seller_groups: groups,
        coupon,
        fulfilment: ask.fulfilment,
        outlet: ask.outlet.clone(),
        district_code: region.district(),
        region_code: region.code,
        region_name: region.name,
        street: parse::optional_text("address.street", &ask.street, 120)?,
        goods_fen: goods,
        discount_fen: discount,
        freight_fen: freight,
        total_fen: goods.minus(discount)?.plus(freight)?,
        expires_at: step.at.later(QUOTE_LASTS),
    })
}

/// The asked items with each SKU once.
fn merged(items: &[AskedItem]) -> Result<Vec<AskedItem>> {
    if items.is_empty() {
        return Err(Refusal::of_field("items", Code::EmptyCart).into());
    }
    let mut merged: Vec<AskedItem> = Vec::new();
    for (place, item) in items.iter().enumerate() {
        parse::within(&format!("items[{place}].qty"), item.qty, 1, MOST_UNITS)?;
        match merged.iter_mut().find(|m| m.sku == item.sku) {
            Some(known) => {
                known.qty = parse::within(&format!("items[{place}].qty"), known.qty + item.qty, 1, MOST_UNITS)?;
            }
            None => merged.push(item.clone()),
        }
    }
    parse::within("items", i64::try_from(merged.len()).unwrap_or(i64::MAX), 1, MOST_LINES as i64)?;
    Ok(merged)
}

async fn destination(conn: &mut Conn, ask: &Ask) -> Result<Region> {
    match ask.fulfilment {
        Fulfilment::Delivery => region::find(conn, "address.region_code", &ask.region_code).await,
        Fulfilment::Pickup => {
            let outlet = ask.outlet.as_deref().ok_or_else(|| Refusal::of_field("outlet", Code::Missing))?;
            region::of_outlet(conn, "outlet", outlet).await
        }
    }
}

fn sold_now<'a>(facts: &'a [Facts], item: &AskedItem, place: usize, today: Day) -> Result<&'a Facts> {
    let field = |name: &str| format!("items[{place}].{name}");
    let unknown = || Refusal::of_field(field("sku"), Code::UnknownSku).with("sku", &item.sku);
    let found = facts.iter().find(|f| f.sku == item.sku).ok_or_else(unknown)?;
    if !found.active || found.product_state != "published" || found.coop_state != "approved" {
        return Err(unknown().into());
    }
    let season = Season::of(found.season_from.as_deref(), found.season_to.as_deref());
    if let Some(season) = season.filter(|s| found.presale_ships_by.is_none() && !s.contains(today)) {
        let back = season.opens_after(today)?;
        return Err(Refusal::of_field(field("sku"), Code::NotForSale).with("sku", &item.sku).with("back", back).into());
    }
    if found.available < item.qty {
        let left = found.available.max(0);
        return Err(Refusal::of_field(field("qty"), Code::OutOfStock).with("sku", &item.sku).with("left", left).into());
    }
    Ok(found)
}

async fn asked_coupon(conn: &mut Conn, codes: &[String]) -> Result<Option<Coupon>> {
    match codes {
        [] => Ok(None),
        [code] => coupon::find(conn, &parse::coupon_code("coupons[0]", code)?).await.map(Some),
        _ => Err(Refusal::of_field("coupons", Code::OneCoupon).into()),
    }
}

fn line(line_no: i64, item: &AskedItem, facts: &Facts, schemes: &[(ProductId, String)]) -> Result<QuoteLine> {
    let list_fen = facts.price_fen.times(item.qty)?;
    Ok(QuoteLine {
        line_no,
        product_id: facts.product_id.clone(),
        product_version: facts.product_version,
        sku_id: facts.sku_id.clone(),
        sku_version: facts.sku_version,
        sku: facts.sku.clone(),
        product_slug: facts.product_slug.clone(),
        name: facts.name.clone(),
        name_en: facts.name_en.clone(),
        spec: facts.spec.clone(),
        spec_en: facts.spec_en.clone(),
        photo: facts.photo.clone(),
        return_class: facts.return_class.clone(),
        pieces_min: facts.pieces_min,
        net_weight_g: facts.net_weight_g,
        gross_weight_g: facts.gross_weight_g,
        schemes: schemes.iter().filter(|s| s.0 == facts.product_id).map(|s| s.1.clone()).collect(),
        coop_id: facts.coop_id.clone(),
        qty: item.qty,
        unit_fen: facts.price_fen,
        list_fen,
        discount_fen: Fen::ZERO,
        payable_fen: list_fen,
        freight_fen: Fen::ZERO,
        presale_ships_by: facts.presale_ships_by.clone(),
        parts: Vec::new(),
    })
}

/// Spreads the coupon over the lines by what each costs, largest remainder, ties to the lower line (V1).
fn spread_discount(
    lines: &mut [QuoteLine],
    goods: Fen,
    coupon: Option<Coupon>,
    today: Day,
) -> Result<Option<AppliedCoupon>> {
    let Some(coupon) = coupon else { return Ok(None) };
    let discount = coupon.discount(goods, today)?;
    let weights: Vec<i64> = lines.iter().map(|l| l.list_fen.0).collect();
    for (line, share) in lines.iter_mut().zip(discount.allocate(&weights)?) {
        line.discount_fen = share;
        line.payable_fen = line.list_fen.minus(share)?;
    }
    Ok(Some(AppliedCoupon {
        code: coupon.code,
        funder: coupon.funder,
        limit_each: coupon.limit_each,
        discount_fen: discount,
    }))
}

/// A set is split over its parts by list price (counting.md D6, V5); a plain SKU is its only part.
fn split_into_parts(lines: &mut [QuoteLine], sold: &[&Facts], parts: &[PartFacts]) -> Result<()> {
    for (line, facts) in lines.iter_mut().zip(sold) {
        let own: Vec<&PartFacts> = parts.iter().filter(|p| p.sku_id == facts.sku_id).collect();
        if own.is_empty() {
            line.parts = vec![QuotePart {
                part_no: 1,
                coop_id: facts.coop_id.clone(),
                county_code: facts.county_code.clone(),
                category_code: facts.category_code.clone(),
                list_price_fen: facts.price_fen,
                payable_fen: line.payable_fen,
            }];
            continue;
        }
        let weights: Vec<i64> = own.iter().map(|p| p.list_price_fen.0).collect();
        let shares = line.payable_fen.allocate(&weights)?;
        line.parts = own
            .into_iter()
            .zip(shares)
            .map(|(part, payable_fen)| QuotePart {
                part_no: part.part_no,
                coop_id: part.coop_id.clone(),
                county_code: part.county_code.clone(),
                category_code: part.category_code.clone(),
                list_price_fen: part.list_price_fen,
                payable_fen,
            })
            .collect();
    }
    Ok(())
}

fn seller_groups(
    lines: &mut [QuoteLine],
    sold: &[&Facts],
    rules: &[Rule],
    fulfilment: Fulfilment,
    region: &Region,
) -> Result<Vec<SellerGroup>> {
    let mut groups: Vec<SellerGroup> = Vec::new();
    let mut coops: Vec<&CoopId> = Vec::new();
    for facts in sold {
        if !coops.contains(&&facts.coop_id) {
            coops.push(&facts.coop_id);
        }
    }
    for coop in coops {
        let own: Vec<usize> = (0..lines.len()).filter(|i| sold[*i].coop_id == *coop).collect();
        let first = sold[own[0]];
        let payable = Fen::sum(own.iter().map(|i| lines[*i].payable_fen))?;
        let freight = match fulfilment {
            Fulfilment::Pickup => GroupFreight { fee: Fen::ZERO, gap: None, carrier: "local".to_owned() },
            Fulfilment::Delivery => group_freight(lines, sold, &own, rules, payable, region)?,
        };
        let weights =
            own.iter().map(|i| lines[*i].gross_weight_g.times(lines[*i].qty)).collect::<Result<Vec<Grams>>>()?;
        let shares = freight.fee.allocate(&weights.iter().map(|g| g.0).collect::<Vec<_>>())?;
        for (i, share) in own.iter().zip(shares) {
            lines[*i].freight_fen = share;
        }
        groups.push(SellerGroup {
            coop_id: coop.clone(),
            coop_slug: first.coop_slug.clone(),
            coop_name: first.coop_name.clone(),
            coop_name_en: first.coop_name_en.clone(),
            line_nos: own.iter().map(|i| lines[*i].line_no).collect(),
            goods_fen: Fen::sum(own.iter().map(|i| lines[*i].list_fen))?,
            discount_fen: Fen::sum(own.iter().map(|i| lines[*i].discount_fen))?,
            freight_fen: freight.fee,
            free_freight_gap_fen: freight.gap,
            gross_weight_g: weights.into_iter().try_fold(Grams(0), Grams::plus)?,
            carrier: freight.carrier,
            sla_hours: first.sla_hours,
        });
    }
    Ok(groups)
}

struct GroupFreight {
    fee: Fen,
    gap: Option<Fen>,
    carrier: String,
}

/// Goods that need the cold chain travel apart from the others of the same cooperative.
fn group_freight(
    lines: &[QuoteLine],
    sold: &[&Facts],
    own: &[usize],
    rules: &[Rule],
    payable: Fen,
    region: &Region,
) -> Result<GroupFreight> {
    let mut services: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for i in own {
        services.entry(sold[*i].service.as_str()).or_default().push(*i);
    }
    let mut freight = GroupFreight { fee: Fen::ZERO, gap: None, carrier: String::new() };
    for (service, members) in services {
        let first = sold[members[0]];
        let rule = freight::rule_for(rules, &first.coop_id, service, &region.code).ok_or_else(|| {
            Refusal::of_field("address.region_code", Code::NotServed)
                .with("coop", &first.coop_name)
                .with("sku", &first.sku)
        })?;
        let gross = members
            .iter()
            .map(|i| lines[*i].gross_weight_g.times(lines[*i].qty))
            .try_fold(Grams(0), |sum, g| sum.plus(g?))?;
        freight.fee = freight.fee.plus(rule.fee_for(gross, payable)?)?;
        if let Some(free_from) = rule.free_from_fen.filter(|f| *f > payable) {
            freight.gap = Some(free_from.minus(payable)?);
        }
        if freight.carrier.is_empty() {
            freight.carrier.clone_from(&rule.carrier);
        }
    }
    Ok(freight)
}
