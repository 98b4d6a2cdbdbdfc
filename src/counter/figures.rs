//! The counter's figures (C5–C10), read from the sums of the sealed journal.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Grain;
use crate::{
    db::{Conn, Query, q, row, statements},
    kernel::{At, Day, Fen, Result},
    ledger::DEFINITION_VERSION,
};

statements! {
    SPANS = "SELECT span, CAST(SUM(gross_fen) AS BIGINT) AS gross, CAST(SUM(refunds_fen) AS BIGINT) AS refunds,
               CAST(SUM(adjustments_fen) AS BIGINT) AS adjustments, CAST(SUM(effective_fen) AS BIGINT) AS effective,
               CAST(SUM(excluded_fen) AS BIGINT) AS excluded, CAST(SUM(orders) AS BIGINT) AS orders
             FROM rollups WHERE cut = 'makers' AND span IN ($1) GROUP BY span";
    COUNTIES = "SELECT d.county_code AS county, COALESCE(MAX(c.name), '') AS name, COALESCE(MAX(c.name_en), '') AS name_en,
                  CAST(SUM(r.gross_fen - r.refunds_fen + r.adjustments_fen) AS BIGINT) AS net_paid_fen
                FROM rollups r JOIN dimensions d ON d.id = r.dimension_id LEFT JOIN counties c ON c.code = d.county_code
                WHERE r.cut = 'makers' AND r.span IN ($1)
                GROUP BY d.county_code ORDER BY 4 DESC, 1";
    HOUSEHOLDS = "SELECT CAST(count(DISTINCT id_hash) AS BIGINT) FROM households";
    HEAD = "SELECT seq, hash FROM journal_entries ORDER BY seq DESC LIMIT 1";
    MONTHS = "SELECT span AS month, CAST(SUM(gross_fen - refunds_fen + adjustments_fen) AS BIGINT) AS net_paid_fen
              FROM rollups WHERE cut = 'makers' AND span IN ($1) GROUP BY span ORDER BY 1";
    FIRST = "SELECT span FROM rollups WHERE cut = 'buyers' AND length(span) = 10 ORDER BY span LIMIT 1";
    LAST = "SELECT span FROM rollups WHERE cut = 'buyers' AND length(span) = 10 ORDER BY span DESC LIMIT 1";
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
    let (day, month, year) = (today.to_string(), today.month_label(), Grain::Year.span(today));
    let years = years(conn).await?;
    let spans = years.iter().chain([&year, &month, &day]).collect::<BTreeSet<_>>();
    let spans: Vec<Sums> = Query::with_list(SPANS, spans.into_iter().map(String::as_str)).all(conn).await?;
    let of = |span: &str| Sums::of(spans.iter().filter(|sums| sums.span == span)).span();
    let all = Sums::of(spans.iter().filter(|sums| sums.span.len() == year.len()));
    let households: (i64,) = q(HOUSEHOLDS).one(conn).await?;
    Ok(Figures {
        as_of: now,
        definition_version: DEFINITION_VERSION.to_owned(),
        today: of(&day),
        month: of(&month),
        year: of(&year),
        all: All {
            gross_paid_fen: Fen(all.gross),
            refunds_fen: Fen(all.refunds),
            net_paid_fen: all.net(),
            effective_fen: Fen(all.effective),
            orders: all.orders,
            households: households.0,
            excluded_fen: Fen(all.excluded),
        },
        by_county: Query::with_list(COUNTIES, years).all(conn).await?,
        head,
        demo,
    })
}

/// The years with a figure.
async fn years(conn: &mut Conn) -> Result<Vec<String>> {
    let Some((first, last)) = days(conn).await? else { return Ok(Vec::new()) };
    let mut years = Vec::new();
    let mut day = first.year_start();
    while day <= last {
        years.push(Grain::Year.span(day));
        day = day.plus_days(366).year_start();
    }
    Ok(years)
}

/// The first and the last day with a figure; none before the first sale.
pub async fn days(conn: &mut Conn) -> Result<Option<(Day, Day)>> {
    let first: Option<(Day,)> = q(FIRST).opt(conn).await?;
    let last: Option<(Day,)> = q(LAST).opt(conn).await?;
    Ok(first.zip(last).map(|(first, last)| (first.0, last.0)))
}

/// `(YYYY-MM, net paid)` of the months of a year up to a day, those without a figure left out.
pub async fn months(conn: &mut Conn, until: Day) -> Result<Vec<(String, Fen)>> {
    let mut months = Vec::new();
    let mut day = until.year_start();
    while day <= until {
        months.push(day.month_label());
        day = day.month_end().plus_days(1);
    }
    Query::with_list(MONTHS, months).all(conn).await
}
