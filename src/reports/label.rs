//! Keys and names of groups: what the ledger holds as ids, as people and programs know it.

use std::collections::BTreeMap;

use super::{Dimension, small::FEW};
use crate::{
    db::{Conn, Query, row, statements},
    kernel::{BuyerClass, Channel, Lang, Named, Result},
    ledger::dimensions::NONE,
    pricing::romanised,
};

statements! {
    COUNTIES = "SELECT code AS raw, code AS key, short_name AS name, name_en FROM counties WHERE code IN ($1)";
    PAIRINGS = "SELECT code AS raw, code AS key, name, name_en FROM pairings WHERE code IN ($1)";
    CATEGORIES = "SELECT code AS raw, code AS key, name, name_en FROM categories WHERE code IN ($1)";
    PRODUCTS = "SELECT p.id AS raw, p.code AS key, v.name, v.name_en FROM products p
                JOIN product_versions v ON v.product_id = p.id AND v.version = p.version WHERE p.id IN ($1)";
    COOPS = "SELECT id AS raw, slug AS key, name, name_en FROM coops WHERE id IN ($1)";
    OUTLETS = "SELECT code AS raw, code AS key, name, name_en FROM outlets WHERE code IN ($1)";
    DISTRICTS = "SELECT code AS raw, code AS key, name, '' AS name_en FROM regions WHERE code IN ($1)";
    SCHEMES = "SELECT code AS raw, code AS key, name, name_en FROM schemes WHERE code IN ($1)";
}

row! {
    struct Labelled {
        raw: String,
        key: String,
        name: String,
        name_en: String,
    }
}

/// Key and name of each raw key.
pub(super) struct Labels {
    dimension: Dimension,
    lang: Lang,
    known: BTreeMap<String, (String, String)>,
}

impl Labels {
    /// Reads the names of these raw keys.
    pub async fn read(conn: &mut Conn, dimension: Dimension, raw: Vec<String>, lang: Lang) -> Result<Self> {
        let sql = match dimension {
            Dimension::County => COUNTIES,
            Dimension::Pairing => PAIRINGS,
            Dimension::Category => CATEGORIES,
            Dimension::Product => PRODUCTS,
            Dimension::Coop => COOPS,
            Dimension::Outlet => OUTLETS,
            Dimension::District => DISTRICTS,
            Dimension::Scheme => SCHEMES,
            _ => return Ok(Self { dimension, lang, known: BTreeMap::new() }),
        };
        let named: Vec<Labelled> = Query::with_list(sql, raw).all(conn).await?;
        let name = |n: &Labelled| match (lang, dimension) {
            (Lang::En, Dimension::District) => romanised::name(&n.name, lang),
            (Lang::En, _) if !n.name_en.is_empty() => n.name_en.clone(),
            _ => n.name.clone(),
        };
        let known = named.into_iter().map(|n| (n.raw.clone(), (n.key.clone(), name(&n))));
        Ok(Self { dimension, lang, known: known.collect() })
    }

    /// Key and name of a raw key.
    pub fn of(&self, raw: &str) -> (String, String) {
        if let Some(known) = self.known.get(raw) {
            return known.clone();
        }
        (raw.to_owned(), word(self.dimension, raw, self.lang))
    }
}

/// The words of keys that no table names.
pub(super) fn word(dimension: Dimension, key: &str, lang: Lang) -> String {
    let (zh, en) = match (dimension, key) {
        (Dimension::Outlet, NONE) => ("无门店", "no outlet"),
        (Dimension::Pairing, NONE) => ("未结对", "not paired"),
        (Dimension::Scheme, NONE) => ("无认定", "no scheme"),
        (Dimension::District, NONE) => ("无锡以外", "outside Wuxi"),
        (_, NONE) => ("无", "none"),
        (_, FEW) => ("不足五单，合并列示", "fewer than five orders, together"),
        (Dimension::BuyerClass, class) => return named::<BuyerClass>(class, lang),
        (Dimension::Channel, channel) => return named::<Channel>(channel, lang),
        _ => return key.to_owned(),
    };
    lang.pick(zh, en).to_owned()
}

fn named<T: Named>(word: &str, lang: Lang) -> String {
    T::of(word).map_or(word, |value| value.name(lang)).to_owned()
}
