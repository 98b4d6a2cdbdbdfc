//! A cooperative's own products in every state, with their SKUs and what is on hand.

use super::{Certificate, ListingState};
use crate::{
    db::{Conn, Query, q, row, statements},
    kernel::{At, Code, CoopId, Fen, Grams, ProductId, Refusal, Result, SkuId},
};

statements! {
    OWN = "SELECT p.id, p.code, p.slug, p.coop_id, p.county_code, p.category_code, p.version, p.approved_version,
             p.state, p.changed_at, v.name, v.name_en, v.summary, v.summary_en, v.story, v.story_en,
             v.storage, v.storage_en, v.variety, v.grade, v.return_class, v.service, v.bad_fruit_promise, v.tags,
             (SELECT h.photo FROM product_photos h WHERE h.product_id = p.id ORDER BY h.position LIMIT 1) AS photo,
             (SELECT d.reason FROM product_decisions d WHERE d.product_id = p.id ORDER BY d.at DESC LIMIT 1) AS reason
           FROM products p JOIN product_versions v ON v.product_id = p.id AND v.version = p.version
           WHERE p.coop_id = $1 ORDER BY p.code LIMIT $2 OFFSET $3";
    COUNT = "SELECT CAST(count(*) AS BIGINT) FROM products WHERE coop_id = $1";
    ONE = "SELECT p.id, p.code, p.slug, p.coop_id, p.county_code, p.category_code, p.version, p.approved_version,
             p.state, p.changed_at, v.name, v.name_en, v.summary, v.summary_en, v.story, v.story_en,
             v.storage, v.storage_en, v.variety, v.grade, v.return_class, v.service, v.bad_fruit_promise, v.tags,
             (SELECT h.photo FROM product_photos h WHERE h.product_id = p.id ORDER BY h.position LIMIT 1) AS photo,
             (SELECT d.reason FROM product_decisions d WHERE d.product_id = p.id ORDER BY d.at DESC LIMIT 1) AS reason
           FROM products p JOIN product_versions v ON v.product_id = p.id AND v.version = p.version
           WHERE p.id = $1";
    SKUS = "SELECT k.id, k.code, k.product_id, k.position, k.version, k.approved_version, k.active, v.spec, v.spec_en,
              v.diameter_mm, v.pieces_min, v.pieces_max, v.pack, v.net_weight_g, v.gross_weight_g, v.price_fen,
              v.season_from, v.season_to, v.presale_ships_by, COALESCE(l.on_hand, 0) AS on_hand, COALESCE(l.held, 0) AS held
            FROM skus k JOIN sku_versions v ON v.sku_id = k.id AND v.version = k.version
            LEFT JOIN stock_levels l ON l.sku_id = k.id AND l.location = 'online'
            WHERE k.product_id IN ($1) ORDER BY k.product_id, k.position";
    CERTS = "SELECT kind, number, holder, valid_from, valid_to FROM certificates
             WHERE product_id = $1 OR (product_id IS NULL AND coop_id = $2) ORDER BY kind, number";
    SKU_OF = "SELECT k.id, k.code, k.product_id, p.coop_id, p.state FROM skus k JOIN products p ON p.id = k.product_id
              WHERE k.id = $1";
}

row! {
    /// A product in its present version.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct OwnProduct {
        /// Its id.
        pub id: ProductId,
        /// Its code.
        pub code: String,
        /// Address of its page.
        pub slug: String,
        /// Who sells it.
        pub coop_id: CoopId,
        /// Where it comes from.
        pub county_code: String,
        /// Its category.
        pub category_code: String,
        /// Version of its words.
        pub version: i64,
        /// The version that was approved last; 1 for what was on the shelf from the start.
        pub approved_version: i64,
        /// Where it stands.
        pub state: ListingState,
        /// When it was changed last.
        pub changed_at: At,
        /// Name.
        pub name: String,
        /// Name in English.
        pub name_en: String,
        /// One line.
        pub summary: String,
        /// One line in English.
        pub summary_en: String,
        /// Where it comes from, told.
        pub story: String,
        /// The same in English.
        pub story_en: String,
        /// How to keep it.
        pub storage: String,
        /// The same in English.
        pub storage_en: String,
        /// Variety.
        pub variety: Option<String>,
        /// Grade.
        pub grade: Option<String>,
        /// `fresh`, `seven_day` or `custom`.
        pub return_class: String,
        /// `ambient` or `cold_chain`.
        pub service: String,
        /// Whether bad fruit is made good.
        pub bad_fruit_promise: bool,
        /// Words by which it is found, too.
        pub tags: String,
        /// Its first photo.
        pub photo: Option<String>,
        /// What the operator said last.
        pub reason: Option<String>,
    }
}

row! {
    /// A SKU in its present version, on sale or not.
    #[derive(Clone, Debug)]
    pub struct OwnSku {
        /// Its id.
        pub id: SkuId,
        /// Its code.
        pub code: String,
        /// Of which product.
        pub product_id: ProductId,
        /// Place among the product's SKUs, from 1.
        pub position: i64,
        /// Version of its spec and price.
        pub version: i64,
        /// The version whose spec, weights and season were approved; 0 where none was.
        pub approved_version: i64,
        /// Whether it is sold.
        pub active: bool,
        /// Spec.
        pub spec: String,
        /// Spec in English.
        pub spec_en: String,
        /// Diameter of fruit.
        pub diameter_mm: Option<i64>,
        /// Fewest pieces.
        pub pieces_min: Option<i64>,
        /// Most pieces.
        pub pieces_max: Option<i64>,
        /// Packing.
        pub pack: Option<String>,
        /// Net weight.
        pub net_weight_g: Grams,
        /// Gross weight.
        pub gross_weight_g: Grams,
        /// Price.
        pub price_fen: Fen,
        /// First day of its season, `MM-DD`.
        pub season_from: Option<String>,
        /// Last day of its season.
        pub season_to: Option<String>,
        /// Day by which a presale is shipped.
        pub presale_ships_by: Option<String>,
        /// On hand for online orders.
        pub on_hand: i64,
        /// Held by unpaid orders.
        pub held: i64,
    }
}

row! {
    /// A SKU with its owner.
    #[derive(Clone, Debug)]
    pub struct SkuOf {
        /// Its id.
        pub id: SkuId,
        /// Its code.
        pub code: String,
        /// Of which product.
        pub product_id: ProductId,
        /// Whose.
        pub coop_id: CoopId,
        /// Where the product stands.
        pub state: ListingState,
    }
}

/// A product with its SKUs.
pub type WithSkus = (OwnProduct, Vec<OwnSku>);

/// A cooperative's products by code, with their number in all.
pub async fn products(conn: &mut Conn, coop: &CoopId, (limit, offset): (i64, i64)) -> Result<(Vec<WithSkus>, i64)> {
    let products: Vec<OwnProduct> = q(OWN).bind(coop).bind(limit).bind(offset).all(conn).await?;
    let (total,): (i64,) = q(COUNT).bind(coop).one(conn).await?;
    let ids: Vec<ProductId> = products.iter().map(|p| p.id.clone()).collect();
    let skus: Vec<OwnSku> = Query::with_list(SKUS, ids).all(conn).await?;
    let with = products.into_iter().map(|product| {
        let own = skus.iter().filter(|s| s.product_id == product.id).cloned().collect();
        (product, own)
    });
    Ok((with.collect(), total))
}

/// A product of any cooperative; refuses an unknown one.
pub async fn product(conn: &mut Conn, id: &ProductId) -> Result<WithSkus> {
    let found: Option<OwnProduct> = q(ONE).bind(id).opt(conn).await?;
    let product = found.ok_or_else(|| Refusal::new(Code::NotFound))?;
    let skus = Query::with_list(SKUS, [id.clone()]).all(conn).await?;
    Ok((product, skus))
}

/// A cooperative's own product; another's is not found (I11).
pub async fn own_product(conn: &mut Conn, id: &ProductId, coop: &CoopId) -> Result<WithSkus> {
    let found = product(conn, id).await?;
    if found.0.coop_id == *coop { Ok(found) } else { Err(Refusal::new(Code::NotFound).into()) }
}

/// A product's certificates and its cooperative's, held or past.
pub async fn certificates(conn: &mut Conn, product: &OwnProduct) -> Result<Vec<Certificate>> {
    q(CERTS).bind(&product.id).bind(&product.coop_id).all(conn).await
}

/// A cooperative's own SKU; another's is not found (I11).
pub async fn own_sku(conn: &mut Conn, id: &SkuId, coop: &CoopId) -> Result<SkuOf> {
    let found: Option<SkuOf> = q(SKU_OF).bind(id).opt(conn).await?;
    let own = found.filter(|sku| sku.coop_id == *coop);
    own.ok_or_else(|| Refusal::new(Code::NotFound).into())
}
