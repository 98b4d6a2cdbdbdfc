//! Rows of the published catalogue, each table read once.

use super::{
    Certificate, Coop, County, Photo, Product, SetPart, Sku,
    table::{Category, Outlet, Scheme},
};
use crate::{
    db::{Conn, Query, q, row, select, statements},
    kernel::{At, CoopId, ProductId, Result, SkuId},
    pricing::{self, SchemeDays},
};

statements! {
    COUNTIES = "SELECT c.code, c.slug, c.name, c.short_name, c.name_en, c.origin_832, c.story, c.story_en,
                  p.code AS pairing_code, p.district_code, p.name AS pairing_name, p.name_en AS pairing_name_en, p.hall_name
                FROM counties c LEFT JOIN pairings p ON p.county_code = c.code ORDER BY c.position";
    CATEGORIES = select!(Category, "ORDER BY position");
    SCHEMES = select!(Scheme, "ORDER BY code");
    OUTLETS = select!(Outlet, "ORDER BY code");
    COOPS = "SELECT id, code, slug, name, name_en, county_code, credit_code, phone, story, story_en, ship_from, sla_hours,
               (SELECT CAST(count(DISTINCT h.id_hash) AS BIGINT) FROM households h WHERE h.coop_id = coops.id) AS households
             FROM coops WHERE state = 'approved' ORDER BY code";
    PRODUCTS = "SELECT p.id, p.code, p.slug, p.coop_id, p.county_code, p.category_code, p.family, v.name, v.name_en,
                  v.summary, v.summary_en, v.story, v.story_en, v.storage, v.storage_en, v.variety, v.grade,
                  v.return_class, v.service, v.bad_fruit_promise, v.tags,
                  COALESCE(p.published_at, p.created_at) AS published_at, COALESCE(s.qty, 0) AS sales
                FROM products p JOIN product_versions v ON v.product_id = p.id AND v.version = p.version
                JOIN coops c ON c.id = p.coop_id LEFT JOIN product_sales s ON s.product_id = p.id
                WHERE p.state = 'published' AND c.state = 'approved' AND p.id IN ($1)";
    SKUS = "SELECT k.product_id, k.id, k.code, v.spec, v.spec_en, v.diameter_mm, v.pieces_min, v.pieces_max, v.pack,
              v.net_weight_g AS net, v.gross_weight_g AS gross, v.price_fen AS price, v.season_from, v.season_to, v.presale_ships_by,
              COALESCE(l.on_hand - l.held, 0) AS available
            FROM skus k JOIN sku_versions v ON v.sku_id = k.id AND v.version = k.version
            LEFT JOIN stock_levels l ON l.sku_id = k.id AND l.location = 'online'
            WHERE k.active AND k.product_id IN ($1) ORDER BY k.product_id, k.position";
    PARTS = "SELECT s.sku_id, s.name, s.name_en, s.county_code, s.coop_id
             FROM skus k JOIN set_parts s ON s.sku_id = k.id
             WHERE k.product_id IN ($1) ORDER BY s.sku_id, s.part_no";
    PHOTOS = "SELECT product_id, photo AS name, alt, alt_en, illustration FROM product_photos
              WHERE product_id IN ($1) ORDER BY product_id, position";
    COOP_CERTIFICATES = "SELECT product_id, coop_id, kind, number, holder, valid_from, valid_to FROM certificates
                         WHERE product_id IS NULL ORDER BY coop_id, kind, number";
    CERTIFICATES = "SELECT product_id, coop_id, kind, number, holder, valid_from, valid_to FROM certificates
                    WHERE product_id IN ($1) ORDER BY product_id, kind, number";
    CHANGED_PRODUCTS = "SELECT id, code FROM products WHERE changed_at >= $1";
    CHANGED_STOCK = "SELECT l.sku_id, l.on_hand - l.held AS available FROM stock_levels l
                     WHERE l.location = 'online' AND l.changed_at >= $1";
    CHANGED_SALES = "SELECT product_id, qty FROM product_sales WHERE changed_at >= $1";
}

row! {
    pub(super) struct SkuRow {
        pub product_id: ProductId,
        pub sku: Sku,
        pub available: i64,
    }
}

row! {
    pub(super) struct PartRow {
        pub sku_id: SkuId,
        pub part: SetPart,
    }
}

row! {
    pub(super) struct PhotoRow {
        pub product_id: ProductId,
        pub photo: Photo,
    }
}

row! {
    pub(super) struct CertificateRow {
        pub product_id: Option<ProductId>,
        pub coop_id: CoopId,
        pub certificate: Certificate,
    }
}

pub(super) struct ProductRows {
    pub products: Vec<Product>,
    pub skus: Vec<SkuRow>,
    pub parts: Vec<PartRow>,
    pub photos: Vec<PhotoRow>,
    pub certificates: Vec<CertificateRow>,
    pub product_schemes: Vec<SchemeDays>,
}

/// Rows of what products stand in.
pub(super) struct PlaceRows {
    pub counties: Vec<County>,
    pub categories: Vec<Category>,
    pub schemes: Vec<Scheme>,
    pub outlets: Vec<Outlet>,
    pub coops: Vec<Coop>,
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

/// Rows of these products as they are shown, on one connection.
pub(super) async fn products(conn: &mut Conn, ids: &[ProductId]) -> Result<ProductRows> {
    let of = |sql: &'static str| Query::with_list(sql, ids.iter());
    Ok(ProductRows {
        products: of(PRODUCTS).all(conn).await?,
        skus: of(SKUS).all(conn).await?,
        parts: of(PARTS).all(conn).await?,
        photos: of(PHOTOS).all(conn).await?,
        certificates: of(CERTIFICATES).all(conn).await?,
        product_schemes: pricing::scheme_days(conn, ids.to_vec()).await?,
    })
}

/// Ids and codes of products that changed since, shown or not.
pub(super) async fn changed_products(conn: &mut Conn, since: At) -> Result<Vec<(ProductId, String)>> {
    q(CHANGED_PRODUCTS).bind(since).all(conn).await
}

/// `(SKU, available)` of stock that changed since.
pub(super) async fn changed_stock(conn: &mut Conn, since: At) -> Result<Vec<(SkuId, i64)>> {
    q(CHANGED_STOCK).bind(since).all(conn).await
}

/// `(product, units sold)` that changed since.
pub(super) async fn changed_sales(conn: &mut Conn, since: At) -> Result<Vec<(ProductId, i64)>> {
    q(CHANGED_SALES).bind(since).all(conn).await
}
