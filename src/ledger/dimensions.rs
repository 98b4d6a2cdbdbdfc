//! Dimensions (维度): whom and what a movement is counted by, set at payment and never changed (C14).
//!
//! A combination is one row, whose number follows from its values: whoever books knows it without
//! reading, and two who book the same combination at once write the same row.

use std::collections::BTreeMap;

use crate::{
    db::{Conn, Query, Tx, insert_all, select, statements, table},
    kernel::{BuyerClass, Channel, Result, hash::sha256_number},
};

/// The value of what has no county, outlet, pairing or scheme.
pub const NONE: &str = "none";

/// Prefixes of schemes that are a recognition (认定): national and local lists, not the scope of the pairing
/// alone, and not the origin that a reserved quota asks for, since purchases here do not count toward it.
const RECOGNITIONS: [&str; 2] = ["XFBF_", "LOCAL_"];

statements! {
    ROWS = select!(Combination, "WHERE id IN ($1)");
    SCHEMES = select!(SchemeOf, "WHERE dimension_id IN ($1) ORDER BY dimension_id, scheme_code");
}

table! {
    struct Combination in "dimensions" or "ON CONFLICT (id) DO NOTHING" {
        id: i64,
        county_code: String,
        pairing: String,
        coop_id: String,
        product_id: String,
        category_code: String,
        channel: Channel,
        outlet: String,
        buyer_class: BuyerClass,
        district_code: String,
        recognised: bool,
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
        let schemes = self.schemes.join(",");
        let values = [
            &self.county_code,
            &self.pairing,
            &self.coop_id,
            &self.product_id,
            &self.category_code,
            self.channel.as_str(),
            &self.outlet,
            self.buyer_class.as_str(),
            &self.district_code,
            &schemes,
        ];
        sha256_number(values.join("\u{1f}").as_bytes())
    }

    fn recognised(&self) -> bool {
        self.schemes.iter().any(|code| RECOGNITIONS.iter().any(|prefix| code.starts_with(prefix)))
    }

    fn row(&self, id: i64) -> Combination {
        Combination {
            id,
            county_code: self.county_code.clone(),
            pairing: self.pairing.clone(),
            coop_id: self.coop_id.clone(),
            product_id: self.product_id.clone(),
            category_code: self.category_code.clone(),
            channel: self.channel,
            outlet: self.outlet.clone(),
            buyer_class: self.buyer_class,
            district_code: self.district_code.clone(),
            recognised: self.recognised(),
        }
    }
}

/// Combinations by their numbers.
pub type Known = BTreeMap<i64, Dimensions>;

/// Keeps combinations; those that are there stay as they are.
pub async fn keep(tx: &mut Tx, all: &Known) -> Result<()> {
    // In the order of the map: two transactions that keep the same never wait for each other in a circle.
    let rows: Vec<Combination> = all.iter().map(|(id, dimensions)| dimensions.row(*id)).collect();
    if insert_all(tx, &rows).await? == 0 {
        // All were there, and with each its schemes: they are written in one transaction.
        return Ok(());
    }
    let schemes = all.iter().flat_map(|(id, dimensions)| {
        dimensions.schemes.iter().map(|code| SchemeOf { dimension_id: *id, scheme_code: code.clone() })
    });
    insert_all(tx, &schemes.collect::<Vec<_>>()).await.map(|_| ())
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
    let known = rows.into_iter().map(|row| {
        let dimensions = Dimensions {
            county_code: row.county_code,
            pairing: row.pairing,
            coop_id: row.coop_id,
            product_id: row.product_id,
            category_code: row.category_code,
            channel: row.channel,
            outlet: row.outlet,
            buyer_class: row.buyer_class,
            district_code: row.district_code,
            schemes: schemes.remove(&row.id).unwrap_or_default(),
        };
        (row.id, dimensions)
    });
    Ok(known.collect())
}
