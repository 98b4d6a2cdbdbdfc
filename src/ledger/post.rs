//! Posting: the rows of facts, inserted with what waits to be sealed.

use std::collections::BTreeSet;

use super::{account::DUE, closing::Gate};
use crate::{
    db::{
        self, Tx,
        outbox::{self, Topic},
        q, statements, table,
    },
    kernel::{At, Day, Fen, Result, Step, closed_set},
};

statements! {
    FACTS = "SELECT CAST(count(DISTINCT fact) AS BIGINT) FROM ledger_entries WHERE subject_id = $1";
}

closed_set! {
    /// What a ledger row is.
    pub enum Kind {
        /// Money that came in for an order, by its method.
        Tender = "tender",
        /// That money on its way back to the payer.
        TenderReturn = "tender_return",
        /// What the payer's bank sent here again.
        ReturnUndone = "return_undone",
        /// Goods sold (支付额), one row for each part of a line.
        Sale = "sale",
        /// Freight of a line.
        SaleFreight = "sale_freight",
        /// A discount that the platform or the government pays to the cooperative.
        SalePromotion = "sale_promotion",
        /// Goods received: the money becomes due to the cooperative (有效销售额).
        Receipt = "receipt",
        ReceiptFreight = "receipt_freight",
        ReceiptPromotion = "receipt_promotion",
        /// Goods refunded (退款额).
        Refund = "refund",
        RefundFreight = "refund_freight",
        /// The funder's part that goes back with a refund.
        RefundPromotion = "refund_promotion",
        /// Taken out of the effective sales by review (剔除), or put back.
        Exclusion = "exclusion",
    }
}

impl Kind {
    /// Whether reports and the counter know of it.
    pub fn counts(self) -> bool {
        !matches!(self, Self::Tender | Self::TenderReturn | Self::ReturnUndone)
    }
}

table! {
    /// One row of the ledger.
    #[derive(Clone, Debug)]
    pub struct Entry in "ledger_entries" {
        /// Whose fact it is: an order, a voucher batch, a payout, a shift, a month or a correction, by its kind.
        pub subject_id: String,
        /// The subject's fact, such as `sale` or `refund:…`; booked once.
        pub fact: String,
        /// Place in the fact, from 1.
        pub n: i64,
        pub kind: Kind,
        /// Account that gives.
        pub debit: String,
        /// Account that gets.
        pub credit: String,
        /// Money that moves.
        pub amount_fen: Fen,
        /// What it adds to 净支付额.
        pub net_fen: Fen,
        /// What it adds to 有效销售额.
        pub effective_fen: Fen,
        /// What it adds to the units sold, received or refunded; on the first part of a line only.
        pub qty: i64,
        /// When it happened.
        pub at: At,
        /// Business day in Asia/Shanghai on which it is booked.
        pub day: Day,
        /// Which line of the order.
        pub line_no: Option<i64>,
        /// Which part of the line, for goods.
        pub part_no: Option<i64>,
        /// By what it is counted; nothing where it does not count.
        pub dimension_id: Option<i64>,
        /// The closed month to which it belongs (调整).
        pub late_for: Option<String>,
        /// The fact that it corrects.
        pub corrects: Option<String>,
    }
}

impl Entry {
    /// Key of its fact in the outbox.
    pub fn key(&self) -> String {
        format!("{} {}", self.subject_id, self.fact)
    }
}

/// Inserts rows alone: for generators, which seal the journal themselves.
pub async fn insert<'e>(tx: &mut Tx, entries: impl IntoIterator<Item = &'e Entry>) -> Result<()> {
    db::insert_all(tx, entries).await.map(|_| ())
}

/// Posts the rows of one or more facts, on the days that the gate allows, and queues for the sealer
/// what counts.
pub async fn post(tx: &mut Tx, step: &mut Step, mut entries: Vec<Entry>) -> Result<()> {
    let gate = Gate::read(tx).await?;
    for entry in &mut entries {
        let booking = gate.booking(entry.at)?;
        (entry.day, entry.late_for) = (booking.day, booking.late_for);
    }
    let turn = turn(tx, &entries).await?;
    insert(tx, &entries).await?;
    let counted = entries.iter().filter(|e| e.kind.counts()).map(|e| (e.subject_id.clone(), e.key()));
    outbox::add(tx, step, Topic::Journal, counted.collect::<BTreeSet<_>>(), turn).await
}

/// What follows a receipt is told in the order in which it was booked, since a refund lowers the effective
/// sales by what an exclusion before it has left.
async fn turn(tx: &mut Tx, entries: &[Entry]) -> Result<i64> {
    let later = entries.iter().find(|e| e.kind == Kind::Exclusion || (e.kind == Kind::Refund && e.debit == DUE));
    let Some(entry) = later else { return Ok(0) };
    q(FACTS).bind(&entry.subject_id).one::<(i64,)>(tx).await.map(|row| row.0)
}
