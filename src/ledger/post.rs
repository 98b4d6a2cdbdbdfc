//! Posting: the rows of one fact, inserted with its outbox row.

use crate::{
    db::{
        self, Tx,
        outbox::{self, Topic},
        table,
    },
    kernel::{At, BuyerClass, Channel, CoopId, Day, Fen, OrderId, ProductId, Random, Result, closed_set},
};

closed_set! {
    /// What a ledger row is.
    pub enum Kind {
        /// Goods paid for (支付额), one row for each part of a line.
        Sale = "sale",
        /// Freight paid for, one row for each seller order.
        SaleFreight = "sale_freight",
        /// A discount that the platform or the government pays to the cooperative.
        Promotion = "promotion",
        /// Goods refunded (退款额).
        Refund = "refund",
        RefundFreight = "refund_freight",
        /// The funder's part that goes back with a refund.
        RefundPromotion = "refund_promotion",
        /// Goods received: the money becomes due to the cooperative (有效销售额).
        Receipt = "receipt",
        /// Excluded by review (剔除).
        Exclusion = "exclusion",
        /// A late fact of a closed month (调整).
        Adjustment = "adjustment",
        /// Money captured that no order could take.
        Unapplied = "unapplied",
        /// That money given back.
        UnappliedRefund = "unapplied_refund",
    }
}

table! {
    /// One row of the ledger. The dimensions are set at payment and never changed (C14); freight has
    /// those of the order only, the others are `none`.
    #[derive(Clone, Debug)]
    pub struct Entry in "ledger_entries" {
        /// The fact, such as `capture:…`; unique with `n`.
        pub entry: String,
        /// Place in the fact, from 1.
        pub n: i64,
        pub kind: Kind,
        /// Account that gives.
        pub debit: String,
        /// Account that gets.
        pub credit: String,
        pub amount_fen: Fen,
        /// Units of the SKU; on the first part of a line only.
        pub qty: i64,
        pub at: At,
        /// Day in Asia/Shanghai.
        pub day: Day,
        pub order_id: OrderId,
        /// Which line, for goods.
        pub line_no: Option<i64>,
        /// Which part of the line.
        pub part_no: Option<i64>,
        /// Whether a refund comes after the line was received.
        pub after_receipt: bool,
        /// Cooperative of the part, or seller for freight.
        pub coop_id: Option<CoopId>,
        /// County of the part, GB code.
        pub county_code: String,
        /// Code of the county's pairing.
        pub pairing: String,
        /// Category of the part.
        pub category_code: String,
        pub product_id: Option<ProductId>,
        /// SKU code of the line.
        pub sku: Option<String>,
        /// Channel where the order was created (C15).
        pub channel: Channel,
        pub outlet: String,
        pub buyer_class: BuyerClass,
        /// District of delivery, GB code.
        pub district_code: String,
        /// Schemes valid at payment: JSON array of codes, sorted.
        pub schemes: String,
        /// How it was paid.
        pub payment_method: String,
    }
}

/// Money that a provider holds for the market.
pub fn clearing(method: &str) -> String {
    format!("clearing:{method}")
}

/// Money of a cooperative whose goods are not yet received (在途).
pub fn transit(coop: &CoopId) -> String {
    format!("coop_transit:{coop}")
}

/// Money due to a cooperative.
pub fn due(coop: &CoopId) -> String {
    format!("coop_due:{coop}")
}

/// Who pays a promotion: `promotion:platform`, `promotion:government`.
pub fn promotion(funder: &str) -> String {
    format!("promotion:{funder}")
}

/// Money that waits to go back to a payer.
pub fn unapplied() -> String {
    "unapplied".to_owned()
}

/// Inserts rows alone: for generators, which seal the journal themselves.
pub async fn insert<'e>(tx: &mut Tx, entries: impl IntoIterator<Item = &'e Entry>) -> Result<()> {
    db::insert_all(tx, entries).await.map(|_| ())
}

/// Posts the rows of one or more facts and queues each fact for the journal.
pub async fn post(tx: &mut Tx, random: &mut Random, now: At, entries: &[Entry]) -> Result<()> {
    let mut facts: Vec<String> = entries.iter().map(|e| e.entry.clone()).collect();
    facts.dedup();
    insert(tx, entries).await?;
    outbox::add(tx, random, now, Topic::Journal, &facts).await
}
