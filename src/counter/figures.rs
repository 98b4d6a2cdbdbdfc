//! The counter's figures (C5–C10), read from the sums of the sealed journal.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    db::{Conn, q, row, statements},
    kernel::{At, Day, Fen, Result},
    ledger::DEFINITION_VERSION,
};

statements! {
    SPANS = "SELECT span, CAST(SUM(gross_fen) AS BIGINT) AS gross, CAST(SUM(refunds_fen) AS BIGINT) AS refunds,
               CAST(SUM(adjustments_fen) AS BIGINT) AS adjustments, CAST(SUM(effective_fen) AS BIGINT) AS effective,
               CAST(SUM(excluded_fen) AS BIGINT) AS excluded, CAST(SUM(orders) AS BIGINT) AS orders
             FROM (SELECT * FROM rollups WHERE length(span) = 7 UNION ALL SELECT * FROM rollups WHERE span = $1) AS t
             GROUP BY span";
    COUNTIES = "SELECT d.county_code AS county, COALESCE(MAX(c.name), '') AS name, COALESCE(MAX(c.name_en), '') AS name_en,
                  CAST(SUM(r.gross_fen - r.refunds_fen + r.adjustments_fen) AS BIGINT) AS net_paid_fen
                FROM rollups r JOIN dimensions d ON d.id = r.dimension_id LEFT JOIN counties c ON c.code = d.county_code
                WHERE length(r.span) = 7
                GROUP BY d.county_code ORDER BY 4 DESC, 1";
    HOUSEHOLDS = "SELECT CAST(count(DISTINCT id_hash) AS BIGINT) FROM households";
    HEAD = "SELECT seq, hash FROM journal_entries ORDER BY seq DESC LIMIT 1";
    MONTHS = "SELECT span AS month, CAST(SUM(gross_fen - refunds_fen + adjustments_fen) AS BIGINT) AS net_paid_fen
              FROM rollups WHERE length(span) = 7 AND span >= $1 GROUP BY span ORDER BY 1";
    ALL_FROM = "SELECT COALESCE(MIN(span), '') FROM rollups WHERE length(span) = 10";
}

/// Net paid and paid orders of a span.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Span {
    /// 净支付额: paid less refunded.
    #[schema(value_type = i64)]
    pub net_paid_fen: Fen,
    /// Distinct paid orders, not lowered by refunds.
    pub orders: i64,
}

/// Everything since the market opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct All {
    /// 支付额.
    #[schema(value_type = i64)]
    pub gross_paid_fen: Fen,
    /// 退款额.
    #[schema(value_type = i64)]
    pub refunds_fen: Fen,
    /// 净支付额.
    #[schema(value_type = i64)]
    pub net_paid_fen: Fen,
    /// 有效销售额: received, less refunds and exclusions.
    #[schema(value_type = i64)]
    pub effective_fen: Fen,
    /// Distinct paid orders.
    pub orders: i64,
    /// 带动户数: households with evidence.
    pub households: i64,
    /// 剔除: taken out by review.
    #[schema(value_type = i64)]
    pub excluded_fen: Fen,
}

row! {
    /// A county's share.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
    pub struct CountyShare {
        /// GB code, as in the journal.
        pub county: String,
        pub name: String,
        pub name_en: String,
        /// 净支付额.
        #[schema(value_type = i64)]
        pub net_paid_fen: Fen,
    }
}

row! {
    /// The journal's last entry that the figures include.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
    pub struct Head {
        /// Its number; 0 before the first.
        pub seq: i64,
        pub hash: String,
    }
}

/// The counter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Figures {
    /// When these figures were read.
    #[schema(value_type = String)]
    pub as_of: At,
    pub definition_version: String,
    /// Today in Asia/Shanghai.
    pub today: Span,
    pub month: Span,
    pub year: Span,
    /// Since the market opened.
    pub all: All,
    /// Net paid by county, largest first.
    pub by_county: Vec<CountyShare>,
    /// The journal's head.
    pub head: Head,
    /// Whether the figures are of a demonstration (演示数据).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub demo: bool,
}

row! {
    #[derive(Default)]
    struct Sums {
        span: String,
        gross: i64,
        refunds: i64,
        adjustments: i64,
        effective: i64,
        excluded: i64,
        orders: i64,
    }
}

impl Sums {
    fn net(&self) -> Fen {
        Fen(self.gross - self.refunds + self.adjustments)
    }

    fn of<'s>(all: impl Iterator<Item = &'s Self>) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            span: String::new(),
            gross: sum.gross + one.gross,
            refunds: sum.refunds + one.refunds,
            adjustments: sum.adjustments + one.adjustments,
            effective: sum.effective + one.effective,
            excluded: sum.excluded + one.excluded,
            orders: sum.orders + one.orders,
        })
    }

    fn span(&self) -> Span {
        Span { net_paid_fen: self.net(), orders: self.orders }
    }
}

/// The journal's head.
pub async fn head(conn: &mut Conn) -> Result<Head> {
    let head: Option<Head> = q(HEAD).opt(conn).await?;
    Ok(head.unwrap_or_else(|| Head { seq: 0, hash: super::GENESIS.to_owned() }))
}

/// Reads the figures. They are consistent with `head` where the connection reads one snapshot.
pub async fn read(conn: &mut Conn, now: At, demo: bool) -> Result<Figures> {
    let today = now.day();
    let head = head(conn).await?;
    let spans: Vec<Sums> = q(SPANS).bind(today).all(conn).await?;
    let (day, month, year) = (today.to_string(), today.month_label(), today.year_start().to_string());
    let months = || spans.iter().filter(|sums| sums.span.len() == month.len());
    let all = Sums::of(months());
    let households: (i64,) = q(HOUSEHOLDS).one(conn).await?;
    Ok(Figures {
        as_of: now,
        definition_version: DEFINITION_VERSION.to_owned(),
        today: Sums::of(spans.iter().filter(|sums| sums.span == day)).span(),
        month: Sums::of(months().filter(|sums| sums.span == month)).span(),
        year: Sums::of(months().filter(|sums| sums.span[..4] == year[..4])).span(),
        all: All {
            gross_paid_fen: Fen(all.gross),
            refunds_fen: Fen(all.refunds),
            net_paid_fen: all.net(),
            effective_fen: Fen(all.effective),
            orders: all.orders,
            households: households.0,
            excluded_fen: Fen(all.excluded),
        },
        by_county: q(COUNTIES).all(conn).await?,
        head,
        demo,
    })
}

/// First day with a figure, for "since"; none before the first sale.
pub async fn since(conn: &mut Conn) -> Result<Option<String>> {
    let (day,): (String,) = q(ALL_FROM).one(conn).await?;
    Ok((!day.is_empty()).then_some(day))
}

/// `(YYYY-MM, net paid)` of the months from a day on, those without a figure left out.
pub async fn months(conn: &mut Conn, from: Day) -> Result<Vec<(String, Fen)>> {
    q(MONTHS).bind(from.month_label()).all(conn).await
}
