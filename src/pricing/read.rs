//! What a quote needs to know of the SKUs asked for: one statement, and one for parts and schemes each.

use crate::{
    db::{Conn, Query, row, statements},
    kernel::{CoopId, Day, Fen, Grams, ProductId, Result, SkuId},
};

statements! {
    FACTS = "SELECT s.id AS sku_id, s.code AS sku, s.version AS sku_version, s.active, v.spec, v.spec_en, v.pieces_min,
               v.net_weight_g, v.gross_weight_g, v.price_fen, v.season_from, v.season_to, v.presale_ships_by,
               p.id AS product_id, p.slug AS product_slug, p.version AS product_version,
               p.state AS product_state, p.county_code, p.category_code, pv.name, pv.name_en, pv.return_class,
               pv.service, c.id AS coop_id, c.slug AS coop_slug, c.name AS coop_name, c.name_en AS coop_name_en,
               c.state AS coop_state, c.sla_hours,
               COALESCE((SELECT photo FROM product_photos ph WHERE ph.product_id = p.id AND ph.position = 1), '') AS photo,
               COALESCE(l.on_hand - l.held, 0) AS available
             FROM skus s
             JOIN sku_versions v ON v.sku_id = s.id AND v.version = s.version
             JOIN products p ON p.id = s.product_id
             JOIN product_versions pv ON pv.product_id = p.id AND pv.version = p.version
             JOIN coops c ON c.id = p.coop_id
             LEFT JOIN stock_levels l ON l.sku_id = s.id AND l.location = 'online'
             WHERE s.code IN ($1)";
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

row! {
    /// A SKU as it is sold now.
    #[derive(Clone, Debug)]
    pub struct Facts {
        pub sku_id: SkuId,
        pub sku: String,
        pub sku_version: i64,
        pub active: bool,
        pub spec: String,
        pub spec_en: String,
        pub pieces_min: Option<i64>,
        pub net_weight_g: Grams,
        pub gross_weight_g: Grams,
        pub price_fen: Fen,
        pub season_from: Option<String>,
        pub season_to: Option<String>,
        pub presale_ships_by: Option<String>,
        pub product_id: ProductId,
        pub product_slug: String,
        pub product_version: i64,
        pub product_state: String,
        pub county_code: String,
        pub category_code: String,
        pub name: String,
        pub name_en: String,
        pub return_class: String,
        pub service: String,
        pub coop_id: CoopId,
        pub coop_slug: String,
        pub coop_name: String,
        pub coop_name_en: String,
        pub coop_state: String,
        pub sla_hours: i64,
        pub photo: String,
        pub available: i64,
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

pub async fn facts(conn: &mut Conn, skus: &[String]) -> Result<Vec<Facts>> {
    Query::with_list(FACTS, skus).all(conn).await
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

/// Schemes of the products that hold on a day (C1), sorted by code.
pub async fn schemes_on(conn: &mut Conn, products: Vec<ProductId>, day: Day) -> Result<Vec<(ProductId, String)>> {
    let rows = scheme_days(conn, products).await?;
    let mut codes: Vec<_> = rows.into_iter().filter(|r| r.holds(day)).map(|r| (r.product_id, r.scheme_code)).collect();
    codes.dedup();
    Ok(codes)
}

pub async fn versions_now(conn: &mut Conn, skus: Vec<SkuId>) -> Result<Vec<VersionNow>> {
    Query::with_list(VERSIONS, skus).all(conn).await
}
