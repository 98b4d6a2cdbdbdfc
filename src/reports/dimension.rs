//! What reports are grouped and filtered by (C14). Closed: SQL is made of these words alone.

use std::fmt::Write;

use crate::{
    counter::rollup::OfLine,
    db::{Engine, Value},
    kernel::{Code, Day, Refusal, closed_set},
    ledger::dimensions::{Kept, NONE},
};

closed_set! {
    /// A dimension of a sale, set at payment and never changed.
    pub enum Dimension {
        /// Producing county.
        County = "county" ["产地县区", "County"],
        /// Pairing of a county with a district of Wuxi.
        Pairing = "pairing" ["结对", "Pairing"],
        Category = "category" ["品类", "Category"],
        /// Product; a set is one.
        Product = "product" ["产品", "Product"],
        /// Cooperative of the part.
        Coop = "coop" ["合作社", "Cooperative"],
        /// Where the order was created.
        Channel = "channel" ["渠道", "Channel"],
        Outlet = "outlet" ["门店", "Outlet"],
        /// Individual or unit (单位).
        BuyerClass = "buyer_class" ["采购方", "Buyer"],
        /// District of delivery.
        District = "district" ["配送区", "District"],
        /// Recognition scheme; a line may carry several.
        Scheme = "scheme" ["认定口径", "Scheme"],
        /// Day in Asia/Shanghai.
        Day = "day" ["日", "Day"],
        /// Week, named by its Monday.
        Week = "week" ["周", "Week"],
        Month = "month" ["月", "Month"],
    }
}

impl Dimension {
    /// Whether it is a span of time.
    pub fn is_time(self) -> bool {
        matches!(self, Self::Day | Self::Week | Self::Month)
    }

    /// What sums must keep apart for it, beside what they keep for others.
    pub(super) fn needs(self, kept: Kept) -> Kept {
        match self {
            Self::County | Self::Pairing | Self::Category | Self::Coop | Self::Scheme => Kept { maker: true, ..kept },
            Self::Product => Kept { product: true, ..kept },
            Self::Channel | Self::Outlet | Self::BuyerClass | Self::District => Kept { buyer: true, ..kept },
            Self::Day | Self::Week | Self::Month => kept,
        }
    }

    /// Whether whole months are too coarse for it.
    pub(super) fn is_below_months(self) -> bool {
        matches!(self, Self::Day | Self::Week)
    }

    /// The same for what the lines of one order may differ in; nothing for what an order has as a whole.
    pub(super) fn of_line(self) -> Option<OfLine> {
        match self {
            Self::County => Some(OfLine::County),
            Self::Pairing => Some(OfLine::Pairing),
            Self::Category => Some(OfLine::Category),
            Self::Product => Some(OfLine::Product),
            Self::Coop => Some(OfLine::Coop),
            _ => None,
        }
    }

    /// What is grouped by, of dimensions `d`, schemes `s`, and a column of time.
    pub(super) fn sql(self, engine: Engine, time: &str) -> String {
        let column = match self {
            Self::County => "d.county_code",
            Self::Pairing => "d.pairing",
            Self::Category => "d.category_code",
            Self::Product => "d.product_id",
            Self::Coop => "d.coop_id",
            Self::Channel => "d.channel",
            Self::Outlet => "d.outlet",
            Self::BuyerClass => "d.buyer_class",
            Self::District => "d.district_code",
            Self::Scheme => "COALESCE(s.scheme_code, 'none')",
            Self::Day => time,
            Self::Week => return engine.monday(time),
            Self::Month => return format!("substr({time}, 1, 7)"),
        };
        column.to_owned()
    }

    /// A condition that keeps one value, with what it binds from `$next` on; `time` is the column of time.
    pub(super) fn condition(self, value: &str, next: usize, time: &str) -> Result<(String, Vec<Value>), Refusal> {
        let mut sql = String::new();
        let mut binds: Vec<Value> = vec![value.into()];
        match self {
            Self::Product if value != NONE => {
                let _ = write!(sql, " AND d.product_id = (SELECT id FROM products WHERE code = ${next})");
            }
            Self::Coop if value != NONE => {
                let _ = write!(sql, " AND d.coop_id = (SELECT id FROM coops WHERE slug = ${next})");
            }
            Self::Scheme if value == NONE => {
                binds.clear();
                sql.push_str(" AND NOT EXISTS (SELECT 1 FROM dimension_schemes x WHERE x.dimension_id = d.id)");
            }
            Self::Scheme => {
                sql.push_str(" AND EXISTS (SELECT 1 FROM dimension_schemes x WHERE x.dimension_id = d.id");
                let _ = write!(sql, " AND x.scheme_code = ${next})");
            }
            Self::Week => {
                let monday = parse_day(self.as_str(), value)?.week_start();
                binds = vec![monday.into(), monday.plus_days(6).into()];
                let _ = write!(sql, " AND {time} >= ${next} AND {time} <= ${}", next + 1);
            }
            Self::Day => {
                binds = vec![parse_day(self.as_str(), value)?.into()];
                let _ = write!(sql, " AND {time} = ${next}");
            }
            _ => {
                let _ = write!(sql, " AND {} = ${next}", self.sql(Engine::Sqlite, time));
            }
        }
        Ok((sql, binds))
    }
}

/// A day as people write it; refuses other forms.
pub(super) fn parse_day(field: &str, raw: &str) -> Result<Day, Refusal> {
    raw.parse().map_err(|_| Refusal::of_field(field, Code::Malformed).with("example", "2026-11-01"))
}
