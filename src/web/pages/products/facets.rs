//! Facets of the list as links with counts, and what is chosen as removable chips.

use super::links::Query;
use crate::{
    catalogue::Snapshot,
    kernel::Fen,
    search::{Facet, FacetCount, Hits},
    web::pages::{card, view::Layout},
};

/// Values shown before "more".
const FEW: usize = 8;

pub struct FacetView {
    /// 县区.
    pub title: String,
    /// Its first values.
    pub values: Vec<ValueView>,
    /// The others.
    pub more: Vec<ValueView>,
    /// One of the others is chosen.
    pub open: bool,
}

/// A value of a facet.
pub struct ValueView {
    /// In words.
    pub label: String,
    /// Goods that it gives.
    pub count: u64,
    /// The list with it, or without where it is chosen.
    pub href: String,
    /// Chosen now.
    pub chosen: bool,
}

/// A choice that can be taken back.
pub struct Removable {
    /// In words.
    pub label: String,
    /// The list without it.
    pub href: String,
}

/// Every facet that can narrow the list.
pub fn views(snapshot: &Snapshot, query: &Query, hits: &Hits, layout: &Layout) -> Vec<FacetView> {
    let useful = hits.facets.iter().filter(|f| f.values.len() > 1 || f.values.iter().any(|v| v.selected));
    let view = |facet: Facet, values: &[FacetCount]| {
        let value = |v: &FacetCount| ValueView {
            label: label(snapshot, facet, v, layout),
            count: v.count,
            // The sheet of a phone stays open while choices are made.
            href: format!("{}#facets", query.toggled(facet, &v.value).href()),
            chosen: v.selected,
        };
        let few = if values.len() > FEW + 1 { FEW } else { values.len() };
        let (first, others) = values.split_at(few);
        FacetView {
            title: layout.word("facet", facet.as_str()),
            values: first.iter().map(value).collect(),
            more: others.iter().map(value).collect(),
            open: others.iter().any(|v| v.selected),
        }
    };
    useful.map(|f| view(f.facet, &f.values)).collect()
}

/// Counties are told apart by their pairing; a grade is what the cooperative wrote, in words that are known.
fn label(snapshot: &Snapshot, facet: Facet, value: &FacetCount, layout: &Layout) -> String {
    let county = (facet == Facet::County).then(|| snapshot.county(&value.value)).flatten();
    match (county, facet) {
        (Some(county), _) => card::place(county, layout),
        (None, Facet::Grade) => layout.word("grade", &value.value),
        (None, _) => value.label_in(layout.lang).to_owned(),
    }
}

/// Everything chosen beside the text.
pub fn chosen(snapshot: &Snapshot, query: &Query, hits: &Hits, layout: &Layout) -> Vec<Removable> {
    let of_facets = hits.facets.iter().flat_map(|f| {
        let selected = f.values.iter().filter(|v| v.selected);
        selected.map(move |v| Removable {
            label: label(snapshot, f.facet, v, layout),
            href: query.toggled(f.facet, &v.value).href(),
        })
    });
    let of_price = ["min_fen", "max_fen"].into_iter().filter_map(|name| {
        let fen = Fen(query.get(name)?.parse().ok()?);
        let label = layout.word("price_limit", name).replace("{price}", &fen.to_string());
        Some(Removable { label, href: query.without(name).href() })
    });
    of_facets.chain(of_price).collect()
}
