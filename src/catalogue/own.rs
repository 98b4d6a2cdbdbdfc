//! A cooperative's own products in every state, with their SKUs and what is on hand.

use super::{
    Certificate, ListingState,
    table::{ProductVersion, SkuVersion},
};
use crate::{
    cooperatives::service::Service,
    db::{Conn, Query, q, select, statements, view},
    kernel::{At, Code, CoopId, Fen, Grams, PersonId, ProductId, Refusal, Result, ReturnClass, SkuId},
};

statements! {
    OWN = select!(OwnProduct, "WHERE p.coop_id = $1 ORDER BY p.code LIMIT $2 OFFSET $3");
    COUNT = "SELECT CAST(count(*) AS BIGINT) FROM products WHERE coop_id = $1";
    ONE = select!(OwnProduct, "WHERE p.id = $1");
    SKUS = select!(OwnSku, "WHERE k.product_id IN ($1) ORDER BY k.product_id, k.position");
    CERTS = "SELECT kind, number, holder, valid_from, valid_to FROM certificates
             WHERE product_id = $1 OR (product_id IS NULL AND coop_id = $2) ORDER BY kind, number";
    SKU_OF = select!(SkuOf, "WHERE k.id = $1");
}

view! {
    /// A product in its present version.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct OwnProduct
        from "products p JOIN product_versions v ON v.product_id = p.id AND v.version = p.version"
    {
        pub id: ProductId = "p.id",
        pub code: String = "p.code",
        /// Address of its page.
        pub slug: String = "p.slug",
        /// Who sells it.
        pub coop_id: CoopId = "p.coop_id",
        /// Where it comes from.
        pub county_code: String = "p.county_code",
        pub category_code: String = "p.category_code",
        /// Version of its words.
        pub version: i64 = "p.version",
        /// The version that was approved last; 1 for what was on the shelf from the start.
        pub approved_version: i64 = "p.approved_version",
        /// Where it stands.
        pub state: ListingState = "p.state",
        /// When it was changed last.
        pub changed_at: At = "p.changed_at",
        pub name: String = "v.name",
        pub name_en: String = "v.name_en",
        /// One line.
        pub summary: String = "v.summary",
        /// One line in English.
        pub summary_en: String = "v.summary_en",
        /// Where it comes from, told.
        pub story: String = "v.story",
        /// The same in English.
        pub story_en: String = "v.story_en",
        /// How to keep it.
        pub storage: String = "v.storage",
        /// The same in English.
        pub storage_en: String = "v.storage_en",
        pub variety: Option<String> = "v.variety",
        pub grade: Option<String> = "v.grade",
        pub return_class: ReturnClass = "v.return_class",
        /// How it travels.
        pub service: Service = "v.service",
        /// Whether bad fruit is made good.
        pub bad_fruit_promise: bool = "v.bad_fruit_promise",
        /// Words by which it is found, too.
        pub tags: String = "v.tags",
        /// Its first photo.
        pub photo: Option<String> =
            "(SELECT h.photo FROM product_photos h WHERE h.product_id = p.id ORDER BY h.position LIMIT 1)",
        /// What the operator said last.
        pub reason: Option<String> =
            "(SELECT d.reason FROM product_decisions d WHERE d.product_id = p.id ORDER BY d.at DESC LIMIT 1)",
    }
}

view! {
    /// A SKU in its present version, on sale or not.
    #[derive(Clone, Debug)]
    pub struct OwnSku
        from "skus k JOIN sku_versions v ON v.sku_id = k.id AND v.version = k.version
              LEFT JOIN stock_levels l ON l.sku_id = k.id AND l.location = 'online'"
    {
        pub id: SkuId = "k.id",
        pub code: String = "k.code",
        pub product_id: ProductId = "k.product_id",
        /// Place among the product's SKUs, from 1.
        pub position: i64 = "k.position",
        /// Version of its spec and price.
        pub version: i64 = "k.version",
        /// The version whose spec, weights and season were approved; 0 where none was.
        pub approved_version: i64 = "k.approved_version",
        /// Whether it is sold.
        pub active: bool = "k.active",
        pub spec: String = "v.spec",
        pub spec_en: String = "v.spec_en",
        /// Diameter of fruit.
        pub diameter_mm: Option<i64> = "v.diameter_mm",
        /// Fewest pieces.
        pub pieces_min: Option<i64> = "v.pieces_min",
        /// Most pieces.
        pub pieces_max: Option<i64> = "v.pieces_max",
        pub pack: Option<String> = "v.pack",
        pub net_weight_g: Grams = "v.net_weight_g",
        pub gross_weight_g: Grams = "v.gross_weight_g",
        pub price_fen: Fen = "v.price_fen",
        /// First day of its season, `MM-DD`.
        pub season_from: Option<String> = "v.season_from",
        /// Last day of its season.
        pub season_to: Option<String> = "v.season_to",
        /// Day by which a presale is shipped.
        pub presale_ships_by: Option<String> = "v.presale_ships_by",
        /// On hand for online orders.
        pub on_hand: i64 = "COALESCE(l.on_hand, 0)",
        /// Held by unpaid orders.
        pub held: i64 = "COALESCE(l.held, 0)",
    }
}

view! {
    /// A SKU with its owner.
    #[derive(Clone, Debug)]
    pub struct SkuOf
        from "skus k JOIN products p ON p.id = k.product_id"
    {
        pub id: SkuId = "k.id",
        pub code: String = "k.code",
        pub product_id: ProductId = "k.product_id",
        /// Whose.
        pub coop_id: CoopId = "p.coop_id",
        /// Where the product stands.
        pub state: ListingState = "p.state",
    }
}

impl OwnProduct {
    /// Its words as the version that they are.
    pub(super) fn version_at(&self, at: At, by: Option<PersonId>) -> ProductVersion {
        let own = self.clone();
        ProductVersion {
            product_id: own.id,
            version: own.version,
            name: own.name,
            name_en: own.name_en,
            summary: own.summary,
            summary_en: own.summary_en,
            story: own.story,
            story_en: own.story_en,
            storage: own.storage,
            storage_en: own.storage_en,
            variety: own.variety,
            grade: own.grade,
            return_class: own.return_class,
            service: own.service,
            bad_fruit_promise: own.bad_fruit_promise,
            tags: own.tags,
            created_at: at,
            created_by: by,
            county_code: Some(own.county_code),
            category_code: Some(own.category_code),
        }
    }
}

impl OwnSku {
    /// Its spec and price as the version that they are.
    pub(super) fn version_at(&self, at: At, by: Option<PersonId>) -> SkuVersion {
        let own = self.clone();
        SkuVersion {
            sku_id: own.id,
            version: own.version,
            spec: own.spec,
            spec_en: own.spec_en,
            diameter_mm: own.diameter_mm,
            pieces_min: own.pieces_min,
            pieces_max: own.pieces_max,
            pack: own.pack,
            net_weight_g: own.net_weight_g,
            gross_weight_g: own.gross_weight_g,
            price_fen: own.price_fen,
            season_from: own.season_from,
            season_to: own.season_to,
            presale_ships_by: own.presale_ships_by,
            created_at: at,
            created_by: by,
        }
    }
}

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
