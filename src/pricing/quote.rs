//! A quote as it is kept: all that an order needs of what was priced.

use serde::{Deserialize, Serialize};

use crate::{
    kernel::{
        At, Carrier, CoopId, Fen, Fulfilment, Grams, ProductId, Qty, QuoteId, RegionCode, ReturnClass, SkuCode, SkuId,
    },
    promotions::{DiscountSource, Funder},
};

/// One SKU asked for.
#[derive(Clone, Debug)]
pub struct AskedItem {
    pub sku: SkuCode,
    /// How many of it.
    pub qty: Qty,
}

/// What is asked to be quoted.
#[derive(Clone, Debug)]
pub struct Ask {
    /// SKUs and quantities; the same SKU twice is summed (I1: demand is checked in all).
    pub items: Vec<AskedItem>,
    /// Region of delivery, down to the district; a pick-up has its outlet's.
    pub region_code: Option<RegionCode>,
    /// Street; may be empty until the order is placed.
    pub street: String,
    /// At most one code.
    pub coupons: Vec<String>,
    /// Delivery or pick-up.
    pub fulfilment: Fulfilment,
    /// Where to pick up.
    pub outlet: Option<String>,
}

/// A part of a line as reports see it (C14, C19).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct QuotePart {
    /// Place in the set; 1 where the SKU is no set.
    pub part_no: i64,
    /// Producing cooperative.
    pub coop_id: CoopId,
    /// Producing county.
    pub county_code: String,
    /// Category of the part.
    pub category_code: String,
    /// Weight of the split.
    pub list_price_fen: Fen,
    /// The part's share of what is paid.
    pub payable_fen: Fen,
}

/// What one discount takes off a line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct QuoteDiscount {
    /// What it comes from, and that one's code.
    pub source: DiscountSource,
    pub code: String,
    /// Who pays for it.
    pub funder: Funder,
    pub amount_fen: Fen,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct QuoteLine {
    /// From 1, unique in the order.
    pub line_no: i64,
    /// Product as it is sold.
    pub product_id: ProductId,
    /// Version of the product's texts.
    pub product_version: i64,
    /// SKU as it is sold.
    pub sku_id: SkuId,
    /// Version of the SKU's figures.
    pub sku_version: i64,
    /// SKU code.
    pub sku: String,
    /// Address of the product's page.
    pub product_slug: String,
    /// Name in Chinese.
    pub name: String,
    pub name_en: String,
    /// Specification in Chinese.
    pub spec: String,
    /// Specification in English.
    pub spec_en: String,
    /// Main photo.
    pub photo: String,
    /// `fresh`, `seven_day` or `custom`, frozen on the line (消法 art. 25).
    pub return_class: ReturnClass,
    /// Lowest stated number of pieces.
    pub pieces_min: Option<i64>,
    /// Net weight of a unit.
    pub net_weight_g: Grams,
    /// Gross weight of a unit.
    pub gross_weight_g: Grams,
    /// Schemes valid when quoted; read again at payment.
    pub schemes: Vec<String>,
    /// Selling cooperative.
    pub coop_id: CoopId,
    /// Units.
    pub qty: Qty,
    /// Price of a unit.
    pub unit_fen: Fen,
    /// Unit price times quantity.
    pub list_fen: Fen,
    /// What its discounts take off, together and each.
    pub discount_fen: Fen,
    pub discounts: Vec<QuoteDiscount>,
    /// What is paid for the goods.
    pub payable_fen: Fen,
    /// The line's share of its seller's freight.
    pub freight_fen: Fen,
    /// For presale: shipped by this day at the latest.
    pub presale_ships_by: Option<String>,
    /// The line's parts; one for a plain SKU.
    pub parts: Vec<QuotePart>,
}

/// A cooperative's part of a quote.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SellerGroup {
    /// Who sells.
    pub coop_id: CoopId,
    /// Its address.
    pub coop_slug: String,
    /// Its name in Chinese.
    pub coop_name: String,
    pub coop_name_en: String,
    pub line_nos: Vec<i64>,
    /// Goods at list price.
    pub goods_fen: Fen,
    /// Discounts on them.
    pub discount_fen: Fen,
    pub freight_fen: Fen,
    /// Goods that are missing for free freight, if it can be reached.
    pub free_freight_gap_fen: Option<Fen>,
    pub gross_weight_g: Grams,
    /// Who carries it.
    pub carrier: Carrier,
    /// Hours from payment to dispatch.
    pub sla_hours: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AppliedCoupon {
    pub code: String,
    /// Who pays for it.
    pub funder: Funder,
    /// Uses by one buyer.
    pub limit_each: Option<i64>,
    /// What it takes off.
    pub discount_fen: Fen,
}

/// A quote, whole: it holds all that an order needs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Quote {
    pub quote_id: QuoteId,
    /// Lines in the order asked for.
    pub lines: Vec<QuoteLine>,
    /// Sellers in the order of their first line.
    pub seller_groups: Vec<SellerGroup>,
    /// The coupon, if one was given.
    pub coupon: Option<AppliedCoupon>,
    /// Delivery or pick-up.
    pub fulfilment: Fulfilment,
    /// Where to pick up.
    pub outlet: Option<String>,
    /// Region of delivery.
    pub region_code: RegionCode,
    /// Its name from the province down.
    pub region_name: String,
    /// District of Wuxi, or `none`.
    pub district_code: String,
    /// Street as given.
    pub street: String,
    /// Goods at list price.
    pub goods_fen: Fen,
    pub discount_fen: Fen,
    pub freight_fen: Fen,
    /// What is to be paid.
    pub total_fen: Fen,
    /// Until when it can become an order.
    pub expires_at: At,
}
