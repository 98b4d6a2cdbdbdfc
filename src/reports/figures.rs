//! The measures of every report, once, as SQL over the ledger (C2–C12).

use super::{Ask, Dimension, dimension};
use crate::{
    db::{Conn, Query, Value, row},
    kernel::{Fen, Result},
};

/// Goods: the rows of the ledger that the public journal tells of.
const GOODS: &str = "ledger_entries e";
const GOODS_KINDS: &str = "e.kind IN ('sale', 'receipt', 'refund', 'exclusion', 'adjustment')";

/// What a row adds to 有效销售额.
macro_rules! effective {
    () => {
        "CASE WHEN e.kind = 'receipt' THEN e.amount_fen WHEN e.kind = 'exclusion' THEN -e.amount_fen \
         WHEN e.kind = 'refund' AND e.after_receipt THEN -e.amount_fen ELSE 0 END"
    };
}

/// Whether a row carries a recognition (认定): a national or local list, not the scope of the pairing alone,
/// and not the origin that a reserved quota asks for, since purchases here do not count toward it.
macro_rules! recognised {
    () => {
        "(replace(e.schemes, '\"XFBF_', '') <> e.schemes OR replace(e.schemes, '\"LOCAL_', '') <> e.schemes)"
    };
}

macro_rules! sum {
    ($($part:expr),+ => $name:literal) => { concat!("CAST(COALESCE(SUM(", $($part),+, "), 0) AS BIGINT) AS ", $name) };
}

macro_rules! of_kind {
    ($kind:literal, $what:literal) => {
        concat!("CASE WHEN e.kind = '", $kind, "' THEN e.", $what, " ELSE 0 END")
    };
}

/// Sums over goods rows of alias `e`.
pub(super) const MEASURES: &str = concat!(
    sum!(of_kind!("sale", "amount_fen") => "gross_fen"),
    ", ",
    sum!(of_kind!("refund", "amount_fen") => "refunds_fen"),
    ", ",
    sum!(of_kind!("adjustment", "amount_fen") => "adjustments_fen"),
    ", ",
    sum!(effective!() => "effective_fen"),
    ", ",
    sum!("CASE WHEN e.buyer_class = 'unit' THEN ", effective!(), " ELSE 0 END" => "direct_fen"),
    ", ",
    sum!("CASE WHEN ", recognised!(), " THEN ", effective!(), " ELSE 0 END" => "recognised_fen"),
    ", ",
    sum!(of_kind!("exclusion", "amount_fen") => "excluded_fen"),
    ", ",
    sum!("CASE WHEN e.kind = 'sale' THEN e.qty WHEN e.kind = 'refund' THEN -e.qty ELSE 0 END" => "qty"),
    ", ",
    "COUNT(DISTINCT CASE WHEN e.kind = 'sale' THEN e.order_id END) AS orders, ",
    "CAST(0 AS BIGINT) AS freight_fen"
);

/// Distinct products cost a sort of their own: only where they show.
const PRODUCTS: &str = ", COUNT(DISTINCT CASE WHEN e.kind = 'sale' THEN e.product_id END) AS products";
pub(super) const NO_PRODUCTS: &str = ", CAST(0 AS BIGINT) AS products";

/// Distinct orders and products of all groups together.
const DISTINCT: &str = "COUNT(DISTINCT e.order_id) AS orders, COUNT(DISTINCT e.product_id) AS products";

/// Freight of orders: enough for what an order has as a whole, and for its seller.
const FREIGHT_OF_ORDERS: &str = "(
  SELECT day, coop_id, channel, outlet, buyer_class, district_code,
    CASE WHEN kind = 'sale_freight' THEN amount_fen ELSE -amount_fen END AS amount_fen
  FROM ledger_entries WHERE kind IN ('sale_freight', 'refund_freight') AND day >= $1 AND day <= $2
) e";

/// Freight by line: a seller order's freight is spread over its lines, so it has their dimensions; the
/// cooperative is the seller. A set's freight is its first part's.
const FREIGHT_OF_LINES: &str = "(
  SELECT b.day, b.county_code, b.pairing, b.category_code, b.product_id, so.coop_id, b.channel, b.outlet,
    b.buyer_class, b.district_code, b.schemes, l.freight_fen AS amount_fen
  FROM ledger_entries b JOIN order_lines l ON l.order_id = b.order_id AND l.line_no = b.line_no
    JOIN seller_orders so ON so.id = l.seller_order_id
  WHERE b.kind = 'sale' AND b.part_no = 1 AND b.day >= $1 AND b.day <= $2 AND l.freight_fen > 0
  UNION ALL
  SELECT r.succeeded_on AS day, b.county_code, b.pairing, b.category_code, b.product_id, so.coop_id, b.channel, b.outlet,
    b.buyer_class, b.district_code, b.schemes, -x.freight_fen AS amount_fen
  FROM refunds r JOIN refund_lines x ON x.refund_id = r.id
    JOIN ledger_entries b ON b.order_id = r.order_id AND b.line_no = x.line_no AND b.part_no = 1 AND b.kind = 'sale'
    JOIN order_lines l ON l.order_id = r.order_id AND l.line_no = x.line_no
    JOIN seller_orders so ON so.id = l.seller_order_id
  WHERE r.state = 'succeeded' AND x.freight_fen > 0 AND r.succeeded_on >= $1 AND r.succeeded_on <= $2
) e";

const FREIGHT_SUM: &str = sum!("e.amount_fen" => "freight_fen");

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

    /// Adds a group that has no order in common with this one.
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
        self.products = self.products.max(other.products);
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
    /// Freight under its raw keys.
    #[derive(Clone, Debug)]
    pub(super) struct FreightGroup {
        pub key1: String,
        pub key2: String,
        pub freight_fen: Fen,
    }
}

/// Conditions of an ask over rows of alias `e`, with their values; `$1` and `$2` are the days.
pub(super) fn conditions(ask: &Ask) -> Result<(String, Vec<Value>)> {
    let mut binds: Vec<Value> = vec![ask.from.into(), ask.to.into()];
    let mut sql = String::from("e.day >= $1 AND e.day <= $2");
    for (dimension, value) in &ask.filters {
        let (condition, more) = dimension.condition(value, binds.len() + 1)?;
        sql.push_str(&condition);
        binds.extend(more);
    }
    Ok((sql, binds))
}

/// A statement of declared parts with its values.
pub(super) fn query(sql: String, binds: Vec<Value>) -> Query {
    binds.into_iter().fold(Query::from_closed_parts(sql), Query::bind)
}

/// Goods figures by the dimensions, raw keys; distinct products where they show.
pub(super) async fn goods(conn: &mut Conn, ask: &Ask, by: &[Dimension], products: bool) -> Result<Vec<Group>> {
    let measures = format!("{MEASURES}{}", if products { PRODUCTS } else { NO_PRODUCTS });
    let kinds = format!("{GOODS_KINDS} AND ");
    grouped(ask, by, &Source { measures: &measures, from: GOODS, kinds: &kinds })?.all(conn).await
}

/// Freight by the dimensions, raw keys.
pub(super) async fn freight(conn: &mut Conn, ask: &Ask, by: &[Dimension]) -> Result<Vec<FreightGroup>> {
    let dimensions = by.iter().chain(ask.filters.iter().map(|(dimension, _)| dimension));
    let of_orders = dimensions.into_iter().all(|dimension| dimension.is_of_order() || *dimension == Dimension::Coop);
    let from = if of_orders { FREIGHT_OF_ORDERS } else { FREIGHT_OF_LINES };
    grouped(ask, by, &Source { measures: FREIGHT_SUM, from, kinds: "" })?.all(conn).await
}

/// Distinct orders and products of everything asked for.
pub(super) async fn distinct(conn: &mut Conn, ask: &Ask) -> Result<(i64, i64)> {
    let (conditions, binds) = conditions(ask)?;
    let sql = format!("SELECT {DISTINCT} FROM {GOODS} WHERE e.kind = 'sale' AND {conditions}");
    query(sql, binds).one(conn).await
}

/// What is summed, and over which rows of alias `e`.
struct Source<'a> {
    measures: &'a str,
    from: &'a str,
    /// Which kinds count; empty or ends with `AND `.
    kinds: &'a str,
}

fn grouped(ask: &Ask, by: &[Dimension], source: &Source<'_>) -> Result<Query> {
    let Source { measures, from, kinds } = *source;
    let (conditions, binds) = conditions(ask)?;
    let key = |place: usize| by.get(place).map_or("''", |dimension| dimension.sql());
    let schemes = if by.contains(&Dimension::Scheme) { dimension::SCHEMES } else { "" };
    let group = match by.len() {
        0 => "",
        1 => " GROUP BY 1",
        _ => " GROUP BY 1, 2",
    };
    let sql = format!(
        "SELECT {} AS key1, {} AS key2, {measures} FROM {from}{schemes} WHERE {kinds}{conditions}{group}",
        key(0),
        key(1)
    );
    Ok(query(sql, binds))
}

/// Everything in one row.
pub(super) async fn total(conn: &mut Conn, ask: &Ask) -> Result<Figures> {
    let mut figures = goods(conn, ask, &[], true).await?.pop().map(|group| group.figures).unwrap_or_default();
    figures.freight_fen = Fen::sum(freight(conn, ask, &[]).await?.into_iter().map(|group| group.freight_fen))?;
    Ok(figures)
}

/// The total of groups that share no line; one pass over the ledger less than asking for everything again.
pub(super) async fn total_of(conn: &mut Conn, ask: &Ask, groups: &[Group]) -> Result<Figures> {
    if ask.by.contains(&Dimension::Scheme) {
        return total(conn, ask).await;
    }
    let mut sums = Figures::default();
    for group in groups {
        sums.add(&group.figures)?;
    }
    (sums.orders, sums.products) = distinct(conn, ask).await?;
    Ok(sums)
}
