//! Demonstration cooperatives with their freight, households and certificates; coupons.

use std::collections::BTreeMap;

use super::{
    Load, certificate_number,
    files::{self, Coop, Coops, Coupons, Freight, Rule, Template},
};
use crate::{
    catalogue,
    cooperatives::insert,
    db::{Rows, Tx, Value},
    kernel::{CoopId, Day, Error, Fen, Result, hash::sha256_hex},
    pricing::{Funder, coupon},
};

/// Weight of a first step, of each further one, and the most of a parcel.
const STEP_G: i64 = 1000;
const PARCEL_G: i64 = 20_000;
const KINDS: [&str; 3] = ["poverty_alleviated", "general", "monitored"];
const LINKS: [&str; 5] = ["purchase", "work", "dividend", "lease", "trust"];

/// A cooperative as the other parts of the seeds need it.
pub struct Seller {
    /// Its facts.
    pub facts: Coop,
    /// Its id.
    pub id: CoopId,
}

/// Loads the cooperatives; answers them by code.
pub async fn load(tx: &mut Tx, load: &mut Load) -> Result<BTreeMap<String, Seller>> {
    let coops = files::toml::<Coops>("coops.toml")?.coop;
    let mut rows = Rows::of(insert::COOP)?;
    let mut sellers = BTreeMap::new();
    for facts in coops {
        let id = CoopId(load.step.random.id(load.step.at)?);
        rows.push(coop_row(&facts, &id, load))?;
        sellers.insert(facts.code.clone(), Seller { facts, id });
    }
    rows.exec(tx).await?;
    households(tx, &sellers, load).await?;
    freight(tx, &sellers, load).await?;
    certificates(tx, &sellers, load).await?;
    Ok(sellers)
}

fn coop_row(c: &Coop, id: &CoopId, load: &Load) -> [Value; 18] {
    let at = load.step.at;
    let (state, decided) = if c.applied { ("applied", None) } else { ("approved", Some(at)) };
    // The last one applied yesterday; the others have been here from the start.
    let created = if c.applied { load.now.later(-26 * crate::kernel::time::HOUR) } else { at };
    let number = c.code.trim_start_matches('C');
    [
        id.into(),
        (&c.code).into(),
        (&c.slug).into(),
        (&c.name).into(),
        (&c.name_en).into(),
        (&c.county).into(),
        format!("DEMO-COOP-{number}").into(),
        format!("0911-000-00{number}").into(),
        (&c.story).into(),
        (&c.story_en).into(),
        (&c.ship_from).into(),
        c.sla_hours.into(),
        Some(load.day.plus_days(900)).into(),
        state.into(),
        created.into(),
        decided.into(),
        Value::Text(None),
        Value::Text(None),
    ]
}

/// Households by salted hash, with evidence in the past year (C24).
async fn households(tx: &mut Tx, sellers: &BTreeMap<String, Seller>, load: &mut Load) -> Result<()> {
    let salt = load.step.random.salt()?;
    let mut rows = Rows::of(insert::HOUSEHOLD)?;
    for seller in sellers.values() {
        for n in 0..seller.facts.households {
            let code = &seller.facts.code;
            let kind = KINDS[if n % 17 == 0 { 2 } else { usize::from(n % 3 > 0) }];
            let amount = 60_000 + i64::try_from(load.step.random.below(4400)?).unwrap_or(0) * 100;
            let on = load.day.plus_days(-1 - i64::try_from(load.step.random.below(360)?).unwrap_or(0));
            rows.push([
                sha256_hex(format!("{salt}/{code}/{n}").as_bytes()).into(),
                (&seller.id).into(),
                kind.into(),
                LINKS[usize::try_from(n % 5).unwrap_or(0)].into(),
                amount.into(),
                format!("DEMO-EV-{code}-{n:03}").into(),
                on.into(),
            ])?;
        }
    }
    rows.exec(tx).await.map(|_| ())
}

async fn freight(tx: &mut Tx, sellers: &BTreeMap<String, Seller>, load: &mut Load) -> Result<()> {
    let known: Freight = files::toml("freight.toml")?;
    let mut templates = Rows::of(insert::FREIGHT_TEMPLATE)?;
    let mut rules = Rows::of(insert::FREIGHT_RULE)?;
    for seller in sellers.values() {
        let services = [("ambient", &seller.facts.ambient), ("cold_chain", &seller.facts.cold_chain)];
        for (service, name) in services {
            let Some(name) = name else { continue };
            let missing = || Error::fault(format!("freight.toml has no {name}"));
            let template = known.template.iter().find(|t| t.name == *name).ok_or_else(missing)?;
            let id = load.step.random.id(load.step.at)?;
            templates.push([(&id).into(), (&seller.id).into(), service.into(), (&template.carrier).into()])?;
            for rule in known.rules.get(&template.rules).ok_or_else(missing)? {
                for prefix in rule.prefix.split(' ') {
                    rules.push(rule_row(&id, prefix, rule, template))?;
                }
            }
        }
    }
    templates.exec(tx).await?;
    rules.exec(tx).await.map(|_| ())
}

fn rule_row(id: &str, prefix: &str, rule: &Rule, template: &Template) -> [Value; 10] {
    let free_from = template.free_from.filter(|_| !rule.blocked);
    [
        id.into(),
        prefix.into(),
        rule.blocked.into(),
        STEP_G.into(),
        rule.first.into(),
        STEP_G.into(),
        rule.step.into(),
        PARCEL_G.into(),
        rule.parcel.into(),
        free_from.into(),
    ]
}

async fn certificates(tx: &mut Tx, sellers: &BTreeMap<String, Seller>, load: &mut Load) -> Result<()> {
    let mut rows = Rows::of(catalogue::insert::CERTIFICATE)?;
    for seller in sellers.values() {
        let facts = &seller.facts;
        let both = [(&facts.certs, false), (&facts.expired, true)];
        for (kind, expired) in both.into_iter().flat_map(|(kinds, expired)| kinds.iter().map(move |k| (k, expired))) {
            let (from, to) = load.validity(expired);
            rows.push([
                load.step.random.id(load.step.at)?.into(),
                Value::Text(None),
                (&seller.id).into(),
                kind.into(),
                certificate_number(kind, &facts.code).into(),
                (&facts.name).into(),
                from.into(),
                to.into(),
            ])?;
        }
    }
    rows.exec(tx).await.map(|_| ())
}

/// Coupons, valid from before the first order until a year from now.
pub async fn coupons(tx: &mut Tx, load: &Load) -> Result<()> {
    for c in files::toml::<Coupons>("coupons.toml")?.coupon {
        let kind = if c.amount.is_some() { coupon::CouponKind::Amount } else { coupon::CouponKind::Percent };
        let days: [Day; 2] = [load.step.at.day(), load.day.plus_days(365)];
        let coupon = coupon::Coupon {
            code: c.code,
            kind,
            amount_fen: c.amount.map(Fen),
            bp: c.bp,
            min_goods_fen: Fen(c.min_goods),
            limit_total: c.limit_total,
            limit_each: c.limit_each,
            used: 0,
            valid_from: days[0],
            valid_to: days[1],
            funder: Funder::try_from(c.funder.as_str()).map_err(|_| Error::fault("coupons.toml: unknown funder"))?,
            ended_at: None,
        };
        coupon::create(tx, &coupon, &load.step).await?;
    }
    Ok(())
}
