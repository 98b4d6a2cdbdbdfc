//! Sums of what is sealed by cut, span and dimensions: what the counter and the reports read instead of the ledger.

use super::Cut;
use crate::{
    db::table,
    kernel::BuyerClass,
    ledger::{Dimensions, Entry, Kind},
};

table! {
    /// What a span adds up to, by dimensions.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Rollup in "rollups" adding on ["cut", "span", "dimension_id"] {
        pub cut: Cut,
        /// A day (`2026-11-28`), a month (`2026-11`) or a year (`2026`).
        pub span: String,
        pub dimension_id: i64,
        /// 支付额.
        pub gross_fen: i64,
        /// 退款额.
        pub refunds_fen: i64,
        /// 调整.
        pub adjustments_fen: i64,
        /// 有效销售额.
        pub effective_fen: i64,
        /// 直接采购: the effective part that units paid.
        pub direct_fen: i64,
        /// The effective part that was recognised (认定).
        pub recognised_fen: i64,
        /// 剔除.
        pub excluded_fen: i64,
        /// Freight paid less freight refunded.
        pub freight_fen: i64,
        /// Units sold less units refunded.
        pub qty: i64,
        /// Parts of lines sold.
        pub lines: i64,
        /// Orders, as [`COUNTS`] says.
        pub orders: i64,
        pub orders_county: i64,
        pub orders_pairing: i64,
        pub orders_category: i64,
        pub orders_product: i64,
        pub orders_coop: i64,
        pub orders_county_pairing: i64,
        pub orders_county_category: i64,
        pub orders_county_product: i64,
        pub orders_county_coop: i64,
        pub orders_pairing_category: i64,
        pub orders_pairing_product: i64,
        pub orders_pairing_coop: i64,
        pub orders_category_product: i64,
        pub orders_category_coop: i64,
        pub orders_product_coop: i64,
    }
}

table! {
    /// Orders of a span with a scheme, as the first [`COUNTS`] say; in cuts that keep schemes.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SchemeRollup in "rollup_schemes" adding on ["cut", "span", "scheme_code", "dimension_id"] {
        pub cut: Cut,
        pub span: String,
        pub scheme_code: String,
        pub dimension_id: i64,
        pub orders: i64,
        pub orders_county: i64,
        pub orders_pairing: i64,
        pub orders_category: i64,
        pub orders_product: i64,
        pub orders_coop: i64,
    }
}

/// A dimension that the lines of one order may differ in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OfLine {
    County,
    Pairing,
    Category,
    Product,
    Coop,
}

impl OfLine {
    pub(super) fn value(self, of: &Dimensions) -> &str {
        match self {
            Self::County => &of.county_code,
            Self::Pairing => &of.pairing,
            Self::Category => &of.category_code,
            Self::Product => &of.product_id,
            Self::Coop => &of.coop_id,
        }
    }
}

/// Distinct orders do not add over lines. So an order is counted in each column at its first line of each
/// value, and the column's sum over any lines grouped by these dimensions is the number of distinct orders.
pub const COUNTS: [(&str, &[OfLine]); 16] = {
    use OfLine::{Category, Coop, County, Pairing, Product};
    [
        ("orders", &[]),
        ("orders_county", &[County]),
        ("orders_pairing", &[Pairing]),
        ("orders_category", &[Category]),
        ("orders_product", &[Product]),
        ("orders_coop", &[Coop]),
        ("orders_county_pairing", &[County, Pairing]),
        ("orders_county_category", &[County, Category]),
        ("orders_county_product", &[County, Product]),
        ("orders_county_coop", &[County, Coop]),
        ("orders_pairing_category", &[Pairing, Category]),
        ("orders_pairing_product", &[Pairing, Product]),
        ("orders_pairing_coop", &[Pairing, Coop]),
        ("orders_category_product", &[Category, Product]),
        ("orders_category_coop", &[Category, Coop]),
        ("orders_product_coop", &[Product, Coop]),
    ]
};
/// Those that are kept for each scheme too.
pub const SCHEME_COUNTS: usize = 6;

/// The columns of [`COUNTS`] in their order, each written so.
macro_rules! counts {
    ($sums:ident, $($how:tt)*) => {
        [
            $($how)* $sums.orders,
            $($how)* $sums.orders_county,
            $($how)* $sums.orders_pairing,
            $($how)* $sums.orders_category,
            $($how)* $sums.orders_product,
            $($how)* $sums.orders_coop,
            $($how)* $sums.orders_county_pairing,
            $($how)* $sums.orders_county_category,
            $($how)* $sums.orders_county_product,
            $($how)* $sums.orders_county_coop,
            $($how)* $sums.orders_pairing_category,
            $($how)* $sums.orders_pairing_product,
            $($how)* $sums.orders_pairing_coop,
            $($how)* $sums.orders_category_product,
            $($how)* $sums.orders_category_coop,
            $($how)* $sums.orders_product_coop,
        ]
    };
}

/// The first of them.
macro_rules! scheme_counts {
    ($sums:ident, $($how:tt)*) => {
        [
            $($how)* $sums.orders,
            $($how)* $sums.orders_county,
            $($how)* $sums.orders_pairing,
            $($how)* $sums.orders_category,
            $($how)* $sums.orders_product,
            $($how)* $sums.orders_coop,
        ]
    };
}

impl Rollup {
    /// Nothing yet.
    pub(super) fn at(cut: Cut, span: String, dimension_id: i64) -> Self {
        Self {
            cut,
            span,
            dimension_id,
            gross_fen: 0,
            refunds_fen: 0,
            adjustments_fen: 0,
            effective_fen: 0,
            direct_fen: 0,
            recognised_fen: 0,
            excluded_fen: 0,
            freight_fen: 0,
            qty: 0,
            lines: 0,
            orders: 0,
            orders_county: 0,
            orders_pairing: 0,
            orders_category: 0,
            orders_product: 0,
            orders_coop: 0,
            orders_county_pairing: 0,
            orders_county_category: 0,
            orders_county_product: 0,
            orders_county_coop: 0,
            orders_pairing_category: 0,
            orders_pairing_product: 0,
            orders_pairing_coop: 0,
            orders_category_product: 0,
            orders_category_coop: 0,
            orders_product_coop: 0,
        }
    }

    pub(super) fn counts(&mut self) -> [&mut i64; COUNTS.len()] {
        counts!(self, &mut)
    }

    /// Adds a row of the ledger, as C29 defines it.
    pub(super) fn add(&mut self, row: &Entry, of: &Dimensions) {
        let (net, effective, late) = (row.net_fen.0, row.effective_fen.0, row.late_for.is_some());
        self.effective_fen += effective;
        if of.buyer_class == BuyerClass::Unit {
            self.direct_fen += effective;
        }
        if of.recognised() {
            self.recognised_fen += effective;
        }
        match row.kind {
            Kind::Sale => self.lines += 1,
            Kind::Exclusion => self.excluded_fen -= effective,
            Kind::SaleFreight => self.freight_fen += row.amount_fen.0,
            Kind::RefundFreight => self.freight_fen -= row.amount_fen.0,
            _ => {}
        }
        match row.kind {
            Kind::Sale | Kind::Refund if late => self.adjustments_fen += net,
            Kind::Sale => self.gross_fen += net,
            Kind::Refund => self.refunds_fen -= net,
            _ => {}
        }
        if matches!(row.kind, Kind::Sale | Kind::Refund) {
            self.qty += row.qty;
        }
    }

    pub(super) fn plus(&mut self, more: &Self) {
        for (own, more) in [
            (&mut self.gross_fen, more.gross_fen),
            (&mut self.refunds_fen, more.refunds_fen),
            (&mut self.adjustments_fen, more.adjustments_fen),
            (&mut self.effective_fen, more.effective_fen),
            (&mut self.direct_fen, more.direct_fen),
            (&mut self.recognised_fen, more.recognised_fen),
            (&mut self.excluded_fen, more.excluded_fen),
            (&mut self.freight_fen, more.freight_fen),
            (&mut self.qty, more.qty),
            (&mut self.lines, more.lines),
        ] {
            *own += more;
        }
        for (own, more) in self.counts().into_iter().zip(counts!(more,)) {
            *own += more;
        }
    }
}

impl SchemeRollup {
    /// Nothing yet.
    pub(super) fn at(cut: Cut, span: String, scheme_code: String, dimension_id: i64) -> Self {
        Self {
            cut,
            span,
            scheme_code,
            dimension_id,
            orders: 0,
            orders_county: 0,
            orders_pairing: 0,
            orders_category: 0,
            orders_product: 0,
            orders_coop: 0,
        }
    }

    pub(super) fn counts(&mut self) -> [&mut i64; SCHEME_COUNTS] {
        scheme_counts!(self, &mut)
    }

    pub(super) fn plus(&mut self, more: &Self) {
        for (own, more) in self.counts().into_iter().zip(scheme_counts!(more,)) {
            *own += more;
        }
    }
}
