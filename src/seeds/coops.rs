//! Demonstration cooperatives with their freight, households and certificates; coupons.

use std::collections::BTreeMap;

use super::{
    files::{self, Coop, Coops, Coupons, Freight, Rule, Template},
    loading::{Load, add_certificates, certificate_number},
};
use crate::{
    catalogue::table::Certificate,
    cooperatives::{
        household::{HouseholdKind, HouseholdLink},
        service::Service,
        state::CoopState,
        table::{self, FreightRule, FreightTemplate, Household},
    },
    db::{Tx, insert_all},
    kernel::{CoopId, Day, Error, Fen, Grams, Result, hash::sha256_hex},
    promotions::{Funder, coupon},
};

/// Weight of a first step, of each further one, and the most of a parcel.
const STEP: Grams = Grams(1000);
const PARCEL: Grams = Grams(20_000);
const KINDS: [HouseholdKind; 3] = [HouseholdKind::PovertyAlleviated, HouseholdKind::General, HouseholdKind::Monitored];

/// A cooperative as the other parts of the seeds need it.
pub struct Seller {
    pub facts: Coop,
    pub id: CoopId,
}

/// Loads the cooperatives; answers them by code.
pub async fn load(tx: &mut Tx, load: &mut Load) -> Result<BTreeMap<String, Seller>> {
    let coops = files::toml::<Coops>("coops.toml")?.coop;
    let mut rows = Vec::new();
    let mut sellers = BTreeMap::new();
    for facts in coops {
        let id = CoopId(load.step.random.id(load.step.at)?);
        rows.push(coop_row(&facts, &id, load));
        sellers.insert(facts.code.clone(), Seller { facts, id });
    }
    insert_all(tx, &rows).await?;
    households(tx, &sellers, load).await?;
    freight(tx, &sellers, load).await?;
    certificates(tx, &sellers, load).await?;
    Ok(sellers)
}

fn coop_row(c: &Coop, id: &CoopId, load: &Load) -> table::Coop {
    let at = load.step.at;
    let (state, decided_at) = if c.applied { (CoopState::Applied, None) } else { (CoopState::Approved, Some(at)) };
    let number = c.code.trim_start_matches('C');
    table::Coop {
        id: id.clone(),
        code: c.code.clone(),
        slug: c.slug.clone(),
        name: c.name.clone(),
        name_en: c.name_en.clone(),
        county_code: c.county.clone(),
        credit_code: format!("DEMO-COOP-{number}"),
        phone: format!("0911-000-00{number}"),
        story: c.story.clone(),
        story_en: c.story_en.clone(),
        ship_from: c.ship_from.clone(),
        sla_hours: c.sla_hours,
        licence_valid_to: Some(load.day.plus_days(900)),
        state,
        // C15 applied yesterday; the others have been here from the start.
        created_at: if c.applied { load.now.later(-26 * crate::kernel::time::HOUR) } else { at },
        decided_at,
        decided_by: None,
        reason: None,
    }
}

/// Households by salted hash, with evidence in the past year (C24).
async fn households(tx: &mut Tx, sellers: &BTreeMap<String, Seller>, load: &mut Load) -> Result<()> {
    let salt = load.step.random.salt()?;
    let mut rows = Vec::new();
    for seller in sellers.values() {
        for n in 0..seller.facts.households {
            let code = &seller.facts.code;
            let kind = KINDS[if n % 17 == 0 { 2 } else { usize::from(n % 3 > 0) }];
            let amount = 60_000 + i64::try_from(load.step.random.below(4400)?).unwrap_or(0) * 100;
            let on = load.day.plus_days(-1 - i64::try_from(load.step.random.below(360)?).unwrap_or(0));
            rows.push(Household {
                id_hash: sha256_hex(format!("{salt}/{code}/{n}").as_bytes()),
                coop_id: seller.id.clone(),
                kind,
                link: HouseholdLink::ALL[usize::try_from(n % 5).unwrap_or(0)],
                amount_fen: Fen(amount),
                evidence: format!("DEMO-EV-{code}-{n:03}"),
                evidence_on: on,
            });
        }
    }
    insert_all(tx, &rows).await.map(|_| ())
}

async fn freight(tx: &mut Tx, sellers: &BTreeMap<String, Seller>, load: &mut Load) -> Result<()> {
    let known: Freight = files::toml("freight.toml")?;
    let (mut templates, mut rules) = (Vec::new(), Vec::new());
    for seller in sellers.values() {
        let services = [(Service::Ambient, &seller.facts.ambient), (Service::ColdChain, &seller.facts.cold_chain)];
        for (service, name) in services {
            let Some(name) = name else { continue };
            let missing = || Error::fault(format!("freight.toml has no {name}"));
            let template = known.template.iter().find(|t| t.name == *name).ok_or_else(missing)?;
            let id = load.step.random.id(load.step.at)?;
            let (coop_id, carrier) = (seller.id.clone(), template.carrier);
            templates.push(FreightTemplate { id: id.clone(), coop_id, service, carrier });
            for rule in known.rules.get(&template.rules).ok_or_else(missing)? {
                rules.extend(rule.prefix.split(' ').map(|prefix| rule_row(&id, prefix, rule, template)));
            }
        }
    }
    insert_all(tx, &templates).await?;
    insert_all(tx, &rules).await.map(|_| ())
}

fn rule_row(id: &str, prefix: &str, rule: &Rule, template: &Template) -> FreightRule {
    FreightRule {
        template_id: id.to_owned(),
        region_prefix: prefix.to_owned(),
        blocked: rule.blocked,
        first_g: STEP,
        first_fee_fen: Fen(rule.first),
        step_g: STEP,
        step_fee_fen: Fen(rule.step),
        parcel_g: PARCEL,
        parcel_fee_fen: Fen(rule.parcel),
        free_from_fen: template.free_from.filter(|_| !rule.blocked).map(Fen),
    }
}

async fn certificates(tx: &mut Tx, sellers: &BTreeMap<String, Seller>, load: &mut Load) -> Result<()> {
    let mut rows = Vec::new();
    for seller in sellers.values() {
        let facts = &seller.facts;
        let both = facts.certs.iter().map(|kind| (*kind, false)).chain(facts.expired.iter().map(|kind| (*kind, true)));
        for (kind, expired) in both {
            let (valid_from, valid_to) = load.validity(expired);
            rows.push(Certificate {
                id: load.step.random.id(load.step.at)?,
                product_id: None,
                coop_id: seller.id.clone(),
                kind,
                number: certificate_number(kind, &facts.code),
                holder: facts.name.clone(),
                valid_from,
                valid_to,
                product_version: None,
            });
        }
    }
    add_certificates(tx, &rows).await
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
            created_at: load.step.at,
            created_by: load.step.by.person.clone(),
            ended_at: None,
        };
        coupon::add(tx, &coupon).await?;
    }
    Ok(())
}
