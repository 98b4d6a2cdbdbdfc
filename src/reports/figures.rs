//! The measures of every report, once, as SQL over the sums of what is sealed (C2–C12).

use std::{collections::HashMap, fmt::Write};

use super::{Ask, Dimension, spans::Spans};
use crate::{
    counter::rollup::{COUNTS, OfLine, SCHEME_COUNTS},
    db::{Conn, Query, Value, row},
    kernel::{Fen, Result},
};

macro_rules! sum {
    ($part:literal => $name:literal) => {
        concat!("CAST(COALESCE(SUM(", $part, "), 0) AS BIGINT) AS ", $name)
    };
}

/// Sums over sums `r`.
const MEASURES: &str = concat!(
    sum!("r.gross_fen" => "gross_fen"),
    ", ",
    sum!("r.refunds_fen" => "refunds_fen"),
    ", ",
    sum!("r.adjustments_fen" => "adjustments_fen"),
    ", ",
    sum!("r.effective_fen" => "effective_fen"),
    ", ",
    sum!("r.direct_fen" => "direct_fen"),
    ", ",
    sum!("r.recognised_fen" => "recognised_fen"),
    ", ",
    sum!("r.excluded_fen" => "excluded_fen"),
    ", ",
    sum!("r.qty" => "qty"),
    ", ",
    sum!("r.freight_fen" => "freight_fen"),
);

/// The same of single rows of the ledger `e`, without what has no line of its own.
pub(super) const LINE_MEASURES: &str = concat!(
    sum!("CASE WHEN e.kind = 'sale' AND e.late_for IS NULL THEN e.net_fen ELSE 0 END" => "gross_fen"),
    ", ",
    sum!("CASE WHEN e.kind = 'refund' AND e.late_for IS NULL THEN -e.net_fen ELSE 0 END" => "refunds_fen"),
    ", ",
    sum!("CASE WHEN e.late_for IS NULL THEN 0 ELSE e.net_fen END" => "adjustments_fen"),
    ", ",
    sum!("e.effective_fen" => "effective_fen"),
    ", CAST(0 AS BIGINT) AS direct_fen, CAST(0 AS BIGINT) AS recognised_fen, ",
    sum!("CASE WHEN e.kind = 'exclusion' THEN -e.effective_fen ELSE 0 END" => "excluded_fen"),
    ", ",
    sum!("CASE WHEN e.kind IN ('sale', 'refund') THEN e.qty ELSE 0 END" => "qty"),
    ", CAST(0 AS BIGINT) AS orders, CAST(0 AS BIGINT) AS products, CAST(0 AS BIGINT) AS freight_fen",
);

/// Distinct products cost a sort of their own: only where they show.
const PRODUCTS: &str = ", COUNT(DISTINCT CASE WHEN r.lines > 0 THEN d.product_id END) AS products";
const NO_PRODUCTS: &str = ", CAST(0 AS BIGINT) AS products";

/// Rows of the ledger that the journal has.
pub(super) const SEALED: &str =
    "NOT EXISTS (SELECT 1 FROM outbox o WHERE o.subject = e.subject_id AND o.key = e.subject_id || ' ' || e.fact)";

row! {
    /// What the days and filters of a report hold.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Figures {
        /// 支付额.
        pub gross_fen: Fen,
        /// 退款额, on the day on which the money went back.
        pub refunds_fen: Fen,
        /// 调整: late facts of closed months.
        pub adjustments_fen: Fen,
        /// 有效销售额.
        pub effective_fen: Fen,
        /// 直接采购: the effective part that units paid.
        pub direct_fen: Fen,
        /// The effective part that was recognised (认定) when it was paid.
        pub recognised_fen: Fen,
        /// 剔除.
        pub excluded_fen: Fen,
        /// Units paid for less units refunded.
        pub qty: i64,
        /// Distinct paid orders, not lowered by refunds.
        pub orders: i64,
        /// Distinct products sold.
        pub products: i64,
        /// Freight paid less freight refunded; never part of the goods' figures.
        pub freight_fen: Fen,
    }
}

impl Figures {
    /// 净支付额.
    pub fn net(&self) -> Result<Fen> {
        self.gross_fen.minus(self.refunds_fen)?.plus(self.adjustments_fen)
    }

    /// 帮助销售: the effective part that individuals paid.
    pub fn assisted(&self) -> Result<Fen> {
        self.effective_fen.minus(self.direct_fen)
    }

    /// Adds a group that has no order or product in common with this one.
    pub(super) fn add(&mut self, other: &Self) -> Result<()> {
        for (own, more) in [
            (&mut self.gross_fen, other.gross_fen),
            (&mut self.refunds_fen, other.refunds_fen),
            (&mut self.adjustments_fen, other.adjustments_fen),
            (&mut self.effective_fen, other.effective_fen),
            (&mut self.direct_fen, other.direct_fen),
            (&mut self.recognised_fen, other.recognised_fen),
            (&mut self.excluded_fen, other.excluded_fen),
            (&mut self.freight_fen, other.freight_fen),
        ] {
            *own = own.plus(more)?;
        }
        self.qty += other.qty;
        self.orders += other.orders;
        self.products += other.products;
        Ok(())
    }
}

row! {
    /// Figures under their raw keys.
    #[derive(Clone, Debug)]
    pub(super) struct Group {
        pub key1: String,
        pub key2: String,
                pub figures: Figures,
    }
}

row! {
    /// Distinct orders under their raw keys.
    struct OrderGroup {
        key1: String,
        key2: String,
        orders: i64,
    }
}

/// A statement under way: its text and values.
pub(super) struct Draft {
    pub sql: String,
    pub binds: Vec<Value>,
}

impl Draft {
    /// A statement of declared parts with its values.
    pub fn query(self) -> Query {
        self.binds.into_iter().fold(Query::from_closed_parts(self.sql), Query::bind)
    }

    /// Adds an ask's filters by dimensions `d`, and a column of time.
    pub fn filter(&mut self, ask: &Ask, time: &str) -> Result<()> {
        for (dimension, value) in &ask.filters {
            let (condition, more) = dimension.condition(value, self.binds.len() + 1, time)?;
            self.sql.push_str(&condition);
            self.binds.extend(more);
        }
        Ok(())
    }

    /// Begins a statement over sums `alias` with their dimensions.
    fn over(select: &str, (table, alias): (&str, &str), spans: &Spans, schemes: &str) -> Self {
        let mut binds = Vec::new();
        let from = spans.from(&mut binds);
        let condition = spans.condition(alias, &mut binds);
        let sql = format!(
            "SELECT {select} FROM {from}{table} {alias} CROSS JOIN dimensions d{schemes}
             WHERE d.id = {alias}.dimension_id AND {condition}"
        );
        Self { sql, binds }
    }
}

fn keys(conn: &Conn, by: &[Dimension], time: &str) -> String {
    let key = |place: usize| by.get(place).map_or_else(|| "''".to_owned(), |d| d.sql(conn.engine(), time));
    format!("{} AS key1, {} AS key2", key(0), key(1))
}

fn group(by: &[Dimension]) -> &'static str {
    match by.len() {
        0 => "",
        1 => " GROUP BY 1",
        _ => " GROUP BY 1, 2",
    }
}

const SCHEMES: &str = " LEFT JOIN dimension_schemes s ON s.dimension_id = d.id";

/// Where the number of distinct orders of an ask's groups is kept.
enum Orders {
    /// In a column of the sums.
    Column(&'static str),
    /// In a column of the schemes' sums.
    Scheme(&'static str),
    /// Nowhere: the orders are counted.
    Ledger,
}

impl Orders {
    fn of(ask: &Ask, by: &[Dimension]) -> Self {
        let dimensions = || by.iter().copied().chain(ask.filters.iter().map(|(dimension, _)| *dimension));
        let mut parts: Vec<OfLine> = dimensions().filter_map(Dimension::of_line).collect();
        parts.sort();
        parts.dedup();
        let place = COUNTS.iter().position(|(_, of)| *of == parts);
        match (dimensions().filter(|dimension| *dimension == Dimension::Scheme).count(), place) {
            (0, Some(place)) => Self::Column(COUNTS[place].0),
            (1, Some(place)) if place < SCHEME_COUNTS => Self::Scheme(COUNTS[place].0),
            _ => Self::Ledger,
        }
    }
}

/// Figures by the dimensions, raw keys; distinct products where they show.
pub(super) async fn groups(conn: &mut Conn, ask: &Ask, by: &[Dimension], products: bool) -> Result<Vec<Group>> {
    let orders = Orders::of(ask, by);
    let column = match orders {
        Orders::Column(column) => format!(", CAST(COALESCE(SUM(r.{column}), 0) AS BIGINT) AS orders"),
        _ => ", CAST(0 AS BIGINT) AS orders".to_owned(),
    };
    let schemes = if by.contains(&Dimension::Scheme) { SCHEMES } else { "" };
    let spans = Spans::of(conn, ask, by, products).await?;
    let products = if products { PRODUCTS } else { NO_PRODUCTS };
    let select = format!("{}, {MEASURES}{column}{products}", keys(conn, by, "r.span"));
    let mut draft = Draft::over(&select, ("rollups", "r"), &spans, schemes);
    draft.filter(ask, "r.span")?;
    draft.sql.push_str(group(by));
    let mut groups: Vec<Group> = draft.query().all(conn).await?;
    let counted = match orders {
        Orders::Column(_) => return Ok(groups),
        Orders::Scheme(column) => scheme_orders(conn, ask, by, column).await?,
        Orders::Ledger => ledger_orders(conn, ask, by).await?,
    };
    let counted: HashMap<(String, String), i64> = counted.into_iter().map(|c| ((c.key1, c.key2), c.orders)).collect();
    for group in &mut groups {
        let own = counted.get(&(group.key1.clone(), group.key2.clone()));
        group.figures.orders = own.copied().unwrap_or(0);
    }
    Ok(groups)
}

async fn scheme_orders(conn: &mut Conn, ask: &Ask, by: &[Dimension], column: &str) -> Result<Vec<OrderGroup>> {
    let spans = Spans::of(conn, ask, &[by, &[Dimension::Scheme]].concat(), false).await?;
    let select = format!("{}, CAST(COALESCE(SUM(s.{column}), 0) AS BIGINT) AS orders", keys(conn, by, "s.span"));
    let mut draft = Draft::over(&select, ("rollup_schemes", "s"), &spans, "");
    for (dimension, value) in &ask.filters {
        let next = draft.binds.len() + 1;
        if *dimension == Dimension::Scheme {
            let _ = write!(draft.sql, " AND s.scheme_code = ${next}");
            draft.binds.push(value.as_str().into());
        } else {
            let (condition, more) = dimension.condition(value, next, "s.span")?;
            draft.sql.push_str(&condition);
            draft.binds.extend(more);
        }
    }
    draft.sql.push_str(group(by));
    draft.query().all(conn).await
}

async fn ledger_orders(conn: &mut Conn, ask: &Ask, by: &[Dimension]) -> Result<Vec<OrderGroup>> {
    let schemes = if by.contains(&Dimension::Scheme) { SCHEMES } else { "" };
    let mut draft = Draft {
        sql: format!(
            "SELECT {}, COUNT(DISTINCT e.subject_id) AS orders
             FROM ledger_entries e JOIN dimensions d ON d.id = e.dimension_id{schemes}
             WHERE e.day >= $1 AND e.day <= $2 AND e.kind = 'sale' AND {SEALED}",
            keys(conn, by, "e.day")
        ),
        binds: vec![ask.from.into(), ask.to.into()],
    };
    draft.filter(ask, "e.day")?;
    draft.sql.push_str(group(by));
    draft.query().all(conn).await
}

/// Everything in one row; distinct products where they show.
pub(super) async fn total(conn: &mut Conn, ask: &Ask, products: bool) -> Result<Figures> {
    Ok(groups(conn, ask, &[], products).await?.pop().map(|group| group.figures).unwrap_or_default())
}
