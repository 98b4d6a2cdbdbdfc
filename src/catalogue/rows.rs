//! Rows of the published catalogue, each table read once.

use crate::{
    db::{Conn, FromRow, q, statements},
    kernel::{At, CoopId, Day, Fen, Grams, ProductId, Result, SkuId},
};

statements! {
    COUNTIES = "SELECT c.code, c.slug, c.name, c.short_name, c.name_en, c.origin_832, c.story, c.story_en,
                  p.code AS pairing_code, p.district_code, p.name AS pairing_name, p.name_en AS pairing_name_en, p.hall_name
                FROM counties c LEFT JOIN pairings p ON p.county_code = c.code ORDER BY c.position";
    CATEGORIES = "SELECT code, name, name_en FROM categories ORDER BY position";
    SCHEMES = "SELECT code, name, name_en, note, note_en FROM schemes ORDER BY code";
    OUTLETS = "SELECT code, name, name_en, kind, county_code, district_code, address FROM outlets ORDER BY code";
    COOPS = "SELECT id, code, slug, name, name_en, county_code, credit_code, phone, story, story_en, ship_from, sla_hours,
               (SELECT CAST(count(DISTINCT h.id_hash) AS BIGINT) FROM households h WHERE h.coop_id = coops.id) AS households
             FROM coops WHERE state = 'approved' ORDER BY code";
    PRODUCTS = "SELECT p.id, p.code, p.slug, p.coop_id, p.county_code, p.category_code, p.family, v.name, v.name_en,
                  v.summary, v.summary_en, v.story, v.story_en, v.storage, v.storage_en, v.variety, v.grade,
                  v.return_class, v.service, v.bad_fruit_promise, v.tags,
                  COALESCE(p.published_at, p.created_at) AS published_at, COALESCE(s.qty, 0) AS sales
                FROM products p JOIN product_versions v ON v.product_id = p.id AND v.version = p.version
                JOIN coops c ON c.id = p.coop_id LEFT JOIN product_sales s ON s.product_id = p.id
                WHERE p.state = 'published' AND c.state = 'approved' AND p.changed_at >= $1 ORDER BY p.code";
    SKUS = "SELECT k.id, k.code, k.product_id, v.spec, v.spec_en, v.diameter_mm, v.pieces_min, v.pieces_max, v.pack,
              v.net_weight_g, v.gross_weight_g, v.price_fen, v.season_from, v.season_to, v.presale_ships_by,
              COALESCE(l.on_hand - l.held, 0) AS available
            FROM products p JOIN skus k ON k.product_id = p.id
            JOIN sku_versions v ON v.sku_id = k.id AND v.version = k.version
            LEFT JOIN stock_levels l ON l.sku_id = k.id AND l.location = 'online'
            WHERE k.active AND p.changed_at >= $1 ORDER BY k.product_id, k.position";
    PARTS = "SELECT s.sku_id, s.name, s.name_en, s.coop_id, s.county_code
             FROM products p JOIN skus k ON k.product_id = p.id JOIN set_parts s ON s.sku_id = k.id
             WHERE p.changed_at >= $1 ORDER BY s.sku_id, s.part_no";
    PHOTOS = "SELECT f.product_id, f.photo, f.alt, f.alt_en, f.illustration
              FROM products p JOIN product_photos f ON f.product_id = p.id
              WHERE p.changed_at >= $1 ORDER BY f.product_id, f.position";
    COOP_CERTIFICATES = "SELECT product_id, coop_id, kind, number, holder, valid_from, valid_to FROM certificates
                         WHERE product_id IS NULL ORDER BY coop_id, kind, number";
    CERTIFICATES = "SELECT c.product_id, c.coop_id, c.kind, c.number, c.holder, c.valid_from, c.valid_to
                    FROM products p JOIN certificates c ON c.product_id = p.id
                    WHERE p.changed_at >= $1 ORDER BY c.product_id, c.kind, c.number";
    PRODUCT_SCHEMES = "SELECT s.product_id, s.scheme_code FROM products p JOIN product_schemes s ON s.product_id = p.id
                       JOIN schemes c ON c.code = s.scheme_code
                       WHERE p.changed_at >= $1 AND s.valid_from <= $2 AND (s.valid_to IS NULL OR s.valid_to >= $2)
                         AND c.valid_from <= $2 AND (c.valid_to IS NULL OR c.valid_to >= $2)
                       ORDER BY s.product_id, s.scheme_code";
    CHANGED_PRODUCTS = "SELECT code FROM products WHERE changed_at >= $1 ORDER BY code";
    CHANGED_STOCK = "SELECT l.sku_id, l.on_hand - l.held AS available FROM stock_levels l
                     WHERE l.location = 'online' AND l.changed_at >= $1";
    CHANGED_SALES = "SELECT product_id, qty FROM product_sales WHERE changed_at >= $1";
}

#[derive(FromRow)]
pub(super) struct CountyRow {
    pub code: String,
    pub slug: String,
    pub name: String,
    pub short_name: String,
    pub name_en: String,
    pub origin_832: bool,
    pub story: String,
    pub story_en: String,
    pub pairing_code: Option<String>,
    pub district_code: Option<String>,
    pub pairing_name: Option<String>,
    pub pairing_name_en: Option<String>,
    pub hall_name: Option<String>,
}

/// A code with its names.
#[derive(Clone, Debug, FromRow)]
pub struct Named {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Name in English.
    pub name_en: String,
}

/// A recognition scheme (口径, counting.md 2.1).
#[derive(Clone, Debug, FromRow)]
pub struct SchemeRow {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Name in English.
    pub name_en: String,
    /// What it does and does not mean here.
    pub note: String,
    /// The same in English.
    pub note_en: String,
}

#[derive(FromRow)]
pub(super) struct OutletRow {
    pub code: String,
    pub name: String,
    pub name_en: String,
    pub kind: String,
    pub county_code: Option<String>,
    pub district_code: String,
    pub address: String,
}

#[derive(FromRow)]
pub(super) struct CoopRow {
    pub id: CoopId,
    pub code: String,
    pub slug: String,
    pub name: String,
    pub name_en: String,
    pub county_code: String,
    pub credit_code: String,
    pub phone: String,
    pub story: String,
    pub story_en: String,
    pub ship_from: String,
    pub sla_hours: i64,
    pub households: i64,
}

#[derive(FromRow)]
pub(super) struct ProductRow {
    pub id: ProductId,
    pub code: String,
    pub slug: String,
    pub coop_id: CoopId,
    pub county_code: String,
    pub category_code: String,
    pub family: Option<String>,
    pub name: String,
    pub name_en: String,
    pub summary: String,
    pub summary_en: String,
    pub story: String,
    pub story_en: String,
    pub storage: String,
    pub storage_en: String,
    pub variety: Option<String>,
    pub grade: Option<String>,
    pub return_class: String,
    pub service: String,
    pub bad_fruit_promise: bool,
    pub tags: String,
    pub published_at: At,
    pub sales: i64,
}

#[derive(FromRow)]
pub(super) struct SkuRow {
    pub id: SkuId,
    pub code: String,
    pub product_id: ProductId,
    pub spec: String,
    pub spec_en: String,
    pub diameter_mm: Option<i64>,
    pub pieces_min: Option<i64>,
    pub pieces_max: Option<i64>,
    pub pack: Option<String>,
    pub net_weight_g: Grams,
    pub gross_weight_g: Grams,
    pub price_fen: Fen,
    pub season_from: Option<String>,
    pub season_to: Option<String>,
    pub presale_ships_by: Option<String>,
    pub available: i64,
}

#[derive(FromRow)]
pub(super) struct PartRow {
    pub sku_id: SkuId,
    pub name: String,
    pub name_en: String,
    pub coop_id: CoopId,
    pub county_code: String,
}

#[derive(FromRow)]
pub(super) struct PhotoRow {
    pub product_id: ProductId,
    pub photo: String,
    pub alt: String,
    pub alt_en: String,
    pub illustration: bool,
}

#[derive(FromRow)]
pub(super) struct CertificateRow {
    pub product_id: Option<ProductId>,
    pub coop_id: CoopId,
    pub kind: String,
    pub number: String,
    pub holder: String,
    pub valid_from: Day,
    pub valid_to: Day,
}

/// Rows of products.
pub(super) struct ProductRows {
    pub products: Vec<ProductRow>,
    pub skus: Vec<SkuRow>,
    pub parts: Vec<PartRow>,
    pub photos: Vec<PhotoRow>,
    pub certificates: Vec<CertificateRow>,
    pub product_schemes: Vec<(ProductId, String)>,
}

/// Rows of what products stand in.
pub(super) struct PlaceRows {
    pub counties: Vec<CountyRow>,
    pub categories: Vec<Named>,
    pub schemes: Vec<SchemeRow>,
    pub outlets: Vec<OutletRow>,
    pub coops: Vec<CoopRow>,
    pub coop_certificates: Vec<CertificateRow>,
}

/// Places and cooperatives, on one connection.
pub(super) async fn places(conn: &mut Conn) -> Result<PlaceRows> {
    Ok(PlaceRows {
        counties: q(COUNTIES).all(conn).await?,
        categories: q(CATEGORIES).all(conn).await?,
        schemes: q(SCHEMES).all(conn).await?,
        outlets: q(OUTLETS).all(conn).await?,
        coops: q(COOPS).all(conn).await?,
        coop_certificates: q(COOP_CERTIFICATES).all(conn).await?,
    })
}

/// Products that changed since, as they are shown on a day, on one connection.
pub(super) async fn products(conn: &mut Conn, day: Day, since: At) -> Result<ProductRows> {
    Ok(ProductRows {
        products: q(PRODUCTS).bind(since).all(conn).await?,
        skus: q(SKUS).bind(since).all(conn).await?,
        parts: q(PARTS).bind(since).all(conn).await?,
        photos: q(PHOTOS).bind(since).all(conn).await?,
        certificates: q(CERTIFICATES).bind(since).all(conn).await?,
        product_schemes: q(PRODUCT_SCHEMES).bind(since).bind(day).all(conn).await?,
    })
}

/// Codes of products that changed since, shown or not.
pub(super) async fn changed_products(conn: &mut Conn, since: At) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = q(CHANGED_PRODUCTS).bind(since).all(conn).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// `(SKU, available)` of stock that changed since.
pub(super) async fn changed_stock(conn: &mut Conn, since: At) -> Result<Vec<(SkuId, i64)>> {
    q(CHANGED_STOCK).bind(since).all(conn).await
}

/// `(product, units sold)` that changed since.
pub(super) async fn changed_sales(conn: &mut Conn, since: At) -> Result<Vec<(ProductId, i64)>> {
    q(CHANGED_SALES).bind(since).all(conn).await
}
