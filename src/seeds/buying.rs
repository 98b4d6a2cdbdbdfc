//! One past order, made up from random: who bought what, where it went, and what became of it.

use std::sync::Arc;

use super::{
    orders::{self, Course, GivenBack, Life, Parcel},
    stall::{Good, Market, Stall},
};
use crate::{
    kernel::{
        Actor, At, Carrier, Channel, Day, Fen, Fulfilment, PersonId, Phone, Qty, Random, Result, SkuCode, Step,
        time::{DAY, HOUR, SECOND},
    },
    orders::{
        draft::{Buyer, Receiver},
        kinds::ReceivedSource,
        refund::{Asked, AskedLine},
    },
    pricing::{self, Ask, AskedItem, Facts, Known, Quote, Region, Rule},
    promotions::Coupon,
};

/// How long an unpaid order held its stock.
const HOLD_SECONDS: i64 = 900;
const MINUTE: i64 = 60 * SECOND;

/// How a history is made.
pub struct Habit<'a> {
    /// What is known of the goods.
    pub stall: &'a Stall,
    /// Nothing happens after it.
    pub now: At,
    /// The same seed makes the same history.
    pub seed: u64,
    /// Signed-in buyer of some orders.
    pub regular: Option<PersonId>,
    /// Whether coupons are used.
    pub coupons: bool,
}

/// A wish for goods.
struct Wish<'a> {
    goods: Vec<(&'a Good, i64)>,
    region: Region,
    unit: Option<String>,
    outlet: Option<&'static str>,
    coupon: Option<Coupon>,
}

/// A number between two, both included.
fn between(random: &mut Random, low: i64, high: i64) -> Result<i64> {
    let span = u64::try_from(high - low + 1).unwrap_or(1);
    Ok(low + i64::try_from(random.below(span)?).unwrap_or(0))
}

/// Whether something of so many in a thousand happens.
fn happens(random: &mut Random, in_thousand: u64) -> Result<bool> {
    Ok(random.below(1000)? < in_thousand)
}

impl Habit<'_> {
    /// The `n`th order of a day; nothing where it would lie in the future. Each has random of its own, so
    /// that an order is the same whatever came before it.
    pub fn order(&self, day: Day, n: u64, market: &Market<'_>) -> Result<Option<Life>> {
        let mut random = Random::nth(self.seed ^ day.start().0.unsigned_abs(), n);
        // From seven in the morning to eleven at night.
        let second = between(&mut random, 0, 16 * 3600 - 1)?;
        let placed = day.start().later(7 * HOUR + second * SECOND + between(&mut random, 0, SECOND - 1)?);
        let paid = placed.later(between(&mut random, 15, 240)? * SECOND);
        let unpaid = happens(&mut random, 30)?;
        let settled = if unpaid { placed.later(HOLD_SECONDS * SECOND) } else { paid };
        if settled > self.now || paid.day() != day {
            return Ok(None);
        }
        let wish = self.wish(market, unpaid, &mut random)?;
        let mut step = Step { at: placed, by: Actor::GUEST, random };
        let quote = quote(&wish, day, &mut step)?;
        let buyer = self.buyer(&wish, (placed, n), &mut step.random)?;
        let course = if unpaid { Course::default() } else { self.course(&quote, paid, &mut step.random)? };
        orders::live(&quote, (buyer, HOLD_SECONDS), course, &self.stall.pairings, &mut step).map(Some)
    }

    fn wish<'a>(&self, market: &Market<'a>, unpaid: bool, random: &mut Random) -> Result<Wish<'a>> {
        let region = self.stall.region(random)?.clone();
        let unit = happens(random, 70)? && !market.bulk.is_empty();
        let lines = if unit {
            between(random, 1, 2)?
        } else {
            [1, 1, 1, 2, 2, 3][usize::try_from(random.below(6)?).unwrap_or(0)]
        };
        let mut goods: Vec<(&Good, i64)> = Vec::new();
        for _ in 0..lines {
            let near = market.paired.get(region.code.as_str()).filter(|pool| !pool.is_empty());
            let pool = match near {
                _ if unit => &market.bulk,
                Some(near) if happens(random, 400)? => near,
                _ => &market.all,
            };
            let good = pool.pick(random)?;
            let qty = match unit {
                true => between(random, 3, 24)?,
                false => [1, 1, 1, 1, 1, 2, 2, 3][usize::try_from(random.below(8)?).unwrap_or(0)],
            };
            let served = good.serves(&region);
            if served && !goods.iter().any(|(known, _)| known.facts.sku == good.facts.sku) {
                goods.push((good, qty));
            }
        }
        if goods.is_empty() {
            let ambient = (0..64).find_map(|_| market.all.pick(random).ok().filter(|good| good.serves(&region)));
            goods.extend(ambient.map(|good| (good, 1)));
        }
        let unit = if unit { Some(format!("演示单位{:02}", between(random, 1, 36)?)) } else { None };
        let near = self.stall.outlets.iter().find(|(_, place)| place.code == region.code);
        let outlet = if unit.is_none() && happens(random, 60)? { near } else { None };
        let (outlet, region) = match outlet {
            Some((code, place)) => (Some(*code), place.clone()),
            None => (None, region),
        };
        let coupon = if self.coupons && !unpaid && unit.is_none() { self.coupon(&goods, random)? } else { None };
        Ok(Wish { goods, region, unit, outlet, coupon })
    }

    fn coupon(&self, goods: &[(&Good, i64)], random: &mut Random) -> Result<Option<Coupon>> {
        if !happens(random, 180)? || self.stall.coupons.is_empty() {
            return Ok(None);
        }
        let place = usize::try_from(random.below(self.stall.coupons.len() as u64)?).unwrap_or(0);
        let sum: i64 = goods.iter().map(|(good, qty)| good.facts.price_fen.0 * qty).sum();
        Ok(self.stall.coupons.get(place).filter(|c| c.min_goods_fen <= Fen(sum)).cloned())
    }

    fn buyer(&self, wish: &Wish<'_>, (placed, n): (At, u64), random: &mut Random) -> Result<Buyer> {
        let regular = self.regular.as_ref().filter(|_| n == 1 && wish.unit.is_none() && wish.coupon.is_none());
        // A number that no carrier gives out, one for each order of a year.
        let phone = format!("1000{:04}{:03}", placed.0 / DAY % 10_000, n % 1000);
        let receiver = Receiver {
            name: if wish.unit.is_some() { "演示采购".to_owned() } else { "演示顾客".to_owned() },
            phone: Phone::stored(phone),
            street: format!("人民路 {} 号", between(random, 1, 300)?),
            note: String::new(),
            invoice_title: wish.unit.clone().unwrap_or_default(),
            invoice_tax_no: String::new(),
        };
        let person = match regular {
            Some(person) if happens(random, 200)? => Some(person.clone()),
            _ => None,
        };
        Ok(Buyer { person, receiver, from: None, unit: wish.unit.clone(), channel: Channel::Online })
    }

    /// What became of a paid order until now.
    fn course(&self, quote: &Quote, paid: At, random: &mut Random) -> Result<Course> {
        let paid_at = Some(paid);
        let cancelled = paid.later(between(random, 10, 150)? * MINUTE);
        if happens(random, 15)? && cancelled <= self.now {
            let refund = Some(GivenBack { at: cancelled, asked: Asked::Whole, reason: "买家发货前取消" });
            return Ok(Course { paid_at, parcels: vec![None; quote.seller_groups.len()], refund });
        }
        let mut parcels = Vec::with_capacity(quote.seller_groups.len());
        for group in &quote.seller_groups {
            parcels.push(self.parcel((group.carrier, group.sla_hours), (paid, quote.fulfilment), random)?);
        }
        let arrived = parcels.iter().map(|p| p.as_ref()?.delivered_at).collect::<Option<Vec<At>>>();
        let arrived = arrived.and_then(|all| all.into_iter().max());
        let refund = match arrived {
            Some(at) if happens(random, 28)? => self.complaint(quote, at, random)?,
            _ => None,
        };
        Ok(Course { paid_at, parcels, refund })
    }

    fn parcel(
        &self,
        (carrier, sla_hours): (Carrier, i64),
        (paid, fulfilment): (At, Fulfilment),
        random: &mut Random,
    ) -> Result<Option<Parcel>> {
        let promised = sla_hours * 60;
        let late = happens(random, 35)?;
        let minutes =
            if late { between(random, promised, promised * 3 / 2)? } else { between(random, 180, promised - 90)? };
        let shipped_at = paid.later(minutes * MINUTE);
        let picked_up_at = shipped_at.later(between(random, 60, 480)? * MINUTE);
        let (fewest, most) = match carrier {
            Carrier::Sf => (24, 44),
            Carrier::Jd => (40, 70),
            Carrier::Ems => (66, 120),
            _ => (60, 96),
        };
        let delivered_at = picked_up_at.later(between(random, fewest * 60, most * 60)? * MINUTE);
        // A million parcels: of twelve digits two would be alike.
        let tracking_no =
            format!("DEMO{}{:018}", carrier.as_str().to_uppercase(), random.below(1_000_000_000_000_000_000)?);
        let pickup = fulfilment == Fulfilment::Pickup;
        let until = |at: At| (at <= self.now).then_some(at);
        Ok(until(shipped_at).map(|shipped_at| Parcel {
            tracking_no,
            shipped_at,
            picked_up_at: until(picked_up_at),
            delivered_at: until(delivered_at),
            source: if pickup { ReceivedSource::Pickup } else { ReceivedSource::DeliveredScan },
        }))
    }

    /// Some of the money back after the goods arrived: spoiled fruit, or one unit of several.
    fn complaint(&self, quote: &Quote, arrived: At, random: &mut Random) -> Result<Option<GivenBack>> {
        let at = arrived.later(between(random, 1, 40)? * HOUR);
        let place = usize::try_from(random.below(quote.lines.len() as u64)?).unwrap_or(0);
        let line = &quote.lines[place];
        let unit = line.qty.units() > 1 && happens(random, 300)?;
        let percent = between(random, 8, 30)?;
        let amount = Fen(line.payable_fen.0 * percent / 100);
        if at > self.now || amount <= Fen::ZERO {
            return Ok(None);
        }
        let asked = AskedLine { line_no: line.line_no, qty: unit.then_some(1), amount: (!unit).then_some(amount) };
        let reason = if unit { "退回一件" } else { "坏果赔付" };
        Ok(Some(GivenBack { at, asked: Asked::Lines(vec![asked]), reason }))
    }
}

/// Prices a wish as the market would have on that day.
fn quote(wish: &Wish<'_>, day: Day, step: &mut Step) -> Result<Quote> {
    let item = |(good, qty): &(&Good, i64)| {
        Ok(AskedItem { sku: SkuCode::stored(good.facts.sku.clone()), qty: Qty::parse("qty", *qty)? })
    };
    let items = wish.goods.iter().map(item).collect::<Result<Vec<AskedItem>>>()?;
    let sold: Vec<&Facts> = wish.goods.iter().map(|(good, _)| &good.facts).collect();
    let schemes = wish.goods.iter().flat_map(|(good, _)| good.schemes.iter().filter(|s| s.holds(day)));
    let mut known = Known {
        parts: wish.goods.iter().flat_map(|(good, _)| good.parts.iter().cloned()).collect(),
        schemes: schemes.map(|s| (s.product_id.clone(), s.scheme_code.clone())).collect(),
        rules: Vec::new(),
        coupon: wish.coupon.clone(),
        region: wish.region.clone(),
    };
    known.schemes.sort();
    known.schemes.dedup();
    let mut sellers: Vec<&Arc<[Rule]>> = Vec::new();
    for (good, _) in &wish.goods {
        if !sellers.iter().any(|known| Arc::ptr_eq(known, &good.rules)) {
            sellers.push(&good.rules);
        }
    }
    known.rules = sellers.into_iter().flat_map(|rules| rules.iter().cloned()).collect();
    let fulfilment = if wish.outlet.is_some() { Fulfilment::Pickup } else { Fulfilment::Delivery };
    let ask = Ask {
        items: Vec::new(),
        region_code: Some(wish.region.code.clone()),
        street: format!("人民路 {} 号", between(&mut step.random, 1, 300)?),
        coupons: Vec::new(),
        fulfilment,
        outlet: wish.outlet.map(str::to_owned),
    };
    pricing::price_known(&items, &sold, known, &ask, step)
}

impl Good {
    /// Whether its seller sends it there.
    fn serves(&self, region: &Region) -> bool {
        pricing::freight::rule_for(&self.rules, &self.facts.coop_id, self.facts.service, region.code.as_str()).is_some()
    }
}
