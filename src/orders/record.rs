//! An order as rows, inserted alone or with many others in few statements.

use super::{OrderState, SellerOrderState, store};
use crate::{
    db::{Rows, Tx, row},
    kernel::{At, CoopId, Day, Fen, Grams, OrderId, ProductId, QuoteId, Random, Result, SellerOrderId, SkuId, Step},
};

row! {
    /// The order's own row.
    #[derive(Clone, Debug)]
    pub struct Order {
        /// Its id.
        pub id: OrderId,
        /// What people see: `YX` and 14 characters.
        pub number: String,
        /// SHA-256 of the bearer token that owns a guest's order.
        pub token_hash: String,
        /// The quote it came from (I2).
        pub quote_id: QuoteId,
        /// Buyer, if signed in.
        pub person_id: Option<crate::kernel::PersonId>,
        /// Where it stands.
        pub state: OrderState,
        /// Where it was created (C15).
        pub channel: String,
        /// `individual` or `unit`.
        pub buyer_class: String,
        /// Name of the buying unit (单位), if any.
        pub unit: Option<String>,
        /// Outlet of a pick-up.
        pub outlet: Option<String>,
        /// `delivery` or `pickup`.
        pub fulfilment: String,
        /// District of Wuxi, or `none`.
        pub district_code: String,
        /// Coupon used.
        pub coupon_code: Option<String>,
        /// Goods at list price.
        pub goods_fen: Fen,
        /// All discounts.
        pub discount_fen: Fen,
        /// All freight.
        pub freight_fen: Fen,
        /// Paid or to be paid.
        pub total_fen: Fen,
        /// Money back so far.
        pub refunded_fen: Fen,
        /// Money promised back, the refunded included.
        pub refund_reserved_fen: Fen,
        /// 128 random bits as hex: salt of the journal's references.
        pub journal_salt: String,
        /// When it was placed.
        pub placed_at: At,
        /// The same as a day.
        pub placed_on: Day,
        /// Until when its stock is held.
        pub hold_until: Option<At>,
        /// When the money was captured.
        pub paid_at: Option<At>,
        /// The same as a day.
        pub paid_on: Option<Day>,
        /// When it ended.
        pub closed_at: Option<At>,
    }
}

row! {
    /// Who gets it and where: the only personal data of an order.
    #[derive(Clone, Debug)]
    pub struct Contact {
        /// Receiver.
        pub name: String,
        /// Receiver's phone.
        pub phone: String,
        /// Region by GB code.
        pub region_code: String,
        /// Its name from the province down.
        pub region_name: String,
        /// Street.
        pub street: String,
        /// Note to the cooperatives.
        pub note: String,
        /// Invoice title (抬头).
        pub invoice_title: String,
        /// Tax number (税号).
        pub invoice_tax_no: String,
    }
}

row! {
    /// A cooperative's part.
    #[derive(Clone, Debug)]
    pub struct SellerOrder {
        /// Its id.
        pub id: SellerOrderId,
        /// Its order.
        pub order_id: OrderId,
        /// Place in the order, from 1.
        pub position: i64,
        /// Who sells.
        pub coop_id: CoopId,
        /// Where it stands.
        pub state: SellerOrderState,
        /// Goods at list price.
        pub goods_fen: Fen,
        /// Discounts on them.
        pub discount_fen: Fen,
        /// Freight.
        pub freight_fen: Fen,
        /// Gross weight.
        pub gross_weight_g: Grams,
        /// Carrier of the quote.
        pub carrier: String,
        /// Promise: shipped by then.
        pub ship_by: Option<At>,
        /// First shipment.
        pub shipped_at: Option<At>,
        /// All received.
        pub received_at: Option<At>,
        /// How it is known: see the schema.
        pub received_source: Option<String>,
    }
}

row! {
    /// A line: one SKU of one cooperative.
    #[derive(Clone, Debug)]
    pub struct Line {
        /// Its order.
        pub order_id: OrderId,
        /// From 1.
        pub line_no: i64,
        /// Its seller order.
        pub seller_order_id: SellerOrderId,
        /// Product.
        pub product_id: ProductId,
        /// Version that was sold.
        pub product_version: i64,
        /// SKU.
        pub sku_id: SkuId,
        /// Version that was sold.
        pub sku_version: i64,
        /// SKU code.
        pub sku: String,
        /// Name as sold.
        pub name: String,
        /// English name as sold.
        pub name_en: String,
        /// Specification as sold.
        pub spec: String,
        /// English specification as sold.
        pub spec_en: String,
        /// Photo as sold.
        pub photo: String,
        /// Return class as sold (消法 art. 25).
        pub return_class: String,
        /// Net weight of a unit.
        pub net_weight_g: Grams,
        /// Gross weight of a unit.
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
        /// Discount that the cooperative pays.
        pub discount_coop_fen: Fen,
        /// Discount that the platform pays.
        pub discount_platform_fen: Fen,
        /// Discount that the government pays.
        pub discount_government_fen: Fen,
        /// What the buyer pays for the goods (成交额).
        pub payable_fen: Fen,
        /// Share of the seller's freight.
        pub freight_fen: Fen,
        /// Units promised back.
        pub refund_reserved_qty: i64,
        /// Goods money promised back.
        pub refund_reserved_fen: Fen,
        /// Freight promised back.
        pub refund_reserved_freight_fen: Fen,
        /// Units refunded.
        pub refunded_qty: i64,
        /// Goods money back.
        pub refunded_fen: Fen,
        /// Freight back.
        pub refunded_freight_fen: Fen,
        /// Units refunded before they were shipped: they stay in stock.
        pub withdrawn_qty: i64,
        /// Units shipped.
        pub shipped_qty: i64,
        /// Units received.
        pub received_qty: i64,
        /// When the last of them was.
        pub received_at: Option<At>,
    }
}

impl Line {
    /// Whether all of it went back: its money, or its units where it cost nothing.
    pub fn all_back(&self) -> bool {
        let money = self.refunded_fen == self.payable_fen;
        money && (self.payable_fen > Fen::ZERO || self.refunded_qty == self.qty)
    }
}

row! {
    /// A part of a line, as reports see it.
    #[derive(Clone, Debug)]
    pub struct Part {
        /// Its line.
        pub line_no: i64,
        /// From 1.
        pub part_no: i64,
        /// Producing cooperative.
        pub coop_id: CoopId,
        /// Producing county.
        pub county_code: String,
        /// Pairing of the county, or `none`; read from the pairings, not stored.
        pub pairing: String,
        /// Category.
        pub category_code: String,
        /// Share of what is paid.
        pub payable_fen: Fen,
        /// Weight of the split.
        pub list_price_fen: Fen,
        /// Goods money back.
        pub refunded_fen: Fen,
    }
}

row! {
    /// Something that happened to an order; rows are never changed.
    #[derive(Clone, Debug)]
    pub struct OrderEventRow {
        /// When.
        pub at: At,
        /// What: `placed`, `paid`, `shipped`…
        pub kind: String,
        /// Role of who did it.
        pub by_role: String,
        /// To which seller order, if to one.
        pub seller_order_id: Option<SellerOrderId>,
        /// Codes and values, no personal data.
        pub detail: String,
    }
}

/// An order with everything that belongs to it.
#[derive(Clone, Debug)]
pub struct Record {
    /// The order.
    pub order: Order,
    /// Its receiver.
    pub contact: Contact,
    /// Its seller orders, by position.
    pub sellers: Vec<SellerOrder>,
    /// Its lines, by number.
    pub lines: Vec<Line>,
    /// Its lines' parts.
    pub parts: Vec<Part>,
    /// What happened so far.
    pub events: Vec<OrderEventRow>,
}

/// What a buyer adds to a quote.
#[derive(Clone, Debug)]
pub struct Buyer {
    /// Who buys, if signed in.
    pub person: Option<crate::kernel::PersonId>,
    /// Receiver and address.
    pub contact: Contact,
    /// Name of the buying unit, if one buys.
    pub unit: Option<String>,
    /// Channel: `online` on the web.
    pub channel: &'static str,
}

/// An event of this step.
pub fn event(step: &Step, kind: &str, seller: Option<&SellerOrderId>, detail: &str) -> OrderEventRow {
    OrderEventRow {
        at: step.at,
        kind: kind.to_owned(),
        by_role: step.by.role.to_owned(),
        seller_order_id: seller.cloned(),
        detail: detail.to_owned(),
    }
}

/// Inserts orders with all that belongs to them, one statement for each table; `false` where the
/// quote of a single order was used before (I2). Generators pass many at once.
pub async fn insert(tx: &mut Tx, records: &[Record], random: &mut Random) -> Result<bool> {
    let mut orders = Rows::of(store::ADD_ORDER)?;
    let mut contacts = Rows::of(store::ADD_CONTACT)?;
    let mut sellers = Rows::of(store::ADD_SELLER)?;
    let mut lines = Rows::of(store::ADD_LINE)?;
    let mut parts = Rows::of(store::ADD_PART)?;
    let mut events = Rows::of(store::ADD_EVENT)?;
    for record in records {
        orders.push(store::order_values(&record.order))?;
        contacts.push(store::contact_values(&record.order.id, &record.contact))?;
        for seller in &record.sellers {
            sellers.push(store::seller_values(seller))?;
        }
        for line in &record.lines {
            lines.push(store::line_values(line))?;
        }
        for part in &record.parts {
            parts.push(store::part_values(&record.order.id, part))?;
        }
        for event in &record.events {
            let (id, person) = (random.id(event.at)?, None);
            events.push(store::event_values(&record.order.id, id, event, person))?;
        }
    }
    let inserted = orders.exec(tx).await?;
    if inserted != records.len() as u64 {
        return Ok(false);
    }
    contacts.exec(tx).await?;
    sellers.exec(tx).await?;
    lines.exec(tx).await?;
    parts.exec(tx).await?;
    events.exec(tx).await?;
    Ok(true)
}

/// Writes one event of an order.
pub async fn note(tx: &mut Tx, order: &OrderId, event: OrderEventRow, step: &mut Step) -> Result<()> {
    let mut events = Rows::of(store::ADD_EVENT)?;
    let id = step.random.id(step.at)?;
    events.push(store::event_values(order, id, &event, step.by.person.clone()))?;
    events.exec(tx).await.map(|_| ())
}
