//! A product as programs see it.

use serde::Serialize;
use utoipa::ToSchema;

use super::{CertificateKind, Product, Snapshot};
use crate::kernel::{Day, Fen, Grams, Lang};

/// A cooperative by name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CoopRef {
    pub slug: String,
    pub name: String,
}

/// When a SKU is sold, `MM-DD`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SeasonView {
    pub from: String,
    pub to: String,
}

/// Presale: by when it is shipped.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PresaleView {
    pub ships_by: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SkuView {
    pub sku: String,
    pub spec: String,
    pub net_weight_g: i64,
    pub gross_weight_g: i64,
    #[schema(value_type = i64)]
    pub price_fen: Fen,
    /// Price of 500 g net.
    #[schema(value_type = i64)]
    pub unit_price_fen_per_500g: Fen,
    pub available: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub season: Option<SeasonView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presale: Option<PresaleView>,
}

/// A certificate that holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CertView {
    pub kind: CertificateKind,
    pub number: String,
    #[schema(value_type = String)]
    pub valid_to: Day,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProductView {
    pub code: String,
    pub slug: String,
    pub name: String,
    pub county: String,
    pub county_code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pairing: Option<String>,
    pub category: String,
    pub coop: CoopRef,
    pub summary: String,
    pub photo: String,
    #[schema(value_type = i64)]
    pub from_fen: Fen,
    pub skus: Vec<SkuView>,
    pub certs: Vec<CertView>,
    pub schemes: Vec<String>,
    pub in_season: bool,
    pub sales: i64,
    /// Whether the goods are of a demonstration (演示数据).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub demo: bool,
}

/// Price of 500 g, from the net weight.
pub fn per_500g(price: Fen, net: Grams) -> Fen {
    net.price_per_500g(price)
}

impl Snapshot {
    /// The product as programs see it.
    pub fn view(&self, product: &Product, lang: Lang, demo: bool) -> ProductView {
        let county = self.county(&product.county_code);
        let coop = self.coop(&product.coop_id);
        let photo = product.photos.first().map(|p| p.name.clone()).unwrap_or_default();
        let skus = product.skus.iter().zip(&product.available).map(|(sku, available)| SkuView {
            sku: sku.code.clone(),
            spec: lang.pick(&sku.spec, &sku.spec_en).to_owned(),
            net_weight_g: sku.net.0,
            gross_weight_g: sku.gross.0,
            price_fen: sku.price,
            unit_price_fen_per_500g: per_500g(sku.price, sku.net),
            available: (*available).max(0),
            season: sku.season.clone().map(|s| SeasonView { from: s.from, to: s.to }),
            presale: sku.presale_ships_by.clone().map(|ships_by| PresaleView { ships_by }),
        });
        let certs = product.certs.iter().filter(|c| c.holds(self.day)).map(|c| CertView {
            kind: c.kind,
            number: c.number.clone(),
            valid_to: c.valid_to,
        });
        ProductView {
            code: product.code.clone(),
            slug: product.slug.clone(),
            name: lang.pick(&product.name, &product.name_en).to_owned(),
            county: county.map(|c| lang.pick(&c.name, &c.name_en).to_owned()).unwrap_or_default(),
            county_code: product.county_code.clone(),
            pairing: county.and_then(|c| c.pairing.as_ref()).map(|p| lang.pick(&p.name, &p.name_en).to_owned()),
            category: product.category_code.clone(),
            coop: CoopRef {
                slug: coop.map(|c| c.slug.clone()).unwrap_or_default(),
                name: coop.map(|c| lang.pick(&c.name, &c.name_en).to_owned()).unwrap_or_default(),
            },
            summary: lang.pick(&product.summary, &product.summary_en).to_owned(),
            photo: format!("/photos/{photo}-800.webp"),
            from_fen: product.from_fen(),
            skus: skus.collect(),
            certs: certs.collect(),
            schemes: product.schemes.to_vec(),
            in_season: product.in_season(self.day),
            sales: product.sales,
            demo,
        }
    }
}
