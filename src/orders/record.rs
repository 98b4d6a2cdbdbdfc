//! An order's rows: each table's once, written and read whole.

use super::{
    OrderState, SellerOrderState,
    kinds::{OrderEventKind, ReceivedSource, RefundState, ScanKind, ScanSource},
};
use crate::{
    db::{row, table},
    kernel::{
        At, BuyerClass, Carrier, Channel, CoopId, Day, Fen, Fulfilment, Grams, OrderId, PaymentId, PersonId, ProductId,
        QuoteId, RefundId, RefundTenderId, Result, ReturnClass, SellerOrderId, SkuId, Step,
    },
    promotions::{DiscountSource, Funder},
};

table! {
    /// The order's own row; a quote becomes one order only (I2).
    #[derive(Clone, Debug)]
    pub struct Order in "orders" or "ON CONFLICT (quote_id) DO NOTHING" {
        pub id: OrderId,
        /// What people see: `YX` and 14 characters.
        pub number: String,
        /// SHA-256 of the bearer token that owns a guest's order.
        pub token_hash: String,
        pub quote_id: QuoteId,
        /// Buyer, if signed in.
        pub person_id: Option<PersonId>,
        pub state: OrderState,
        /// Where it was created (C15).
        pub channel: Channel,
        pub buyer_class: BuyerClass,
        /// Name of the buying unit (单位), if any.
        pub unit: Option<String>,
        /// Outlet of a pick-up.
        pub outlet: Option<String>,
        pub fulfilment: Fulfilment,
        /// District of Wuxi, or `none`.
        pub district_code: String,
        pub coupon_code: Option<String>,
        /// Goods at list price.
        pub goods_fen: Fen,
        pub discount_fen: Fen,
        pub freight_fen: Fen,
        /// Paid or to be paid.
        pub total_fen: Fen,
        /// Money back so far.
        pub refunded_fen: Fen,
        /// Money promised back, the refunded included.
        pub refund_reserved_fen: Fen,
        /// Money that came in for it, and of this what went back to the payers.
        pub tendered_fen: Fen,
        pub returned_fen: Fen,
        /// 128 random bits as hex: salt of the journal's references.
        pub journal_salt: String,
        /// Number of its reference in the journal, by which whoever holds the reference finds it.
        pub journal_key: i64,
        pub placed_at: At,
        pub placed_on: Day,
        /// Until when its stock is held.
        pub hold_until: Option<At>,
        /// When the money was captured.
        pub paid_at: Option<At>,
        pub paid_on: Option<Day>,
        /// When it ended.
        pub closed_at: Option<At>,
    }
}

table! {
    /// Who gets it and where: the only personal data of an order.
    #[derive(Clone, Debug)]
    pub struct Contact in "order_contacts" {
        pub order_id: OrderId,
        pub name: String,
        pub phone: String,
        pub region_code: String,
        /// The region's name from the province down.
        pub region_name: String,
        pub street: String,
        /// Note to the cooperatives.
        pub note: String,
        /// Invoice title (抬头).
        pub invoice_title: String,
        /// Tax number (税号).
        pub invoice_tax_no: String,
    }
}

table! {
    /// A cooperative's part.
    #[derive(Clone, Debug)]
    pub struct SellerOrder in "seller_orders" {
        pub id: SellerOrderId,
        pub order_id: OrderId,
        /// Place in the order, from 1.
        pub position: i64,
        /// Who sells.
        pub coop_id: CoopId,
        pub state: SellerOrderState,
        /// Goods at list price.
        pub goods_fen: Fen,
        pub discount_fen: Fen,
        pub freight_fen: Fen,
        pub gross_weight_g: Grams,
        /// Carrier of the quote.
        pub carrier: Carrier,
        /// Promise: shipped by then.
        pub ship_by: Option<At>,
        /// First shipment.
        pub shipped_at: Option<At>,
        pub received_at: Option<At>,
        pub received_source: Option<ReceivedSource>,
    }
}

table! {
    /// A line: one SKU of one cooperative, with its texts as they were sold.
    #[derive(Clone, Debug)]
    pub struct Line in "order_lines" {
        pub order_id: OrderId,
        /// From 1.
        pub line_no: i64,
        pub seller_order_id: SellerOrderId,
        pub product_id: ProductId,
        pub product_version: i64,
        pub sku_id: SkuId,
        pub sku_version: i64,
        /// SKU code.
        pub sku: String,
        pub name: String,
        pub name_en: String,
        pub spec: String,
        pub spec_en: String,
        pub photo: String,
        pub return_class: ReturnClass,
        /// Of a unit, as the gross weight is.
        pub net_weight_g: Grams,
        pub gross_weight_g: Grams,
        /// Lowest stated number of pieces.
        pub pieces_min: Option<i64>,
        /// Schemes valid at payment: JSON array, sorted.
        pub schemes: String,
        /// Units.
        pub qty: i64,
        /// Price of a unit.
        pub unit_fen: Fen,
        /// Unit price times units.
        pub list_fen: Fen,
        /// What its discounts take off.
        pub discount_fen: Fen,
        /// What the buyer pays for the goods (成交额).
        pub payable_fen: Fen,
        /// Share of the seller's freight.
        pub freight_fen: Fen,
        /// Promised back: units, goods money, freight.
        pub refund_reserved_qty: i64,
        pub refund_reserved_fen: Fen,
        pub refund_reserved_freight_fen: Fen,
        /// Given back: units, goods money, freight.
        pub refunded_qty: i64,
        pub refunded_fen: Fen,
        pub refunded_freight_fen: Fen,
        /// Units refunded before they were shipped: they stay in stock.
        pub withdrawn_qty: i64,
        pub shipped_qty: i64,
        pub received_qty: i64,
        /// When the last of them arrived.
        pub arrived_at: Option<At>,
        /// When all units that were not withdrawn had arrived.
        pub received_at: Option<At>,
    }
}

impl Line {
    /// Whether all of it went back: its money, or its units where it cost nothing.
    pub fn all_back(&self) -> bool {
        let money = self.refunded_fen == self.payable_fen;
        money && (self.payable_fen > Fen::ZERO || self.refunded_qty == self.qty)
    }

    /// Units that are still to be shipped.
    pub fn to_ship(&self) -> i64 {
        self.qty - self.withdrawn_qty - self.shipped_qty
    }
}

table! {
    /// A part of a line, as reports see it.
    #[derive(Clone, Debug)]
    pub struct Part in "line_parts" {
        pub order_id: OrderId,
        pub line_no: i64,
        /// From 1.
        pub part_no: i64,
        /// Producing cooperative.
        pub coop_id: CoopId,
        /// Producing county.
        pub county_code: String,
        pub category_code: String,
        /// Share of what is paid.
        pub payable_fen: Fen,
        /// Weight of the split.
        pub list_price_fen: Fen,
        /// Goods money back.
        pub refunded_fen: Fen,
        /// What of it counts as effective now.
        pub effective_fen: Fen,
    }
}

row! {
    /// A part with the pairing of its county, or `none`: what the ledger books.
    #[derive(Clone, Debug)]
    pub struct PairedPart {
        pub part: Part,
        pub pairing: String,
    }
}

table! {
    /// Something that happened to an order; rows are never changed.
    #[derive(Clone, Debug)]
    pub struct OrderEventRow in "order_events" {
        pub order_id: OrderId,
        pub id: String,
        pub at: At,
        pub kind: OrderEventKind,
        /// Role of who did it.
        pub by_role: crate::kernel::ActorRole,
        pub person_id: Option<PersonId>,
        /// To which seller order, if to one.
        pub seller_order_id: Option<SellerOrderId>,
        /// Codes and values, no personal data.
        pub detail: String,
    }
}

table! {
    /// A parcel; a carrier gives a number once.
    #[derive(Clone, Debug)]
    pub struct Shipment in "shipments" or "ON CONFLICT (carrier, tracking_no) DO NOTHING" {
        pub seller_order_id: SellerOrderId,
        /// From 1 in the seller order.
        pub n: i64,
        pub carrier: Carrier,
        /// The carrier's number.
        pub tracking_no: String,
        pub shipped_at: At,
        /// Pick-up scan.
        pub picked_up_at: Option<At>,
        /// Delivered scan or confirmation.
        pub delivered_at: Option<At>,
    }
}

table! {
    /// Units in a parcel.
    #[derive(Clone, Debug)]
    pub struct ShipmentLine in "shipment_lines" {
        pub seller_order_id: SellerOrderId,
        pub n: i64,
        pub line_no: i64,
        pub qty: i64,
    }
}

table! {
    /// A carrier's scan of a parcel as it was recorded; each kind once.
    #[derive(Clone, Debug)]
    pub struct Scanned in "shipment_scans" or "ON CONFLICT (seller_order_id, n, kind) DO NOTHING" {
        pub seller_order_id: SellerOrderId,
        pub n: i64,
        pub kind: ScanKind,
        pub at: At,
        /// Where it is known from.
        pub source: ScanSource,
        /// Who recorded it.
        pub person_id: Option<PersonId>,
        pub recorded_at: At,
    }
}

table! {
    /// Money that went back or is on its way.
    #[derive(Clone, Debug)]
    pub struct Refund in "refunds" {
        pub id: RefundId,
        pub order_id: OrderId,
        pub state: RefundState,
        /// How much in all, of it goods, of it freight.
        pub amount_fen: Fen,
        pub goods_fen: Fen,
        pub freight_fen: Fen,
        /// Whether it is money that its order could not take (I5).
        pub unapplied: bool,
        /// The refund whose money stood here again, which this one sends.
        pub renews: Option<RefundId>,
        /// Why.
        pub reason: String,
        pub requested_by: Option<PersonId>,
        pub requested_at: At,
        /// When the last of it was back.
        pub succeeded_at: Option<At>,
        pub succeeded_on: Option<Day>,
    }
}

table! {
    /// What of a refund goes back by one payment; one that failed may be followed by another.
    #[derive(Clone, Debug)]
    pub struct RefundTender in "refund_tenders" {
        /// The key under which the provider is asked, and what it is told as metadata.
        pub id: RefundTenderId,
        pub refund_id: RefundId,
        pub payment_id: PaymentId,
        pub amount_fen: Fen,
        pub state: RefundState,
        pub promised_at: At,
        /// The provider's name for it.
        pub provider_ref: Option<String>,
        /// When the provider is asked again after one that takes its time.
        pub ask_at: Option<At>,
        /// When the provider gave it back.
        pub succeeded_at: Option<At>,
    }
}

table! {
    /// What a refund takes of a line.
    #[derive(Clone, Debug)]
    pub struct RefundLine in "refund_lines" {
        pub refund_id: RefundId,
        pub line_no: i64,
        /// Units; 0 for an amount.
        pub qty: i64,
        /// Of these, units not yet shipped.
        pub withdrawn_qty: i64,
        pub goods_fen: Fen,
        pub freight_fen: Fen,
    }
}

table! {
    /// What was taken off a line.
    #[derive(Clone, Debug)]
    pub struct LineDiscount in "line_discounts" {
        pub order_id: OrderId,
        pub line_no: i64,
        /// From 1 in the line.
        pub n: i64,
        /// What it came from, and that one's code.
        pub source: DiscountSource,
        pub code: String,
        /// Who pays for it.
        pub funder: Funder,
        pub amount_fen: Fen,
    }
}

/// An order with everything that belongs to it.
#[derive(Clone, Debug)]
pub struct Record {
    pub order: Order,
    pub contact: Contact,
    /// By position.
    pub sellers: Vec<SellerOrder>,
    /// By number.
    pub lines: Vec<Line>,
    pub discounts: Vec<LineDiscount>,
    pub parts: Vec<Part>,
    /// What happened so far.
    pub events: Vec<OrderEventRow>,
}

/// An event of this step.
pub fn event(
    step: &mut Step,
    order: &OrderId,
    kind: OrderEventKind,
    seller: Option<&SellerOrderId>,
    detail: impl Into<String>,
) -> Result<OrderEventRow> {
    Ok(OrderEventRow {
        order_id: order.clone(),
        id: step.random.id(step.at)?,
        at: step.at,
        kind,
        by_role: step.by.role,
        person_id: step.by.person.clone(),
        seller_order_id: seller.cloned(),
        detail: detail.into(),
    })
}
