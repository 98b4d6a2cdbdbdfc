//! Rows of the catalogue's tables, for whoever adds to it: the cooperatives' desk, seeds, generators.
//! Those of places are read from the seeds' files as they are; there, a row's position is its place in the file.

use super::{CertificateKind, ListingState};
use crate::{
    cooperatives::service::Service,
    db::table,
    kernel::{At, CoopId, Day, Fen, Grams, PersonId, ProductId, RegionLevel, ReturnClass, SkuId, closed_set},
};

closed_set! {
    /// What stands in Wuxi.
    pub enum OutletKind {
        /// A county's hall.
        Hall = "hall",
        /// A zone in another's shop.
        Zone = "zone",
        /// A cabinet for pickup.
        Cabinet = "cabinet",
    }
}

table! {
    /// A region by its GB code, below its parent.
    #[derive(Clone, Debug, serde::Deserialize)]
    pub struct Region in "regions" {
        pub code: String,
        pub name: String,
        pub level: RegionLevel,
        pub parent: Option<String>,
    }
}

table! {
    /// A county of Yan'an.
    #[derive(Clone, Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct County in "counties" {
        pub code: String,
        pub slug: String,
        pub name: String,
        pub short_name: String,
        pub name_en: String,
        pub origin_832: bool,
        pub story: String,
        pub story_en: String,
        #[serde(skip_deserializing)]
        pub position: i64,
    }
}

table! {
    /// A county's pairing (结对) with a district of Wuxi, and the document that says so.
    #[derive(Clone, Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct Pairing in "pairings" {
        #[serde(rename = "county")]
        pub county_code: String,
        pub code: String,
        #[serde(rename = "district")]
        pub district_code: String,
        pub name: String,
        pub name_en: String,
        #[serde(rename = "hall")]
        pub hall_name: String,
        pub document: String,
    }
}

table! {
    /// A recognition scheme (口径).
    #[derive(Clone, Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct Scheme in "schemes" {
        pub code: String,
        pub name: String,
        pub name_en: String,
        pub note: String,
        pub note_en: String,
        pub document: String,
        pub valid_from: Day,
        pub valid_to: Option<Day>,
    }
}

table! {
    /// A hall, zone or cabinet in Wuxi.
    #[derive(Clone, Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct Outlet in "outlets" {
        /// As `JY`.
        pub code: String,
        pub name: String,
        pub name_en: String,
        pub kind: OutletKind,
        /// Its county, if it is a county's hall.
        #[serde(rename = "county")]
        pub county_code: Option<String>,
        #[serde(rename = "district")]
        pub district_code: String,
        pub address: String,
    }
}

table! {
    /// A category of goods.
    #[derive(Clone, Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct Category in "categories" {
        pub code: String,
        pub name: String,
        pub name_en: String,
        #[serde(skip_deserializing)]
        pub position: i64,
    }
}

table! {
    /// A product, apart from its words.
    #[derive(Clone, Debug)]
    pub struct Product in "products" {
        pub id: ProductId,
        pub code: String,
        pub slug: String,
        pub coop_id: CoopId,
        pub county_code: String,
        pub category_code: String,
        pub family: Option<String>,
        pub version: i64,
        pub approved_version: i64,
        pub state: ListingState,
        pub created_at: At,
        pub published_at: Option<At>,
        pub changed_at: At,
    }
}

table! {
    /// What was said of a product at a time; rows are added, never changed.
    #[derive(Clone, Debug)]
    pub struct ProductVersion in "product_versions" {
        pub product_id: ProductId,
        pub version: i64,
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
        pub return_class: ReturnClass,
        pub service: Service,
        pub bad_fruit_promise: bool,
        pub tags: String,
        pub created_at: At,
        pub created_by: Option<PersonId>,
        /// Versions from before counties and categories were kept say nothing of them.
        pub county_code: Option<String>,
        pub category_code: Option<String>,
    }
}

table! {
    /// A picture of a product.
    #[derive(Clone, Debug)]
    pub struct ProductPhoto in "product_photos" {
        pub product_id: ProductId,
        pub position: i64,
        pub photo: String,
        pub alt: String,
        pub alt_en: String,
        pub illustration: bool,
    }
}

table! {
    /// A SKU, apart from its spec and price.
    #[derive(Clone, Debug)]
    pub struct Sku in "skus" or "ON CONFLICT DO NOTHING" {
        pub id: SkuId,
        pub code: String,
        pub product_id: ProductId,
        pub position: i64,
        pub version: i64,
        pub active: bool,
        pub approved_version: i64,
    }
}

table! {
    /// Spec and price of a SKU at a time; rows are added, never changed.
    #[derive(Clone, Debug, PartialEq)]
    pub struct SkuVersion in "sku_versions" {
        pub sku_id: SkuId,
        pub version: i64,
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
        pub created_at: At,
        pub created_by: Option<PersonId>,
    }
}

table! {
    /// A part of a set; its money is split over them by list price.
    #[derive(Clone, Debug)]
    pub struct SetPart in "set_parts" {
        pub sku_id: SkuId,
        pub part_no: i64,
        pub name: String,
        pub name_en: String,
        pub coop_id: CoopId,
        pub county_code: String,
        pub category_code: String,
        pub list_price_fen: Fen,
    }
}

table! {
    /// A certificate of a product, or of a cooperative; a number stands once.
    #[derive(Clone, Debug)]
    pub struct Certificate in "certificates" or "ON CONFLICT (number) DO NOTHING" {
        pub id: String,
        pub product_id: Option<ProductId>,
        pub coop_id: CoopId,
        pub kind: CertificateKind,
        pub number: String,
        pub holder: String,
        pub valid_from: Day,
        pub valid_to: Day,
        /// The version of the product that it came with.
        pub product_version: Option<i64>,
    }
}

table! {
    /// A scheme that a product is recognised by.
    #[derive(Clone, Debug)]
    pub struct ProductScheme in "product_schemes" {
        pub product_id: ProductId,
        pub scheme_code: String,
        pub valid_from: Day,
        pub valid_to: Option<Day>,
        pub document: String,
    }
}

table! {
    /// What the operator said of a product.
    #[derive(Clone, Debug)]
    pub struct ProductDecision in "product_decisions" {
        pub product_id: ProductId,
        pub at: At,
        pub version: i64,
        pub decision: crate::cooperatives::decide::Decision,
        pub reason: String,
        pub person_id: Option<PersonId>,
    }
}
