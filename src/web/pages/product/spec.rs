//! Specifications to choose from: one matrix of a family (果径 × 净重), or a row of choices.

use std::collections::BTreeSet;

use crate::{
    catalogue::{Offered, Product, Sku, Snapshot},
    kernel::Grams,
    web::pages::view::Layout,
};

/// A choice.
pub struct Cell {
    /// Page with this choice; none where there is no such specification.
    pub href: Option<String>,
    /// `on` for the chosen one, `out` for what cannot be bought now, else empty.
    pub kind: &'static str,
    /// Price, or a dash.
    pub head: String,
    /// Pieces, or what it is.
    pub note: String,
}

/// A row of the matrix.
pub struct Row {
    /// 75 mm.
    pub label: String,
    /// A cell for each weight.
    pub cells: Vec<Cell>,
}

/// How specifications are chosen.
pub struct Choice {
    /// Net weights of the matrix.
    pub columns: Vec<String>,
    /// Its rows; empty where the choices stand in a row of their own.
    pub rows: Vec<Row>,
    /// Choices without a matrix.
    pub cells: Vec<Cell>,
}

impl Choice {
    /// Of a product whose SKU is shown; none where there is nothing to choose.
    pub fn of(snapshot: &Snapshot, product: &Product, shown: &Sku, layout: &Layout) -> Option<Self> {
        let family = snapshot.family(product);
        let offers: Vec<Offered> = family
            .iter()
            .flat_map(|p| p.skus.iter().zip(&p.available).map(|(sku, left)| Offered { product: p, sku, left: *left }))
            .collect();
        if offers.len() < 2 {
            return None;
        }
        let cell = |offer: &Offered| cell(snapshot, offer, shown, layout);
        let places: BTreeSet<(i64, i64)> =
            offers.iter().filter_map(|offer| Some((offer.sku.diameter_mm?, offer.sku.net.0))).collect();
        if places.len() < offers.len() {
            return Some(Self { columns: Vec::new(), rows: Vec::new(), cells: offers.iter().map(cell).collect() });
        }
        let diameters: BTreeSet<i64> = places.iter().map(|(mm, _)| *mm).collect();
        let weights: BTreeSet<i64> = places.iter().map(|(_, g)| *g).collect();
        let at = |mm: i64, g: i64| {
            let found = offers.iter().find(|offer| offer.sku.diameter_mm == Some(mm) && offer.sku.net.0 == g);
            found.map_or_else(|| nothing(layout), cell)
        };
        let row = |mm: &i64| Row { label: format!("{mm} mm"), cells: weights.iter().map(|g| at(*mm, *g)).collect() };
        Some(Self {
            columns: weights.iter().map(|g| Grams(*g).label()).collect(),
            rows: diameters.iter().map(row).collect(),
            cells: Vec::new(),
        })
    }
}

fn nothing(layout: &Layout) -> Cell {
    Cell { href: None, kind: "off", head: "—".to_owned(), note: layout.t("product.no_such").to_owned() }
}

fn cell(snapshot: &Snapshot, Offered { product, sku, left }: &Offered, shown: &Sku, layout: &Layout) -> Cell {
    let buyable = *left > 0 && sku.in_season(snapshot.day);
    let query = if product.skus.len() > 1 { format!("?sku={}", crate::web::percent(&sku.code)) } else { String::new() };
    let kind = match (sku.id == shown.id, buyable) {
        (true, _) => "on",
        (false, true) => "",
        (false, false) => "out",
    };
    let spec = || layout.lang.pick(&sku.spec, &sku.spec_en).to_owned();
    Cell {
        href: Some(format!("/p/{}{query}#specs", product.slug)),
        kind,
        head: sku.price.to_string(),
        note: if buyable { pieces(sku, layout).unwrap_or_else(spec) } else { layout.t("product.not_now").to_owned() },
    }
}

/// 22–24 枚.
pub fn pieces(sku: &Sku, layout: &Layout) -> Option<String> {
    let (low, high) = sku.pieces_min.zip(sku.pieces_max)?;
    let number = if low == high { low.to_string() } else { format!("{low}–{high}") };
    Some(layout.say("product.pieces", &[("n", &number)]))
}
