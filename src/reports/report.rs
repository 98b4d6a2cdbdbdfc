//! A drawn report: columns, rows and totals, whatever its kind.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{Ask, Dimension, Figures, Kind, Sight};
use crate::{
    kernel::{At, Day, Fen, Lang, Named, Result},
    ledger::DEFINITION_VERSION,
};

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReportUnit)]
pub enum Unit {
    /// Words.
    Text,
    /// Money in 分.
    Fen,
    /// A number of orders.
    Orders,
    /// A number of units of goods.
    Items,
    /// A number of products.
    Products,
    /// A number of households.
    Households,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReportColumn)]
pub struct Column {
    /// The cells' name in rows and totals.
    pub key: &'static str,
    /// Head, in the language asked for.
    pub label: &'static str,
    /// What the cells are.
    pub unit: Unit,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing to say.
    Empty,
    /// Words.
    Text(String),
    /// A number.
    Count(i64),
    Money(Fen),
}

impl Cell {
    fn json(&self) -> Value {
        match self {
            Self::Empty => Value::Null,
            Self::Text(text) => Value::String(text.clone()),
            Self::Count(n) => (*n).into(),
            Self::Money(fen) => fen.0.into(),
        }
    }
}

/// A report as it is drawn; every format is made of this.
#[derive(Clone, Debug)]
pub struct Report {
    /// The question.
    pub ask: Ask,
    /// When it was drawn.
    pub as_of: At,
    /// Language of heads and labels.
    pub lang: Lang,
    /// Whether the figures are of a demonstration (演示数据).
    pub demo: bool,
    pub columns: Vec<Column>,
    /// Rows, a cell for each column.
    pub rows: Vec<Vec<Cell>>,
    /// Totals, a cell for each column; not the sum of rows where orders or schemes overlap.
    pub totals: Vec<Cell>,
}

/// A report as programs read it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Report)]
pub struct ReportView {
    #[schema(value_type = String)]
    pub kind: Kind,
    /// First day; it counts.
    #[schema(value_type = String)]
    pub from: Day,
    /// Last day; it counts.
    #[schema(value_type = String)]
    pub to: Day,
    pub by: Vec<Dimension>,
    /// Values that rows are limited to, by dimension.
    #[serde(skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object)]
    pub filters: Map<String, Value>,
    pub definition_version: &'static str,
    #[schema(value_type = String)]
    pub as_of: At,
    pub columns: Vec<Column>,
    /// A row has `key` and `label` of its group, `key2` and `label2` of a second dimension, and a value for each column.
    #[schema(value_type = Vec<Object>)]
    pub rows: Vec<Map<String, Value>>,
    #[schema(value_type = Object)]
    pub totals: Map<String, Value>,
    /// Whether the figures are of a demonstration (演示数据).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub demo: bool,
}

impl Report {
    /// An empty report for an ask.
    pub(super) fn new(ask: &Ask, sight: Sight, columns: Vec<Column>) -> Self {
        let (rows, totals) = (Vec::new(), Vec::new());
        Self { ask: ask.clone(), as_of: sight.now, lang: sight.lang, demo: sight.demo, columns, rows, totals }
    }

    /// The report for programs; cells of totals that say nothing are left out.
    pub fn view(&self) -> ReportView {
        let object = |cells: &Vec<Cell>| -> Map<String, Value> {
            let cells = self.columns.iter().zip(cells).filter(|(_, cell)| **cell != Cell::Empty);
            cells.map(|(column, cell)| (column.key.to_owned(), cell.json())).collect()
        };
        let filters = self.ask.filters.iter().map(|(d, value)| (d.as_str().to_owned(), value.as_str().into()));
        ReportView {
            kind: self.ask.kind,
            from: self.ask.from,
            to: self.ask.to,
            by: self.ask.by.clone(),
            filters: filters.collect(),
            definition_version: DEFINITION_VERSION,
            as_of: self.as_of,
            columns: self.columns.clone(),
            rows: self.rows.iter().map(object).collect(),
            totals: object(&self.totals),
            demo: self.demo,
        }
    }
}

/// A column that a report may have, its head in both languages.
struct Known {
    key: &'static str,
    unit: Unit,
    zh: &'static str,
    en: &'static str,
}

const fn known(key: &'static str, unit: Unit, zh: &'static str, en: &'static str) -> Known {
    Known { key, unit, zh, en }
}

/// Every column that a report may have.
const COLUMNS: &[Known] = &[
    known("key", Unit::Text, "编码", "Code"),
    known("label", Unit::Text, "名称", "Name"),
    known("key2", Unit::Text, "编码（二）", "Code 2"),
    known("label2", Unit::Text, "名称（二）", "Name 2"),
    known("gross_paid_fen", Unit::Fen, "支付额", "Paid"),
    known("refunds_fen", Unit::Fen, "退款额", "Refunded"),
    known("adjustments_fen", Unit::Fen, "调整", "Adjusted"),
    known("net_paid_fen", Unit::Fen, "净支付额", "Net paid"),
    known("effective_fen", Unit::Fen, "有效销售额", "Effective"),
    known("direct_fen", Unit::Fen, "其中直接采购", "of it by units"),
    known("assisted_fen", Unit::Fen, "其中帮助销售", "of it by individuals"),
    known("recognised_fen", Unit::Fen, "其中认定", "of it recognised"),
    known("excluded_fen", Unit::Fen, "剔除", "Excluded"),
    known("freight_fen", Unit::Fen, "运费（另计）", "Freight, apart"),
    known("orders", Unit::Orders, "订单数", "Orders"),
    known("qty", Unit::Items, "净件数", "Units, net"),
    known("products", Unit::Products, "在售品种", "Products sold"),
    known("amount_fen", Unit::Fen, "金额", "Amount"),
    known("paid_fen", Unit::Fen, "带农支出", "Paid to households"),
    known("households", Unit::Households, "带动户数", "Households"),
    known("poverty_alleviated", Unit::Households, "其中脱贫户", "out of poverty"),
    known("monitored", Unit::Households, "其中监测户", "monitored"),
    known("general", Unit::Households, "其中一般户", "general"),
    known("day", Unit::Text, "日期", "Day"),
    known("product", Unit::Text, "产品编码", "Product"),
    known("sku", Unit::Text, "规格编码", "SKU"),
    known("spec", Unit::Text, "规格", "Spec"),
    known("schemes", Unit::Text, "认定口径", "Schemes"),
    known("county", Unit::Text, "产地县区", "County"),
    known("coop", Unit::Text, "供应商", "Cooperative"),
    known("buyer_class", Unit::Text, "采购方", "Buyer"),
    known("channel", Unit::Text, "渠道", "Channel"),
    known("unit_fen", Unit::Fen, "单价", "Unit price"),
];

/// The columns of these keys, in this order, with the heads of a language; names are headed by their dimension.
pub(super) fn columns(keys: &[&str], by: &[Dimension], lang: Lang) -> Vec<Column> {
    let known = keys.iter().filter_map(|key| COLUMNS.iter().find(|column| column.key == *key));
    let head = |key: &str, zh: &'static str, en: &'static str| match (key, by) {
        ("label", [first, ..]) => first.name(lang),
        ("label2", [_, second, ..]) => second.name(lang),
        _ => lang.pick(zh, en),
    };
    known.map(|known| Column { key: known.key, unit: known.unit, label: head(known.key, known.zh, known.en) }).collect()
}

/// Keys of the figures in every grouped report.
pub(super) const FIGURES: &[&str] = &[
    "gross_paid_fen",
    "refunds_fen",
    "adjustments_fen",
    "net_paid_fen",
    "effective_fen",
    "direct_fen",
    "assisted_fen",
    "recognised_fen",
    "excluded_fen",
    "freight_fen",
    "orders",
    "qty",
];

/// The cells under `FIGURES`.
pub(super) fn cells(figures: &Figures) -> Result<Vec<Cell>> {
    Ok(vec![
        Cell::Money(figures.gross_fen),
        Cell::Money(figures.refunds_fen),
        Cell::Money(figures.adjustments_fen),
        Cell::Money(figures.net()?),
        Cell::Money(figures.effective_fen),
        Cell::Money(figures.direct_fen),
        Cell::Money(figures.assisted()?),
        Cell::Money(figures.recognised_fen),
        Cell::Money(figures.excluded_fen),
        Cell::Money(figures.freight_fen),
        Cell::Count(figures.orders),
        Cell::Count(figures.qty),
    ])
}
