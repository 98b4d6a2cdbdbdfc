//! Posting: the rows of one fact, inserted with its outbox row.

use crate::{
    db::{
        Rows, Tx, Value,
        outbox::{self, Topic},
        statements,
    },
    kernel::{At, CoopId, Day, Fen, OrderId, ProductId, Random, Result, closed_set},
};

statements! {
    INSERT = "INSERT INTO ledger_entries (entry, n, kind, debit, credit, amount_fen, qty, at, day, order_id, line_no,
                part_no, after_receipt, coop_id, county_code, pairing, category_code, product_id, sku, channel, outlet,
                buyer_class, district_code, schemes, payment_method)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
                $22, $23, $24, $25)";
}

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
        /// Freight refunded.
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

/// The dimensions of a sale, set at payment and never changed (C14).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dimensions {
    /// County of the part, GB code.
    pub county_code: String,
    /// Code of the county's pairing, or `none`.
    pub pairing: String,
    /// Category of the part.
    pub category_code: String,
    /// Channel where the order was created (C15).
    pub channel: String,
    /// Outlet, or `none`.
    pub outlet: String,
    /// `individual` or `unit`.
    pub buyer_class: String,
    /// District of delivery, GB code, or `none`.
    pub district_code: String,
    /// Schemes valid at payment: JSON array of codes, sorted.
    pub schemes: String,
}

/// One row of the ledger.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The fact, such as `capture:…`; unique with `n`.
    pub entry: String,
    /// Place in the fact, from 1.
    pub n: i64,
    /// What the row is.
    pub kind: Kind,
    /// Account that gives.
    pub debit: String,
    /// Account that gets.
    pub credit: String,
    /// How much, in 分.
    pub amount: Fen,
    /// Units of the SKU; on the first part of a line only.
    pub qty: i64,
    /// When.
    pub at: At,
    /// Day in Asia/Shanghai.
    pub day: Day,
    /// Whose order.
    pub order_id: OrderId,
    /// Which line, for goods.
    pub line_no: Option<i64>,
    /// Which part of the line.
    pub part_no: Option<i64>,
    /// Whether a refund comes after the line was received.
    pub after_receipt: bool,
    /// Cooperative of the part, or seller for freight.
    pub coop_id: Option<CoopId>,
    /// Product of the line.
    pub product_id: Option<ProductId>,
    /// SKU code of the line.
    pub sku: Option<String>,
    /// Dimensions, for goods; freight has those of the order only.
    pub dimensions: Dimensions,
    /// How it was paid.
    pub payment_method: String,
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

fn row(e: Entry) -> [Value; 25] {
    let d = e.dimensions;
    [
        e.entry.into(),
        e.n.into(),
        e.kind.into(),
        e.debit.into(),
        e.credit.into(),
        e.amount.into(),
        e.qty.into(),
        e.at.into(),
        e.day.into(),
        e.order_id.into(),
        e.line_no.into(),
        e.part_no.into(),
        e.after_receipt.into(),
        e.coop_id.into(),
        d.county_code.into(),
        d.pairing.into(),
        d.category_code.into(),
        e.product_id.into(),
        e.sku.into(),
        d.channel.into(),
        d.outlet.into(),
        d.buyer_class.into(),
        d.district_code.into(),
        d.schemes.into(),
        e.payment_method.into(),
    ]
}

/// Inserts rows alone: for generators, which seal the journal themselves.
pub async fn insert(tx: &mut Tx, entries: Vec<Entry>) -> Result<()> {
    let mut rows = Rows::of(INSERT)?;
    for entry in entries {
        rows.push(row(entry))?;
    }
    rows.exec(tx).await.map(|_| ())
}

/// Posts the rows of one or more facts and queues each fact for the journal.
pub async fn post(tx: &mut Tx, random: &mut Random, now: At, entries: Vec<Entry>) -> Result<()> {
    let mut facts: Vec<String> = entries.iter().map(|e| e.entry.clone()).collect();
    facts.dedup();
    insert(tx, entries).await?;
    outbox::add(tx, random, now, Topic::Journal, &facts).await
}
