//! Dimensions (维度): whom and what a movement is counted by, set at payment and never changed (C14).
//!
//! A combination is one row, whose number follows from its values: whoever books knows it without
//! reading, and two who book the same combination at once write the same row. A coarse one keeps only some of
//! the dimensions, for sums.

use std::collections::{BTreeMap, HashSet};

use crate::{
    db::{Conn, Query, Tx, insert_all, select, statements, table},
    kernel::{BuyerClass, Channel, ClosedSet, Error, Result, hash::sha256_number},
};

/// The value of what has no county, outlet, pairing or scheme.
pub const NONE: &str = "none";
/// The value of what a coarse combination does not keep.
pub const ANY: &str = "*";

/// Prefixes of schemes that are a recognition (认定): national and local lists, not the scope of the pairing
/// alone, and not the origin that a reserved quota asks for, since purchases here do not count toward it.
const RECOGNITIONS: [&str; 2] = ["XFBF_", "LOCAL_"];

statements! {
    THERE = "SELECT id FROM dimensions WHERE id IN ($1)";
    ROWS = select!(Combination, "WHERE id IN ($1)");
    SCHEMES = select!(SchemeOf, "WHERE dimension_id IN ($1) ORDER BY dimension_id, scheme_code");
}

table! {
    /// A combination as it is kept, coarse or not.
    #[derive(Clone, Debug)]
    pub struct Combination in "dimensions" or "ON CONFLICT (id) DO NOTHING" {
        id: i64,
        county_code: String,
        pairing: String,
        coop_id: String,
        product_id: String,
        category_code: String,
        channel: String,
        outlet: String,
        buyer_class: String,
        district_code: String,
        recognised: bool,
    }
}

impl Combination {
    fn values(&self) -> [&str; 9] {
        [
            &self.county_code,
            &self.pairing,
            &self.coop_id,
            &self.product_id,
            &self.category_code,
            &self.channel,
            &self.outlet,
            &self.buyer_class,
            &self.district_code,
        ]
    }
}

table! {
    struct SchemeOf in "dimension_schemes" or "ON CONFLICT (dimension_id, scheme_code) DO NOTHING" {
        dimension_id: i64,
        scheme_code: String,
    }
}

/// A combination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dimensions {
    /// Producing county, GB code.
    pub county_code: String,
    /// Code of the county's pairing.
    pub pairing: String,
    /// Producing cooperative; of freight the seller.
    pub coop_id: String,
    /// Product; a set is one.
    pub product_id: String,
    pub category_code: String,
    /// Where the order was created (C15).
    pub channel: Channel,
    pub outlet: String,
    pub buyer_class: BuyerClass,
    /// District of delivery, GB code.
    pub district_code: String,
    /// Codes of the schemes valid at payment, sorted.
    pub schemes: Vec<String>,
}

impl Dimensions {
    /// Its number.
    pub fn id(&self) -> i64 {
        number(self.values(Kept::ALL), &self.schemes)
    }

    /// Whether one of its schemes is a recognition.
    pub fn recognised(&self) -> bool {
        recognised(&self.schemes)
    }

    /// The combination that keeps only some of its dimensions.
    pub fn coarse(&self, kept: Kept) -> Coarse {
        let values = self.values(kept);
        let schemes = if kept.maker { self.schemes.clone() } else { Vec::new() };
        let id = number(values, &schemes);
        let [county_code, pairing, coop_id, product_id, category_code, channel, outlet, buyer_class, district_code] =
            values.map(str::to_owned);
        let recognised = recognised(&schemes);
        let row = Combination {
            id,
            county_code,
            pairing,
            coop_id,
            product_id,
            category_code,
            channel,
            outlet,
            buyer_class,
            district_code,
            recognised,
        };
        Coarse { row, schemes }
    }

    fn values(&self, kept: Kept) -> [&str; 9] {
        let of = |kept: bool, value| if kept { value } else { ANY };
        [
            of(kept.maker, &self.county_code),
            of(kept.maker, &self.pairing),
            of(kept.maker, &self.coop_id),
            of(kept.product, &self.product_id),
            of(kept.maker, &self.category_code),
            of(kept.buyer, self.channel.as_str()),
            of(kept.buyer, &self.outlet),
            of(kept.buyer, self.buyer_class.as_str()),
            of(kept.buyer, &self.district_code),
        ]
    }
}

fn number(values: [&str; 9], schemes: &[String]) -> i64 {
    let schemes = schemes.join(",");
    sha256_number(values.into_iter().chain([schemes.as_str()]).collect::<Vec<_>>().join("\u{1f}").as_bytes())
}

fn recognised(schemes: &[String]) -> bool {
    schemes.iter().any(|code| RECOGNITIONS.iter().any(|prefix| code.starts_with(prefix)))
}

/// Which dimensions a combination keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// County, pairing, cooperative, category, schemes.
    pub maker: bool,
    pub product: bool,
    /// Channel, outlet, class of the buyer, district.
    pub buyer: bool,
}

impl Kept {
    pub const ALL: Self = Self { maker: true, product: true, buyer: true };
}

/// A combination that keeps only some dimensions.
#[derive(Clone, Debug)]
pub struct Coarse {
    row: Combination,
    schemes: Vec<String>,
}

impl Coarse {
    pub fn id(&self) -> i64 {
        self.row.id
    }
}

/// Combinations by their numbers.
pub type Known = BTreeMap<i64, Dimensions>;

/// Keeps combinations; those that are there stay as they are.
pub async fn keep(tx: &mut Tx, all: &Known) -> Result<()> {
    // In the order of the map: two transactions that keep the same never wait for each other in a circle.
    insert(tx, all.values().map(|dimensions| dimensions.coarse(Kept::ALL))).await
}

/// Keeps coarse combinations: most are there, so only the others are written.
pub async fn keep_coarse(tx: &mut Tx, all: BTreeMap<i64, Coarse>) -> Result<()> {
    let there: Vec<(i64,)> = Query::with_list(THERE, all.keys().copied()).all(tx).await?;
    let there: HashSet<i64> = there.into_iter().map(|row| row.0).collect();
    insert(tx, all.into_values().filter(|coarse| !there.contains(&coarse.id()))).await
}

async fn insert(tx: &mut Tx, all: impl Iterator<Item = Coarse>) -> Result<()> {
    let (mut rows, mut schemes) = (Vec::new(), Vec::new());
    for Coarse { row, schemes: codes } in all {
        schemes.extend(codes.into_iter().map(|scheme_code| SchemeOf { dimension_id: row.id, scheme_code }));
        rows.push(row);
    }
    if insert_all(tx, &rows).await? == 0 {
        // All were there, and with each its schemes: they are written in one transaction.
        return Ok(());
    }
    insert_all(tx, &schemes).await.map(|_| ())
}

/// Combinations, coarse ones too, whose number is not that of their values.
pub async fn misnumbered(conn: &mut Conn, ids: &[i64]) -> Result<Vec<i64>> {
    let rows: Vec<Combination> = Query::with_list(ROWS, ids.iter().copied()).all(conn).await?;
    let mut schemes: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for SchemeOf { dimension_id, scheme_code } in Query::with_list(SCHEMES, ids.iter().copied()).all(conn).await? {
        schemes.entry(dimension_id).or_default().push(scheme_code);
    }
    let differs = |row: &Combination| {
        let schemes = schemes.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        row.id != number(row.values(), schemes)
    };
    Ok(rows.iter().filter(|row| differs(row)).map(|row| row.id).collect())
}

/// Reads combinations.
pub async fn read(conn: &mut Conn, ids: impl IntoIterator<Item = i64>) -> Result<Known> {
    let ids: Vec<i64> = ids.into_iter().collect();
    if ids.is_empty() {
        return Ok(Known::new());
    }
    let rows: Vec<Combination> = Query::with_list(ROWS, ids.iter().copied()).all(conn).await?;
    let mut schemes: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for SchemeOf { dimension_id, scheme_code } in Query::with_list(SCHEMES, ids).all(conn).await? {
        schemes.entry(dimension_id).or_default().push(scheme_code);
    }
    let word = |row: &Combination| Error::fault(format!("combination {} is coarse or not known", row.id));
    let known = rows.into_iter().map(|row| {
        let channel = Channel::of(&row.channel).ok_or_else(|| word(&row))?;
        let buyer_class = BuyerClass::of(&row.buyer_class).ok_or_else(|| word(&row))?;
        let dimensions = Dimensions {
            county_code: row.county_code,
            pairing: row.pairing,
            coop_id: row.coop_id,
            product_id: row.product_id,
            category_code: row.category_code,
            channel,
            outlet: row.outlet,
            buyer_class,
            district_code: row.district_code,
            schemes: schemes.remove(&row.id).unwrap_or_default(),
        };
        Ok((row.id, dimensions))
    });
    known.collect()
}
