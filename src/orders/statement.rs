//! A cooperative's statement (对账单): what each sale and refund moved for it, day by day, from the ledger.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    db::{Conn, q, row, statements},
    kernel::{At, Code, CoopId, Day, Fen, Refusal, Result},
};

/// Days that one statement may cover.
const MOST_DAYS: i64 = 366;

statements! {
    MOVED = "SELECT e.day, o.number, CASE WHEN e.part_no IS NULL THEN NULL ELSE e.line_no END AS line_no,
        CASE WHEN e.part_no IS NULL THEN NULL ELSE l.sku END AS sku,
        CAST(SUM(CASE WHEN e.kind = 'sale' THEN e.qty ELSE 0 END) AS BIGINT) AS qty,
        CAST(SUM(CASE WHEN e.kind = 'sale' THEN e.amount_fen ELSE 0 END) AS BIGINT) AS goods_fen,
        CAST(SUM(CASE WHEN e.kind = 'sale_promotion' THEN e.amount_fen ELSE 0 END) AS BIGINT) AS promotion_fen,
        CAST(SUM(CASE WHEN e.kind = 'sale_freight' THEN e.amount_fen ELSE 0 END) AS BIGINT) AS freight_fen,
        CAST(SUM(CASE WHEN e.kind IN ('refund', 'refund_promotion') THEN e.amount_fen ELSE 0 END) AS BIGINT) AS refund_fen,
        CAST(SUM(CASE WHEN e.kind = 'refund_freight' THEN e.amount_fen ELSE 0 END) AS BIGINT) AS refund_freight_fen,
        CAST(SUM(CASE WHEN e.kind = 'receipt' THEN e.amount_fen ELSE 0 END) AS BIGINT) AS received_fen
      FROM dimensions d JOIN ledger_entries e ON e.dimension_id = d.id JOIN orders o ON o.id = e.subject_id
        JOIN order_lines l ON l.order_id = e.subject_id AND l.line_no = e.line_no
      WHERE d.coop_id = $1 AND e.day >= $2 AND e.day <= $3
        AND e.kind IN ('sale', 'sale_promotion', 'sale_freight', 'refund', 'refund_promotion', 'refund_freight', 'receipt')
      GROUP BY 1, 2, 3, 4
      ORDER BY 1, 2, 3 NULLS LAST";
}

row! {
    /// What one line of an order moved on one day; freight has no line.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct Moved {
        /// Day on which it was booked.
        #[schema(value_type = String)]
        pub day: Day,
        /// Order number.
        pub number: String,
        /// Line of the order; absent for freight.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub line_no: Option<i64>,
        /// SKU of the line; absent for freight.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub sku: Option<String>,
        /// Units sold.
        pub qty: i64,
        /// Paid by buyers for goods.
        #[schema(value_type = i64)]
        pub goods_fen: Fen,
        /// Paid by the platform or the government towards discounts.
        #[schema(value_type = i64)]
        pub promotion_fen: Fen,
        /// Paid by buyers for freight.
        #[schema(value_type = i64)]
        pub freight_fen: Fen,
        /// Goods money that went back, the funders' part included.
        #[schema(value_type = i64)]
        pub refund_fen: Fen,
        /// Freight money that went back.
        #[schema(value_type = i64)]
        pub refund_freight_fen: Fen,
        /// Goods money that became due because the goods were received.
        #[schema(value_type = i64)]
        pub received_fen: Fen,
    }
}

/// A statement: its rows and their sum.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Statement {
    /// First day.
    #[schema(value_type = String)]
    pub from: Day,
    /// Last day; it counts.
    #[schema(value_type = String)]
    pub to: Day,
    /// When it was drawn up.
    #[schema(value_type = String)]
    pub as_of: At,
    pub rows: Vec<Moved>,
    pub totals: Totals,
}

/// Sums over a statement's rows.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Totals {
    pub qty: i64,
    #[schema(value_type = i64)]
    pub goods_fen: Fen,
    #[schema(value_type = i64)]
    pub promotion_fen: Fen,
    #[schema(value_type = i64)]
    pub freight_fen: Fen,
    #[schema(value_type = i64)]
    pub refund_fen: Fen,
    #[schema(value_type = i64)]
    pub refund_freight_fen: Fen,
    #[schema(value_type = i64)]
    pub received_fen: Fen,
    /// Goods, promotions and freight less what went back; may be negative.
    #[schema(value_type = i64)]
    pub net_fen: Fen,
}

impl Moved {
    /// What the row leaves the cooperative.
    pub fn net(&self) -> Result<Fen> {
        let gained = self.goods_fen.plus(self.promotion_fen)?.plus(self.freight_fen)?;
        gained.minus(self.refund_fen)?.minus(self.refund_freight_fen)
    }
}

/// A cooperative's statement over days that both count. Refuses reversed ranges and more than a year.
pub async fn statement(conn: &mut Conn, coop: &CoopId, (from, to): (Day, Day), as_of: At) -> Result<Statement> {
    if from > to {
        return Err(Refusal::of_field("to", Code::RangeReversed).into());
    }
    if from.plus_days(MOST_DAYS) < to {
        return Err(Refusal::of_field("to", Code::OutOfRange)
            .with("min", from)
            .with("max", from.plus_days(MOST_DAYS))
            .into());
    }
    let rows: Vec<Moved> = q(MOVED).bind(coop).bind(from).bind(to).all(conn).await?;
    let mut totals = Totals::default();
    for row in &rows {
        totals.qty += row.qty;
        totals.goods_fen = totals.goods_fen.plus(row.goods_fen)?;
        totals.promotion_fen = totals.promotion_fen.plus(row.promotion_fen)?;
        totals.freight_fen = totals.freight_fen.plus(row.freight_fen)?;
        totals.refund_fen = totals.refund_fen.plus(row.refund_fen)?;
        totals.refund_freight_fen = totals.refund_freight_fen.plus(row.refund_freight_fen)?;
        totals.received_fen = totals.received_fen.plus(row.received_fen)?;
        totals.net_fen = totals.net_fen.plus(row.net()?)?;
    }
    Ok(Statement { from, to, as_of, rows, totals })
}
