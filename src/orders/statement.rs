//! A cooperative's statement (对账单): what each sale and refund moved for it, day by day, from the ledger. Rows are
//! read some days at a time, by the ledger's index of days and dimensions: what other cooperatives sold is not read.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    db::{Conn, q, row, statements},
    kernel::{At, Code, CoopId, Day, Fen, Refusal, Result},
};

/// Days that one statement may cover.
const MOST_DAYS: i64 = 366;
/// Rows of a statement that is held as a whole; longer ones are read in parts.
const MOST_ROWS: usize = 100_000;
/// Days that are read at once to begin with, and at most.
const FIRST_DAYS: i64 = 8;
const MOST_AT_ONCE: i64 = 64;
/// A part with fewer rows is followed by one of more days, one with more rows by one of fewer.
const FEW_ROWS: usize = 1000;
const MANY_ROWS: usize = 4000;

macro_rules! sums {
    () => {
        "CAST(COALESCE(SUM(CASE WHEN e.kind = 'sale' THEN e.qty ELSE 0 END), 0) AS BIGINT) AS qty,
        CAST(COALESCE(SUM(CASE WHEN e.kind = 'sale' THEN e.amount_fen ELSE 0 END), 0) AS BIGINT) AS goods_fen,
        CAST(COALESCE(SUM(CASE WHEN e.kind = 'sale_promotion' THEN e.amount_fen ELSE 0 END), 0) AS BIGINT) AS promotion_fen,
        CAST(COALESCE(SUM(CASE WHEN e.kind = 'sale_freight' THEN e.amount_fen ELSE 0 END), 0) AS BIGINT) AS freight_fen,
        CAST(COALESCE(SUM(CASE WHEN e.kind IN ('refund', 'refund_promotion') THEN e.amount_fen ELSE 0 END), 0) AS BIGINT)
          AS refund_fen,
        CAST(COALESCE(SUM(CASE WHEN e.kind = 'refund_freight' THEN e.amount_fen ELSE 0 END), 0) AS BIGINT)
          AS refund_freight_fen,
        CAST(COALESCE(SUM(CASE WHEN e.kind = 'receipt' THEN e.amount_fen ELSE 0 END), 0) AS BIGINT) AS received_fen"
    };
}

/// A cooperative's movements of some days: CROSS JOIN lets SQLite begin with the cooperative's dimensions.
macro_rules! own {
    ($joined:literal) => {
        concat!(
            " FROM dimensions d CROSS JOIN ledger_entries e",
            $joined,
            " WHERE d.coop_id = $1 AND e.dimension_id = d.id AND e.line_no IS NOT NULL
                AND e.kind IN ('sale', 'sale_promotion', 'sale_freight', 'refund', 'refund_promotion', 'refund_freight',
                  'receipt')
                AND e.day IN ($2)"
        )
    };
}

statements! {
    MOVED = concat!(
        "SELECT e.day, o.number, CASE WHEN e.part_no IS NULL THEN NULL ELSE e.line_no END AS line_no,
        CASE WHEN e.part_no IS NULL THEN NULL ELSE l.sku END AS sku, ",
        sums!(),
        own!(" JOIN orders o ON o.id = e.subject_id JOIN order_lines l ON l.order_id = e.subject_id AND l.line_no = e.line_no"),
        " GROUP BY 1, 2, 3, 4"
    );
    TOTALS = concat!("SELECT ", sums!(), own!(""));
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

row! {
    /// Sums over a statement's rows.
    #[derive(Clone, Debug, Default, Serialize, ToSchema)]
    pub struct Sums {
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
    }
}

/// Sums over a statement's rows, with what they leave.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Totals {
    #[serde(flatten)]
    pub sums: Sums,
    /// Goods, promotions and freight less what went back; may be negative.
    #[schema(value_type = i64)]
    pub net_fen: Fen,
}

impl std::ops::Deref for Totals {
    type Target = Sums;

    fn deref(&self) -> &Sums {
        &self.sums
    }
}

impl Moved {
    /// What the row leaves the cooperative.
    pub fn net(&self) -> Result<Fen> {
        let gained = self.goods_fen.plus(self.promotion_fen)?.plus(self.freight_fen)?;
        gained.minus(self.refund_fen)?.minus(self.refund_freight_fen)
    }

    /// Where it stands among the rows.
    pub fn place(&self) -> Place {
        Place { day: self.day, number: self.number.clone(), line_no: self.line_no.unwrap_or(FREIGHT) }
    }
}

/// Freight stands behind the lines of its order.
const FREIGHT: i64 = i64::MAX;

/// A place among the rows of a statement: their order, and where a page goes on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    day: Day,
    number: String,
    line_no: i64,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.day, self.number, self.line_no)
    }
}

impl std::str::FromStr for Place {
    type Err = Refusal;

    fn from_str(text: &str) -> std::result::Result<Self, Refusal> {
        let malformed = || Refusal::of_field("after", Code::Malformed).with("example", "2026-11-01.YX261027AA6EAAXK.1");
        let mut parts = text.split('.');
        let (Some(day), Some(number), Some(line), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(malformed());
        };
        let day = day.parse().map_err(|_| malformed())?;
        Ok(Self { day, number: number.to_owned(), line_no: line.parse().map_err(|_| malformed())? })
    }
}

/// Some rows of a statement, and whether more follow.
#[derive(Clone, Debug)]
pub struct Page {
    pub rows: Vec<Moved>,
    pub more: bool,
}

/// Whose statement, and over which days; both count.
#[derive(Clone, Debug)]
pub struct Asked {
    coop: CoopId,
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
}

impl Asked {
    /// Refuses reversed ranges and more than a year.
    pub fn of(coop: &CoopId, (from, to): (Day, Day)) -> Result<Self> {
        if from > to {
            return Err(Refusal::of_field("to", Code::RangeReversed).into());
        }
        if from.plus_days(MOST_DAYS) < to {
            return Err(Refusal::of_field("to", Code::OutOfRange)
                .with("min", from)
                .with("max", from.plus_days(MOST_DAYS))
                .into());
        }
        Ok(Self { coop: coop.clone(), from, to })
    }

    /// Sums over all rows.
    pub async fn totals(&self, conn: &mut Conn) -> Result<Totals> {
        let days = days(self.from, self.to);
        let sums: Sums = q(TOTALS).bind(&self.coop).and_list(days).one(conn).await?;
        let gained = sums.goods_fen.plus(sums.promotion_fen)?.plus(sums.freight_fen)?;
        let net_fen = gained.minus(sums.refund_fen)?.minus(sums.refund_freight_fen)?;
        Ok(Totals { sums, net_fen })
    }

    /// At most so many rows behind a place.
    pub async fn page(&self, conn: &mut Conn, after: Option<&Place>, most: usize) -> Result<Page> {
        let mut parts = self.parts();
        if let Some(after) = after {
            parts.next = parts.next.max(after.day);
        }
        let mut rows = Vec::new();
        while rows.len() <= most
            && let Some(part) = parts.next(conn).await?
        {
            rows.extend(part.into_iter().filter(|row| after.is_none_or(|after| row.place() > *after)));
        }
        let more = rows.len() > most;
        rows.truncate(most);
        Ok(Page { rows, more })
    }

    /// All rows, or a refusal where they are more than so many.
    pub async fn whole(&self, conn: &mut Conn, most: usize) -> Result<Vec<Moved>> {
        let page = self.page(conn, None, most).await?;
        if page.more {
            return Err(Refusal::of_field("from", Code::ReportTooLong).with("max", most).into());
        }
        Ok(page.rows)
    }

    /// All rows, some days at a time.
    pub fn parts(&self) -> Parts {
        Parts { coop: self.coop.clone(), next: self.from, to: self.to, days: FIRST_DAYS }
    }
}

/// The rows of a statement, some days at a time, so that a year of a big cooperative never stands in memory.
#[derive(Debug)]
pub struct Parts {
    coop: CoopId,
    next: Day,
    to: Day,
    days: i64,
}

impl Parts {
    /// The next rows, which may be none; nothing behind the last day.
    pub async fn next(&mut self, conn: &mut Conn) -> Result<Option<Vec<Moved>>> {
        if self.next > self.to {
            return Ok(None);
        }
        let last = self.next.plus_days(self.days - 1).min(self.to);
        let mut rows: Vec<Moved> = q(MOVED).bind(&self.coop).and_list(days(self.next, last)).all(conn).await?;
        rows.sort_by_cached_key(Moved::place);
        self.next = last.plus_days(1);
        if rows.len() < FEW_ROWS {
            self.days = (self.days * 2).min(MOST_AT_ONCE);
        } else if rows.len() > MANY_ROWS {
            self.days = (self.days / 2).max(1);
        }
        Ok(Some(rows))
    }
}

fn days(from: Day, to: Day) -> impl Iterator<Item = Day> {
    let next = move |day: &Day| Some(day.plus_days(1)).filter(|next| *next <= to);
    std::iter::successors(Some(from), next)
}

/// A statement as a whole. Refuses one that is too long for that.
pub async fn statement(conn: &mut Conn, asked: &Asked, as_of: At) -> Result<Statement> {
    let rows = asked.whole(conn, MOST_ROWS).await?;
    let totals = asked.totals(conn).await?;
    Ok(Statement { from: asked.from, to: asked.to, as_of, rows, totals })
}
