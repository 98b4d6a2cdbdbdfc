//! Sums of what is sealed by day and by month, and dimensions: what the counter and the reports read instead
//! of the ledger. They are added in the transaction of the block, so that they are those of the journal's head.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    db::{Tx, insert_all, table},
    kernel::{Error, Result},
    ledger::{
        Dimensions, Entry, Kind,
        dimensions::{Known, NONE},
    },
};

table! {
    /// What a day or month adds up to, by dimensions.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Rollup in "rollups" adding on ["span", "dimension_id"] {
        /// A day (`2026-11-28`) or a month (`2026-11`).
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
    /// Orders of a day or month with a scheme, as the first [`COUNTS`] say.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct SchemeRollup in "rollup_schemes" adding on ["span", "scheme_code", "dimension_id"] {
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
    fn value(self, of: &Dimensions) -> &str {
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

/// A span and its dimensions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    span: String,
    dimension_id: i64,
}

impl Place {
    /// The same in the month of the day.
    fn month(&self) -> Self {
        Self { span: self.span[..7].to_owned(), dimension_id: self.dimension_id }
    }
}

impl Rollup {
    fn at(place: &Place) -> Self {
        Self { span: place.span.clone(), dimension_id: place.dimension_id, ..Self::default() }
    }

    /// The columns of [`COUNTS`], in their order.
    fn counts(&mut self) -> [&mut i64; COUNTS.len()] {
        [
            &mut self.orders,
            &mut self.orders_county,
            &mut self.orders_pairing,
            &mut self.orders_category,
            &mut self.orders_product,
            &mut self.orders_coop,
            &mut self.orders_county_pairing,
            &mut self.orders_county_category,
            &mut self.orders_county_product,
            &mut self.orders_county_coop,
            &mut self.orders_pairing_category,
            &mut self.orders_pairing_product,
            &mut self.orders_pairing_coop,
            &mut self.orders_category_product,
            &mut self.orders_category_coop,
            &mut self.orders_product_coop,
        ]
    }

    /// Adds a row of the ledger, as C29 defines it.
    fn add(&mut self, row: &Entry) {
        let (net, late) = (row.net_fen.0, row.late_for.is_some());
        self.effective_fen += row.effective_fen.0;
        match row.kind {
            Kind::Sale => self.lines += 1,
            Kind::Exclusion => self.excluded_fen -= row.effective_fen.0,
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

    fn plus(&mut self, mut more: Self) {
        self.gross_fen += more.gross_fen;
        self.refunds_fen += more.refunds_fen;
        self.adjustments_fen += more.adjustments_fen;
        self.effective_fen += more.effective_fen;
        self.excluded_fen += more.excluded_fen;
        self.freight_fen += more.freight_fen;
        self.qty += more.qty;
        self.lines += more.lines;
        for (own, more) in self.counts().into_iter().zip(more.counts()) {
            *own += *more;
        }
    }
}

impl SchemeRollup {
    fn at(place: &Place, scheme_code: &str) -> Self {
        let Place { span, dimension_id } = place.clone();
        Self { span, dimension_id, scheme_code: scheme_code.to_owned(), ..Self::default() }
    }

    /// The first columns of [`COUNTS`], in their order.
    fn counts(&mut self) -> [&mut i64; SCHEME_COUNTS] {
        [
            &mut self.orders,
            &mut self.orders_county,
            &mut self.orders_pairing,
            &mut self.orders_category,
            &mut self.orders_product,
            &mut self.orders_coop,
        ]
    }

    fn plus(&mut self, mut more: Self) {
        for (own, more) in self.counts().into_iter().zip(more.counts()) {
            *own += *more;
        }
    }
}

type Days = BTreeMap<Place, Rollup>;
type SchemeDays = BTreeMap<(Place, String), SchemeRollup>;

/// What some facts add, by day.
#[derive(Default)]
pub struct Sums {
    days: Days,
    schemes: SchemeDays,
    products: BTreeMap<String, i64>,
}

impl Sums {
    /// Adds the rows of one fact.
    pub fn add(&mut self, fact: &[&Entry], known: &Known) -> Result<()> {
        // Of an order only its sale has sales, so its lines are all here.
        let mut seen: BTreeSet<(usize, Vec<&str>)> = BTreeSet::new();
        for row in fact {
            let Some(id) = row.dimension_id else { continue };
            let of = known.get(&id).ok_or_else(|| Error::fault(format!("{} counts for nothing known", row.key())))?;
            let place = Place { span: row.day.to_string(), dimension_id: id };
            self.day(&place).add(row);
            if matches!(row.kind, Kind::Sale | Kind::Refund) {
                *self.products.entry(of.product_id.clone()).or_default() += row.qty;
            }
            if row.kind == Kind::Sale {
                self.count(&mut seen, of, &place);
            }
        }
        Ok(())
    }

    fn day(&mut self, place: &Place) -> &mut Rollup {
        self.days.entry(place.clone()).or_insert_with(|| Rollup::at(place))
    }

    fn scheme(&mut self, place: &Place, code: &str) -> &mut SchemeRollup {
        self.schemes.entry((place.clone(), code.to_owned())).or_insert_with(|| SchemeRollup::at(place, code))
    }

    /// Counts the order of a sold line, in each column at its first line of each value.
    fn count<'d>(&mut self, seen: &mut BTreeSet<(usize, Vec<&'d str>)>, of: &'d Dimensions, place: &Place) {
        for (column, (_, parts)) in COUNTS.iter().enumerate() {
            let values: Vec<&str> = parts.iter().map(|part| part.value(of)).collect();
            if seen.insert((column, values.clone())) {
                *self.day(place).counts()[column] += 1;
            }
            if column >= SCHEME_COUNTS {
                continue;
            }
            let schemes = of.schemes.iter().map(String::as_str).chain(of.schemes.is_empty().then_some(NONE));
            for scheme in schemes {
                // Columns of schemes stand behind those of all orders.
                let of_scheme = values.iter().copied().chain([scheme]).collect();
                if seen.insert((COUNTS.len() + column, of_scheme)) {
                    *self.scheme(place, scheme).counts()[column] += 1;
                }
            }
        }
    }

    /// Units sold of each product, by id.
    pub fn products(&self) -> impl Iterator<Item = (&str, i64)> {
        self.products.iter().map(|(product, qty)| (product.as_str(), *qty))
    }

    /// The rows of the days.
    pub fn rows(self) -> (Vec<Rollup>, Vec<SchemeRollup>) {
        (self.days.into_values().collect(), self.schemes.into_values().collect())
    }

    /// Adds the sums to those that are kept, of the days and of their months.
    pub async fn write(self, tx: &mut Tx) -> Result<()> {
        let mut months = Self::default();
        for (place, sums) in &self.days {
            months.day(&place.month()).plus(sums.clone());
        }
        for ((place, code), sums) in &self.schemes {
            months.scheme(&place.month(), code).plus(sums.clone());
        }
        for sums in [self, months] {
            let (rows, schemes) = sums.rows();
            insert_all(tx, &rows).await?;
            insert_all(tx, &schemes).await?;
        }
        Ok(())
    }
}
