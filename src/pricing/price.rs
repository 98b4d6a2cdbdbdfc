//! Pricing: from SKUs, quantities and an address to money, by the server alone (I10).

use std::collections::BTreeSet;

use super::{
    freight::{self, Rule},
    quote::{AppliedCoupon, Ask, AskedItem, Quote, QuoteDiscount, QuoteLine, QuotePart},
    read::{self, Facts, PartFacts},
    region::{self, Region},
    seller_group::seller_groups,
};
use crate::{
    cooperatives::state::CoopState,
    db::Conn,
    kernel::{
        Code, CoopId, Day, Fen, Fulfilment, ProductId, Qty, QuoteId, Refusal, Result, Season, Step, parse, time::SECOND,
    },
    promotions::coupon::{self, Coupon, DiscountSource},
};

/// How long a quote can become an order.
const QUOTE_LASTS: i64 = 30 * 60 * SECOND;
/// Most items that are asked for, before the same SKUs are summed.
const MOST_ITEMS: i64 = 500;
/// Most different SKUs of an order.
const MOST_LINES: usize = 50;

/// Prices what is asked. Refuses unknown or unsold SKUs, quantities out of range, regions that are
/// unknown or not served, goods out of season, and more than is in stock; nothing is stored.
pub async fn price(conn: &mut Conn, ask: &Ask, step: &mut Step) -> Result<Quote> {
    let items = merged(&ask.items)?;
    let region = destination(conn, ask).await?;
    let codes: Vec<String> = items.iter().map(|item| item.sku.to_string()).collect();
    let today = step.at.day();
    let facts = read::facts(conn, &codes, today).await?;
    let sold = items
        .iter()
        .enumerate()
        .map(|(place, item)| sold_now(&facts, item, place, today))
        .collect::<Result<Vec<&Facts>>>()?;
    let sets: Vec<_> = sold.iter().filter(|f| f.is_set).map(|f| f.sku_id.clone()).collect();
    let parts = if sets.is_empty() { Vec::new() } else { read::parts(conn, sets).await? };
    let schemes = sold.iter().flat_map(|f| {
        read::scheme_codes(f.schemes.as_deref()).into_iter().map(|code| (f.product_id.clone(), code.to_owned()))
    });
    let schemes = schemes.collect::<BTreeSet<_>>().into_iter().collect();
    let coops: Vec<CoopId> = sold.iter().map(|f| f.coop_id.clone()).collect();
    let rules =
        if ask.fulfilment == Fulfilment::Delivery { freight::rules_of(conn, &coops).await? } else { Vec::new() };
    let coupon = asked_coupon(conn, &ask.coupons).await?;

    let known = Known { parts, schemes, rules, coupon, region };
    price_known(&items, &sold, known, ask, step)
}

/// What is known of the goods that are asked for, beside their facts.
pub struct Known {
    /// Parts of those that are sets.
    pub parts: Vec<PartFacts>,
    /// Schemes that hold today.
    pub schemes: Vec<(ProductId, String)>,
    /// Freight of their sellers.
    pub rules: Vec<Rule>,
    /// The coupon that is asked for.
    pub coupon: Option<Coupon>,
    /// Where they go.
    pub region: Region,
}

/// Prices goods of which everything is known: for one quote, or for many of a generator.
pub fn price_known(items: &[AskedItem], sold: &[&Facts], known: Known, ask: &Ask, step: &mut Step) -> Result<Quote> {
    let Known { parts, schemes, rules, coupon, region } = known;
    let today = step.at.day();
    let mut lines = Vec::with_capacity(items.len());
    for (item, facts) in items.iter().zip(sold) {
        lines.push(line(i64::try_from(lines.len()).unwrap_or(0) + 1, item, facts, &schemes)?);
    }
    let goods = Fen::sum(lines.iter().map(|l| l.list_fen))?;
    let coupon = spread_discount(&mut lines, goods, coupon, today)?;
    split_into_parts(&mut lines, sold, &parts)?;
    let groups = seller_groups(&mut lines, sold, &rules, ask.fulfilment, &region)?;
    let discount = Fen::sum(lines.iter().map(|l| l.discount_fen))?;
    let freight = Fen::sum(groups.iter().map(|g| g.freight_fen))?;
    Ok(Quote {
        quote_id: QuoteId(step.random.id(step.at)?),
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
    parse::within("items", i64::try_from(items.len()).unwrap_or(i64::MAX), 1, MOST_ITEMS)?;
    let mut merged: Vec<AskedItem> = Vec::new();
    for (place, item) in items.iter().enumerate() {
        match merged.iter_mut().find(|m| m.sku == item.sku) {
            Some(known) => {
                known.qty = Qty::parse(&format!("items[{place}].qty"), known.qty.units() + item.qty.units())?;
            }
            None => merged.push(item.clone()),
        }
    }
    parse::within("items", i64::try_from(merged.len()).unwrap_or(i64::MAX), 1, MOST_LINES as i64)?;
    Ok(merged)
}

async fn destination(conn: &mut Conn, ask: &Ask) -> Result<Region> {
    match ask.fulfilment {
        Fulfilment::Delivery => {
            let field = "address.region_code";
            let code = ask.region_code.as_ref().ok_or_else(|| Refusal::of_field(field, Code::UnknownRegion))?;
            region::find(conn, field, code).await
        }
        Fulfilment::Pickup => {
            let outlet = ask.outlet.as_deref().ok_or_else(|| Refusal::of_field("outlet", Code::Missing))?;
            region::of_outlet(conn, "outlet", outlet).await
        }
    }
}

fn sold_now<'a>(facts: &'a [Facts], item: &AskedItem, place: usize, today: Day) -> Result<&'a Facts> {
    let field = |name: &str| format!("items[{place}].{name}");
    let unknown = || Refusal::of_field(field("sku"), Code::UnknownSku).with("sku", &item.sku);
    let found = facts.iter().find(|f| f.sku == item.sku.as_str()).ok_or_else(unknown)?;
    if !found.active || found.product_state != "published" || found.coop_state != CoopState::Approved {
        return Err(unknown().into());
    }
    let season = Season::of(found.season_from.as_deref(), found.season_to.as_deref());
    if let Some(season) = season.filter(|s| found.presale_ships_by.is_none() && !s.contains(today)) {
        let back = season.opens_after(today)?;
        return Err(Refusal::of_field(field("sku"), Code::NotForSale).with("sku", &item.sku).with("back", back).into());
    }
    if found.available < item.qty.units() {
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
    let list_fen = facts.price_fen.times(item.qty.units())?;
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
        return_class: facts.return_class,
        pieces_min: facts.pieces_min,
        net_weight_g: facts.net_weight_g,
        gross_weight_g: facts.gross_weight_g,
        schemes: schemes.iter().filter(|s| s.0 == facts.product_id).map(|s| s.1.clone()).collect(),
        coop_id: facts.coop_id.clone(),
        qty: item.qty,
        unit_fen: facts.price_fen,
        list_fen,
        discount_fen: Fen::ZERO,
        discounts: Vec::new(),
        payable_fen: list_fen,
        freight_fen: Fen::ZERO,
        presale_ships_by: facts.presale_ships_by.clone(),
        parts: Vec::new(),
    })
}

/// Spreads the coupon over the lines by what each costs, largest remainder, ties to the lower line (M1, V1).
fn spread_discount(
    lines: &mut [QuoteLine],
    goods: Fen,
    coupon: Option<Coupon>,
    today: Day,
) -> Result<Option<AppliedCoupon>> {
    let Some(coupon) = coupon else { return Ok(None) };
    let discount = coupon.discount(goods, today)?;
    let weights: Vec<i64> = lines.iter().map(|l| l.list_fen.0).collect();
    for (line, share) in lines.iter_mut().zip(discount.allocate(&weights)?).filter(|(_, share)| *share > Fen::ZERO) {
        let (source, code) = (DiscountSource::Coupon, coupon.code.clone());
        line.discounts.push(QuoteDiscount { source, code, funder: coupon.funder, amount_fen: share });
        line.discount_fen = line.discount_fen.plus(share)?;
        line.payable_fen = line.list_fen.minus(line.discount_fen)?;
    }
    Ok(Some(AppliedCoupon {
        code: coupon.code,
        funder: coupon.funder,
        limit_each: coupon.limit_each,
        discount_fen: discount,
    }))
}

/// A set is split over its parts by list price (C19, V5); a plain SKU is its only part.
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
