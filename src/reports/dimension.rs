//! What reports are grouped and filtered by (C14). Closed: SQL is made of these words alone.

use std::fmt::Write;

use crate::{
    db::Value,
    kernel::{Code, Day, Refusal, closed_set},
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

/// Key of what has no pairing, outlet, district or scheme.
pub(super) const NONE: &str = "none";

/// Joins a line once with each scheme that it carries; `replace` knows upper from lower case on both engines.
pub(super) const SCHEMES: &str = " LEFT JOIN schemes s ON replace(e.schemes, '\"' || s.code || '\"', '') <> e.schemes";

impl Dimension {
    /// Whether it is a span of time.
    pub fn is_time(self) -> bool {
        matches!(self, Self::Day | Self::Week | Self::Month)
    }

    /// Whether an order has one value as a whole.
    pub(super) fn is_of_order(self) -> bool {
        self.is_time() || matches!(self, Self::Channel | Self::Outlet | Self::BuyerClass | Self::District)
    }

    /// What rows of alias `e` are grouped by. Weeks are folded from days afterwards.
    pub(super) fn sql(self) -> &'static str {
        match self {
            Self::County => "COALESCE(e.county_code, 'none')",
            Self::Pairing => "COALESCE(e.pairing, 'none')",
            Self::Category => "COALESCE(e.category_code, 'none')",
            Self::Product => "COALESCE(e.product_id, 'none')",
            Self::Coop => "COALESCE(e.coop_id, 'none')",
            Self::Channel => "COALESCE(e.channel, 'none')",
            Self::Outlet => "COALESCE(e.outlet, 'none')",
            Self::BuyerClass => "COALESCE(e.buyer_class, 'none')",
            Self::District => "COALESCE(e.district_code, 'none')",
            Self::Scheme => "COALESCE(s.code, 'none')",
            Self::Day | Self::Week => "e.day",
            Self::Month => "substr(e.day, 1, 7)",
        }
    }

    /// The group's key where SQL answers a finer one.
    pub(super) fn key(self, raw: &str) -> String {
        match self {
            Self::Week => raw.parse::<Day>().map_or_else(|_| raw.to_owned(), |day| day.week_start().to_string()),
            _ => raw.to_owned(),
        }
    }

    /// A condition that keeps one value, with what it binds from `$next` on.
    pub(super) fn condition(self, value: &str, next: usize) -> Result<(String, Vec<Value>), Refusal> {
        let mut sql = String::new();
        let mut binds: Vec<Value> = vec![value.into()];
        match self {
            Self::Product if value != NONE => {
                let _ = write!(sql, " AND e.product_id = (SELECT id FROM products WHERE code = ${next})");
            }
            Self::Coop if value != NONE => {
                let _ = write!(sql, " AND e.coop_id = (SELECT id FROM coops WHERE slug = ${next})");
            }
            Self::Scheme if value == NONE => {
                binds.clear();
                sql.push_str(" AND e.schemes = '[]'");
            }
            Self::Scheme => {
                let _ = write!(sql, " AND replace(e.schemes, '\"' || ${next} || '\"', '') <> e.schemes");
            }
            Self::Week => {
                let monday = parse_day(self.as_str(), value)?.week_start();
                binds = vec![monday.into(), monday.plus_days(6).into()];
                let _ = write!(sql, " AND e.day >= ${next} AND e.day <= ${}", next + 1);
            }
            Self::Day => {
                binds = vec![parse_day(self.as_str(), value)?.into()];
                let _ = write!(sql, " AND e.day = ${next}");
            }
            _ => {
                let _ = write!(sql, " AND {} = ${next}", self.sql());
            }
        }
        Ok((sql, binds))
    }
}

/// A day as people write it; refuses other forms.
pub(super) fn parse_day(field: &str, raw: &str) -> Result<Day, Refusal> {
    raw.parse().map_err(|_| Refusal::of_field(field, Code::Malformed).with("example", "2026-11-01"))
}
