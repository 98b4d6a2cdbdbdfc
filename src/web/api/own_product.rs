//! A cooperative's own products as programs see them, in every state, with what they still lack.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    catalogue::{
        CertificateKind, ListingState, SeasonView,
        edit::publish,
        own::{self, OwnSku, WithSkus},
    },
    cooperatives::service::Service,
    db::Conn,
    kernel::{At, Day, Fen, Result, ReturnClass},
    web::Market,
};

/// A product as its cooperative sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnProductView {
    pub id: String,
    pub code: String,
    pub slug: String,
    pub state: ListingState,
    /// What the operator said last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub version: i64,
    pub county: String,
    pub category: String,
    pub name: String,
    pub name_en: String,
    pub summary: String,
    pub summary_en: String,
    pub story: String,
    pub story_en: String,
    pub storage: String,
    pub storage_en: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variety: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    pub return_class: ReturnClass,
    pub service: Service,
    pub bad_fruit_promise: bool,
    #[schema(value_type = String)]
    pub changed_at: At,
    pub skus: Vec<OwnSkuView>,
    pub certificates: Vec<OwnCertificate>,
    /// What it lacks before it can be sent to the operator, by field.
    pub missing: Vec<&'static str>,
    /// Whether it is of a demonstration (演示数据).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub demo: bool,
}

/// A SKU as its cooperative sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnSkuView {
    pub id: String,
    pub sku: String,
    pub version: i64,
    pub active: bool,
    pub spec: String,
    pub spec_en: String,
    /// Diameter of fruit in mm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diameter_mm: Option<i64>,
    /// Fewest pieces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pieces_min: Option<i64>,
    /// Most pieces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pieces_max: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pack: Option<String>,
    pub net_weight_g: i64,
    pub gross_weight_g: i64,
    #[schema(value_type = i64)]
    pub price_fen: Fen,
    #[schema(value_type = i64)]
    pub unit_price_fen_per_500g: Fen,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub season: Option<SeasonView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presale_ships_by: Option<String>,
    /// On hand for online orders.
    pub on_hand: i64,
    /// Of them held by unpaid orders.
    pub held: i64,
    /// What can be sold.
    pub available: i64,
}

/// A certificate of a product or of its cooperative.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnCertificate {
    pub kind: CertificateKind,
    pub number: String,
    pub holder: String,
    #[schema(value_type = String)]
    pub valid_from: Day,
    #[schema(value_type = String)]
    pub valid_to: Day,
}

/// A page of a cooperative's products.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnProductPage {
    pub items: Vec<OwnProductView>,
    pub total: i64,
    pub page: i64,
    pub per_page: i64,
}

impl From<OwnSku> for OwnSkuView {
    fn from(s: OwnSku) -> Self {
        let season = s.season_from.zip(s.season_to).map(|(from, to)| SeasonView { from, to });
        Self {
            id: s.id.0,
            sku: s.code,
            version: s.version,
            active: s.active,
            spec: s.spec,
            spec_en: s.spec_en,
            diameter_mm: s.diameter_mm,
            pieces_min: s.pieces_min,
            pieces_max: s.pieces_max,
            pack: s.pack,
            net_weight_g: s.net_weight_g.0,
            gross_weight_g: s.gross_weight_g.0,
            price_fen: s.price_fen,
            unit_price_fen_per_500g: s.net_weight_g.price_per_500g(s.price_fen),
            season,
            presale_ships_by: s.presale_ships_by,
            on_hand: s.on_hand,
            held: s.held,
            available: s.on_hand - s.held,
        }
    }
}

/// A product with its SKUs, for programs.
pub async fn own_view(market: &Market, conn: &mut Conn, (p, skus): WithSkus) -> Result<OwnProductView> {
    let certificates = own::certificates(conn, &p).await?;
    let missing = publish::missing(&p, &skus, &certificates, market.now().day());
    let certificates = certificates.into_iter().map(|c| OwnCertificate {
        kind: c.kind,
        number: c.number,
        holder: c.holder,
        valid_from: c.valid_from,
        valid_to: c.valid_to,
    });
    Ok(OwnProductView {
        id: p.id.0,
        code: p.code,
        slug: p.slug,
        state: p.state,
        reason: p.reason,
        version: p.version,
        county: p.county_code,
        category: p.category_code,
        name: p.name,
        name_en: p.name_en,
        summary: p.summary,
        summary_en: p.summary_en,
        story: p.story,
        story_en: p.story_en,
        storage: p.storage,
        storage_en: p.storage_en,
        variety: p.variety,
        grade: p.grade,
        return_class: p.return_class,
        service: p.service,
        bad_fruit_promise: p.bad_fruit_promise,
        changed_at: p.changed_at,
        skus: skus.into_iter().map(OwnSkuView::from).collect(),
        certificates: certificates.collect(),
        missing,
        demo: market.demo,
    })
}
