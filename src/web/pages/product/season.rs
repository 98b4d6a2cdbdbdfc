//! When a SKU is sold: the bar of twelve months, and how it stands today.

use crate::{
    catalogue::{Product, Sku, Stock},
    kernel::Day,
    web::pages::{card, view::Layout},
};

/// A month of the bar.
pub struct Month {
    /// 1 to 12.
    pub number: u8,
    /// 一月.
    pub name: String,
    /// Sold in it.
    pub on: bool,
    /// The month of today.
    pub now: bool,
}

/// How a SKU stands today.
pub struct Standing {
    /// It can be bought.
    pub buyable: bool,
    /// In season, out of season, sold out, so many left: in a line.
    pub line: String,
    /// A word for the tag.
    pub tag: Option<(&'static str, String)>,
}

/// The bar; empty for presale, which has a day instead.
pub fn months(sku: &Sku, day: Day, layout: &Layout) -> Vec<Month> {
    if sku.presale_ships_by.is_some() {
        return Vec::new();
    }
    let on = sku.season.as_ref().map_or([true; 12], crate::kernel::Season::months);
    let month = |(number, on): (u8, bool)| Month {
        number,
        name: layout.word("month", &number.to_string()),
        on,
        now: number == day.month(),
    };
    (1..).zip(on).map(month).collect()
}

impl Standing {
    /// Of a SKU with so many left.
    pub fn of(product: &Product, sku: &Sku, left: i64, day: Day, layout: &Layout) -> Self {
        let opens = sku.season.as_ref().and_then(|season| season.opens_after(day).ok());
        let month = opens.map(|day| card::month(day, layout)).unwrap_or_default();
        let in_season = sku.in_season(day);
        let line = match (in_season, Stock::of(left)) {
            (false, _) => layout.say("product.out_of_season", &[("month", &month)]),
            (true, Stock::None) if sku.season.is_some() => layout.say("product.sold_out_season", &[("month", &month)]),
            (true, Stock::None) => layout.t("product.sold_out").to_owned(),
            (true, Stock::Few(n)) => layout.say("product.few", &[("n", &n)]),
            (true, Stock::Plenty) => match &sku.presale_ships_by {
                Some(by) => layout.say("product.presale", &[("day", by)]),
                None => layout.t("product.plenty").to_owned(),
            },
        };
        Self { buyable: in_season && left > 0, line, tag: card::state(product, day, layout) }
    }
}
