//! What a generator of orders knows of the catalogue: goods with all that pricing asks, buyers' regions, coupons.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    db::{Conn, q, row, statements},
    kernel::{At, Day, Error, ProductId, Random, RegionCode, Result, Season, SkuId},
    pricing::{
        self, Facts, PartFacts, SchemeDays,
        freight::{self, Rule},
        region::{self, Region},
    },
    promotions::coupon::{self, Coupon},
};

statements! {
    CODES = "SELECT s.code FROM skus s JOIN products p ON p.id = s.product_id
             JOIN coops c ON c.id = p.coop_id
             WHERE s.active AND p.state = 'published' AND c.state = 'approved' ORDER BY s.code";
    PAIRINGS = "SELECT county_code, code, district_code FROM pairings ORDER BY county_code";
}

/// Codes asked for in one statement.
const CHUNK: usize = 1024;

/// Where orders go, and how many of a hundred.
const DESTINATIONS: [(&str, u64); 13] = [
    ("320281", 21),
    ("320282", 14),
    ("320214", 14),
    ("320213", 13),
    ("320211", 10),
    ("320205", 7),
    ("320206", 6),
    ("320505", 4),
    ("320102", 4),
    ("310115", 3),
    ("330106", 2),
    ("610113", 1),
    ("110105", 1),
];

/// A SKU on sale.
pub struct Good {
    pub facts: Facts,
    /// Parts, where it is a set.
    pub parts: Vec<PartFacts>,
    /// Schemes of its product.
    pub schemes: Vec<SchemeDays>,
    /// Freight of its seller.
    pub rules: Arc<[Rule]>,
    /// When it is sold.
    pub season: Option<Season>,
    /// How often it is bought beside others.
    pub weight: u64,
    /// What units buy: large packs and gifts.
    pub bulk: bool,
}

pub struct Stall {
    /// SKUs, by code.
    pub goods: Vec<Good>,
    /// Regions with their weights.
    pub regions: Vec<(Region, u64)>,
    /// Halls where orders are picked up, by code.
    pub outlets: Vec<(&'static str, Region)>,
    /// Code of the pairing of each county that has one.
    pub pairings: BTreeMap<String, String>,
    /// District of Wuxi that is paired with a county.
    pub paired: BTreeMap<String, String>,
    pub coupons: Vec<Coupon>,
}

/// Where some orders are picked up.
const HALLS: [&str; 3] = ["JY", "YX", "XW"];

row! {
    struct Paired {
        county_code: String,
        code: String,
        district_code: String,
    }
}

/// Where orders go, with how often.
async fn destinations(conn: &mut Conn) -> Result<Vec<(Region, u64)>> {
    let mut regions = Vec::with_capacity(DESTINATIONS.len());
    for (code, weight) in DESTINATIONS {
        regions.push((region::find(conn, "region", &RegionCode::stored(code.to_owned())).await?, weight));
    }
    Ok(regions)
}

/// The halls where orders are picked up, with their districts.
async fn halls(conn: &mut Conn) -> Result<Vec<(&'static str, Region)>> {
    let mut outlets = Vec::with_capacity(HALLS.len());
    for code in HALLS {
        outlets.push((code, region::of_outlet(conn, "outlet", code).await?));
    }
    Ok(outlets)
}

impl Stall {
    /// Reads the catalogue; `weight` says how often a SKU is bought, 0 for never.
    pub async fn read(conn: &mut Conn, weight: impl Fn(&str) -> u64) -> Result<Self> {
        let codes: Vec<(String,)> = q(CODES).all(conn).await?;
        let codes: Vec<String> = codes.into_iter().map(|row| row.0).filter(|code| weight(code) > 0).collect();
        let mut facts: Vec<Facts> = Vec::with_capacity(codes.len());
        let mut parts: BTreeMap<SkuId, Vec<PartFacts>> = BTreeMap::new();
        let mut schemes: BTreeMap<ProductId, Vec<SchemeDays>> = BTreeMap::new();
        for chunk in codes.chunks(CHUNK) {
            // Schemes of each day are read beside them.
            let found = pricing::facts(conn, chunk, At(0).day()).await?;
            for part in pricing::parts(conn, found.iter().map(|f| f.sku_id.clone()).collect()).await? {
                parts.entry(part.sku_id.clone()).or_default().push(part);
            }
            let mut ids: Vec<ProductId> = found.iter().map(|f| f.product_id.clone()).collect();
            ids.dedup();
            for scheme in pricing::scheme_days(conn, ids).await? {
                schemes.entry(scheme.product_id.clone()).or_default().push(scheme);
            }
            facts.extend(found);
        }
        for list in schemes.values_mut() {
            list.sort_by(|a, b| a.scheme_code.cmp(&b.scheme_code));
            list.dedup_by(|a, b| a.scheme_code == b.scheme_code && a.valid_from == b.valid_from);
        }
        let mut rules: BTreeMap<String, Vec<Rule>> = BTreeMap::new();
        for rule in freight::all_rules(conn).await? {
            rules.entry(rule.coop_id.0.clone()).or_default().push(rule);
        }
        let rules: BTreeMap<String, Arc<[Rule]>> = rules.into_iter().map(|(coop, own)| (coop, own.into())).collect();
        facts.sort_by(|a, b| a.sku.cmp(&b.sku));
        let goods = facts.into_iter().map(|facts| Good {
            parts: parts.remove(&facts.sku_id).unwrap_or_default(),
            schemes: schemes.get(&facts.product_id).cloned().unwrap_or_default(),
            rules: rules.get(facts.coop_id.as_str()).cloned().unwrap_or_default(),
            season: Season::of(facts.season_from.as_deref(), facts.season_to.as_deref()),
            weight: weight(&facts.sku),
            bulk: ["食堂", "单位", "慰问", "礼盒"]
                .iter()
                .any(|word| facts.spec.contains(word) || facts.name.contains(word)),
            facts,
        });
        let goods = goods.collect();
        let pairs: Vec<Paired> = q(PAIRINGS).all(conn).await?;
        Ok(Self {
            goods,
            regions: destinations(conn).await?,
            outlets: halls(conn).await?,
            pairings: pairs.iter().map(|p| (p.county_code.clone(), p.code.clone())).collect(),
            paired: pairs.into_iter().map(|p| (p.district_code, p.county_code)).collect(),
            coupons: coupon::list(conn, 100, 0).await?.coupons,
        })
    }

    /// What can be bought on a day.
    pub fn on(&self, day: Day) -> Market<'_> {
        let open = |good: &&Good| good.season.as_ref().is_none_or(|season| season.contains(day));
        let all: Vec<&Good> = self.goods.iter().filter(open).collect();
        let bulk = all.iter().copied().filter(|good| good.bulk).collect();
        let paired = self.paired.iter().map(|(district, county)| {
            let own = all.iter().copied().filter(|good| good.facts.county_code == *county).collect();
            (district.as_str(), Pool::of(own))
        });
        Market { paired: paired.collect(), bulk: Pool::of(bulk), all: Pool::of(all) }
    }

    /// A region by weight.
    pub fn region(&self, random: &mut Random) -> Result<&Region> {
        let sum = self.regions.iter().map(|r| r.1).sum();
        let mut left = random.below(sum)?;
        for (region, weight) in &self.regions {
            if left < *weight {
                return Ok(region);
            }
            left -= weight;
        }
        Err(Error::fault("no region"))
    }
}

/// Goods with sums of their weights, for picking by weight.
pub struct Pool<'a> {
    goods: Vec<&'a Good>,
    sums: Vec<u64>,
}

impl<'a> Pool<'a> {
    fn of(goods: Vec<&'a Good>) -> Self {
        let mut sum = 0;
        let sums = goods.iter().map(|good| {
            sum += good.weight;
            sum
        });
        Self { sums: sums.collect(), goods }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.goods.is_empty()
    }

    /// One of them.
    pub fn pick(&self, random: &mut Random) -> Result<&'a Good> {
        let sum = self.sums.last().copied().unwrap_or(0);
        let hit = random.below(sum)?;
        let place = self.sums.partition_point(|s| *s <= hit);
        self.goods.get(place).copied().ok_or_else(|| Error::fault("nothing is on sale"))
    }
}

/// What is sold on a day.
pub struct Market<'a> {
    /// Everything.
    pub all: Pool<'a>,
    /// What units buy.
    pub bulk: Pool<'a>,
    /// Goods of the county that is paired with a district.
    pub paired: BTreeMap<&'a str, Pool<'a>>,
}
