//! What a quote needs to know of the SKUs asked for: one statement, and one for the parts of sets.

use std::collections::BTreeSet;

use crate::{
    cooperatives::{service::Service, state::CoopState},
    db::{Conn, Query, q, row, select, statements, view},
    kernel::{CoopId, Day, Fen, Grams, ProductId, Result, SkuId},
};

statements! {
    FACTS = select!(Facts, "WHERE s.code IN ($2)");
    PARTS = "SELECT sku_id, part_no, coop_id, county_code, category_code, list_price_fen
             FROM set_parts WHERE sku_id IN ($1) ORDER BY sku_id, part_no";
    SCHEMES = "SELECT ps.product_id, ps.scheme_code, ps.valid_from, ps.valid_to, s.valid_from AS scheme_from,
                 s.valid_to AS scheme_to
               FROM product_schemes ps JOIN schemes s ON s.code = ps.scheme_code
               WHERE ps.product_id IN ($1) ORDER BY ps.product_id, ps.scheme_code";
    VERSIONS = "SELECT s.id, v.price_fen, CASE WHEN s.active AND p.state = 'published' AND c.state = 'approved'
                  THEN TRUE ELSE FALSE END AS sold
                FROM skus s JOIN sku_versions v ON v.sku_id = s.id AND v.version = s.version
                JOIN products p ON p.id = s.product_id JOIN coops c ON c.id = p.coop_id WHERE s.id IN ($1)";
}

view! {
    /// A SKU as it is sold now.
    #[derive(Clone, Debug)]
    pub struct Facts
        from "skus s JOIN sku_versions v ON v.sku_id = s.id AND v.version = s.version
              JOIN products p ON p.id = s.product_id
              JOIN product_versions pv ON pv.product_id = p.id AND pv.version = p.version
              JOIN coops c ON c.id = p.coop_id
              LEFT JOIN stock_levels l ON l.sku_id = s.id AND l.location = 'online'"
    {
        pub sku_id: SkuId = "s.id",
        pub sku: String = "s.code",
        pub sku_version: i64 = "s.version",
        pub active: bool = "s.active",
        pub spec: String = "v.spec",
        pub spec_en: String = "v.spec_en",
        pub pieces_min: Option<i64> = "v.pieces_min",
        pub net_weight_g: Grams = "v.net_weight_g",
        pub gross_weight_g: Grams = "v.gross_weight_g",
        pub price_fen: Fen = "v.price_fen",
        pub season_from: Option<String> = "v.season_from",
        pub season_to: Option<String> = "v.season_to",
        pub presale_ships_by: Option<String> = "v.presale_ships_by",
        pub product_id: ProductId = "p.id",
        pub product_slug: String = "p.slug",
        pub product_version: i64 = "p.version",
        pub product_state: String = "p.state",
        pub county_code: String = "p.county_code",
        pub category_code: String = "p.category_code",
        pub name: String = "pv.name",
        pub name_en: String = "pv.name_en",
        pub return_class: crate::kernel::ReturnClass = "pv.return_class",
        pub service: Service = "pv.service",
        pub coop_id: CoopId = "c.id",
        pub coop_slug: String = "c.slug",
        pub coop_name: String = "c.name",
        pub coop_name_en: String = "c.name_en",
        pub coop_state: CoopState = "c.state",
        pub sla_hours: i64 = "c.sla_hours",
        pub photo: String =
            "COALESCE((SELECT photo FROM product_photos ph WHERE ph.product_id = p.id AND ph.position = 1), '')",
        pub available: i64 = "COALESCE(l.on_hand - l.held, 0)",
        /// Whether it has parts.
        pub is_set: bool = "CASE WHEN EXISTS (SELECT 1 FROM set_parts sp WHERE sp.sku_id = s.id) THEN TRUE ELSE FALSE END",
        /// Codes of the product's schemes that hold on the day of the question (C1), one or several times.
        pub schemes: Option<String> =
            "(SELECT string_agg(ps.scheme_code, ',') FROM product_schemes ps JOIN schemes sc ON sc.code = ps.scheme_code
              WHERE ps.product_id = p.id AND ps.valid_from <= $1 AND COALESCE(ps.valid_to, $1) >= $1
                AND sc.valid_from <= $1 AND COALESCE(sc.valid_to, $1) >= $1)",
    }
}

row! {
    /// A part of a set.
    #[derive(Clone, Debug)]
    pub struct PartFacts {
        pub sku_id: SkuId,
        pub part_no: i64,
        pub coop_id: CoopId,
        pub county_code: String,
        pub category_code: String,
        pub list_price_fen: Fen,
    }
}

row! {
    /// Whether a SKU is still sold as it was quoted.
    #[derive(Clone, Debug)]
    pub struct VersionNow {
        pub id: SkuId,
        pub price_fen: Fen,
        pub sold: bool,
    }
}

/// What is known of SKUs, with the schemes of a day.
pub async fn facts(conn: &mut Conn, skus: &[String], day: Day) -> Result<Vec<Facts>> {
    q(FACTS).bind(day).and_list(skus).all(conn).await
}

/// Codes of schemes as a statement joins them, each once, sorted.
pub fn scheme_codes(joined: Option<&str>) -> BTreeSet<&str> {
    joined.into_iter().flat_map(|codes| codes.split(',')).collect()
}

pub async fn parts(conn: &mut Conn, skus: Vec<SkuId>) -> Result<Vec<PartFacts>> {
    Query::with_list(PARTS, skus).all(conn).await
}

row! {
    /// A scheme of a product, with the days of both.
    #[derive(Clone, Debug)]
    pub struct SchemeDays {
        pub product_id: ProductId,
        pub scheme_code: String,
        pub valid_from: Day,
        pub valid_to: Option<Day>,
        pub scheme_from: Day,
        pub scheme_to: Option<Day>,
    }
}

impl SchemeDays {
    /// Whether it holds on a day.
    pub fn holds(&self, day: Day) -> bool {
        let within = |from: Day, to: Option<Day>| from <= day && to.is_none_or(|to| day <= to);
        within(self.valid_from, self.valid_to) && within(self.scheme_from, self.scheme_to)
    }
}

/// Schemes of the products on whatever day.
pub async fn scheme_days(conn: &mut Conn, products: Vec<ProductId>) -> Result<Vec<SchemeDays>> {
    Query::with_list(SCHEMES, products).all(conn).await
}

pub async fn versions_now(conn: &mut Conn, skus: Vec<SkuId>) -> Result<Vec<VersionNow>> {
    Query::with_list(VERSIONS, skus).all(conn).await
}
