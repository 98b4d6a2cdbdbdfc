//! Quotes: what goods, freight and discounts cost, priced by the server alone.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use crate::{
    kernel::{At, Carrier, Fen, Fulfilment, Lang, Qty, RegionCode, Result as KernelResult, ReturnClass, SkuCode},
    pricing::{self, Ask, AskedItem, Quote},
    web::{Allow, Market, Result, Route, auth::Caller, durable::durable, json::ApiJson},
};

/// Operations of this file.
#[derive(OpenApi)]
#[openapi(paths(quote))]
pub struct Operations;

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::post("/api/v1/quotes", Allow::Anyone, quote)]
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteRequest {
    /// SKUs and quantities; at most 50 different.
    pub items: Vec<Item>,
    pub address: QuoteAddress,
    /// At most one code.
    #[serde(default)]
    pub coupons: Vec<String>,
    /// `delivery` (default) or `pickup`.
    pub fulfilment: Option<Fulfilment>,
    /// Outlet of a pick-up.
    pub outlet: Option<String>,
}

/// One SKU.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// SKU code, as `P01-1`.
    pub sku: String,
    /// Units, 1 to 999.
    pub qty: i64,
}

/// A place.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteAddress {
    /// Region by GB code, down to the district.
    pub region_code: String,
    #[serde(default)]
    pub street: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct QuotedLine {
    pub line_no: i64,
    pub sku: String,
    pub name: String,
    pub spec: String,
    pub coop: String,
    pub qty: i64,
    #[schema(value_type = i64)]
    pub unit_fen: Fen,
    #[schema(value_type = i64)]
    pub discount_fen: Fen,
    #[schema(value_type = i64)]
    pub payable_fen: Fen,
    #[schema(value_type = i64)]
    pub freight_fen: Fen,
    pub return_class: ReturnClass,
}

/// A cooperative's part of a quote.
#[derive(Debug, Serialize, ToSchema)]
pub struct SellerGroupView {
    pub coop: Coop,
    pub lines: Vec<i64>,
    #[schema(value_type = i64)]
    pub goods_fen: Fen,
    #[schema(value_type = i64)]
    pub discount_fen: Fen,
    #[schema(value_type = i64)]
    pub freight_fen: Fen,
    /// What is missing for free freight, where that can be reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    pub free_freight_gap_fen: Option<Fen>,
    pub gross_weight_g: i64,
    pub carrier: Carrier,
}

/// A cooperative by name.
#[derive(Debug, Serialize, ToSchema)]
pub struct Coop {
    pub slug: String,
    pub name: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct QuoteView {
    pub quote_id: String,
    pub lines: Vec<QuotedLine>,
    pub seller_groups: Vec<SellerGroupView>,
    #[schema(value_type = i64)]
    pub goods_fen: Fen,
    #[schema(value_type = i64)]
    pub discount_fen: Fen,
    #[schema(value_type = i64)]
    pub freight_fen: Fen,
    #[schema(value_type = i64)]
    pub total_fen: Fen,
    #[schema(value_type = String)]
    pub expires_at: At,
}

/// What the request asks to be priced.
fn ask(request: QuoteRequest) -> KernelResult<Ask> {
    let item = |(place, item): (usize, Item)| -> KernelResult<AskedItem> {
        let sku = SkuCode::parse(&format!("items[{place}].sku"), &item.sku)?;
        Ok(AskedItem { sku, qty: Qty::parse(&format!("items[{place}].qty"), item.qty)? })
    };
    let fulfilment = request.fulfilment.unwrap_or(Fulfilment::Delivery);
    let items = request.items.into_iter().enumerate().map(item).collect::<KernelResult<_>>()?;
    let region_code = match fulfilment {
        Fulfilment::Delivery => Some(RegionCode::parse("address.region_code", &request.address.region_code)?),
        Fulfilment::Pickup => None,
    };
    Ok(Ask {
        items,
        region_code,
        street: request.address.street,
        coupons: request.coupons,
        fulfilment,
        outlet: request.outlet,
    })
}

#[utoipa::path(post, path = "/api/v1/quotes", operation_id = "quote", tag = "shopping",
    request_body = QuoteRequest, responses((status = 200, body = QuoteView)))]
pub async fn quote(
    State(market): State<Market>,
    caller: Caller,
    ApiJson { value, .. }: ApiJson<QuoteRequest>,
) -> Result<Json<QuoteView>> {
    let (work, ask) = (market.trade.work(caller.actor(), None), ask(value)?);
    let quote = durable(async move { pricing::quote(&work, &ask).await }).await?;
    Ok(Json(view(quote, caller.lang)))
}

fn view(quote: Quote, lang: Lang) -> QuoteView {
    let coop_of = |line_no: i64| {
        let group = quote.seller_groups.iter().find(|g| g.line_nos.contains(&line_no));
        group.map(|g| g.coop_slug.clone()).unwrap_or_default()
    };
    let lines = quote.lines.iter().map(|line| QuotedLine {
        line_no: line.line_no,
        sku: line.sku.clone(),
        name: lang.pick(&line.name, &line.name_en).to_owned(),
        spec: lang.pick(&line.spec, &line.spec_en).to_owned(),
        coop: coop_of(line.line_no),
        qty: line.qty.units(),
        unit_fen: line.unit_fen,
        discount_fen: line.discount_fen,
        payable_fen: line.payable_fen,
        freight_fen: line.freight_fen,
        return_class: line.return_class,
    });
    QuoteView {
        lines: lines.collect(),
        seller_groups: quote
            .seller_groups
            .iter()
            .map(|g| SellerGroupView {
                coop: Coop { slug: g.coop_slug.clone(), name: lang.pick(&g.coop_name, &g.coop_name_en).to_owned() },
                lines: g.line_nos.clone(),
                goods_fen: g.goods_fen,
                discount_fen: g.discount_fen,
                freight_fen: g.freight_fen,
                free_freight_gap_fen: g.free_freight_gap_fen,
                gross_weight_g: g.gross_weight_g.0,
                carrier: g.carrier,
            })
            .collect(),
        goods_fen: quote.goods_fen,
        discount_fen: quote.discount_fen,
        freight_fen: quote.freight_fen,
        total_fen: quote.total_fen,
        expires_at: quote.expires_at,
        quote_id: quote.quote_id.0,
    }
}
