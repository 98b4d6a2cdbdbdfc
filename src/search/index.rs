//! The read-only index over one state of the catalogue.

use std::sync::Arc;

use super::{
    Facet,
    bits::Bits,
    columns::Columns,
    facets::FacetTable,
    lexicon::Lexicon,
    live::Live,
    posting::Posting,
    sorting::SortedLists,
    store::{Shown, mix},
    terms::Terms,
};

/// Search over one state of the catalogue. Build it with [`Index::build`], ask it with [`Index::search`].
#[derive(Clone)]
pub struct Index {
    /// Products that are there: one that was taken off or edited leaves its number empty.
    pub(super) all: Arc<Bits>,
    /// Numbers given out so far.
    pub(super) slots: usize,
    pub(super) shown: Shown,
    pub(super) terms: Terms,
    pub(super) lexicon: Arc<Lexicon>,
    pub(super) places: Arc<[String]>,
    pub(super) facets: Arc<FacetTable>,
    pub(super) columns: Arc<Columns>,
    pub(super) live: Live,
    pub(super) orders: Arc<SortedLists>,
}

impl Index {
    /// Products were edited, added or taken off between `before` and this; not merely sold.
    pub fn is_edited_since(&self, before: &Self) -> bool {
        self.slots != before.slots || self.all != before.all
    }

    /// Number of products.
    pub fn len(&self) -> usize {
        self.all.count() as usize
    }

    /// Nothing is indexed.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Number of products of a facet's value.
    pub fn facet_total(&self, facet: Facet, value: &str) -> usize {
        self.facets.products(facet, value).map_or(0, Posting::len)
    }

    /// Code and digest of every document: what the audit compares with the database.
    pub fn digests(&self) -> impl Iterator<Item = (&str, u64)> {
        let there = (0..self.slots as u32).filter(|p| self.all.has(*p));
        there.map(|p| (self.shown.code(p), self.digest(p)))
    }

    pub(super) fn digest(&self, p: u32) -> u64 {
        let (stock, sales) = self.live.of(p);
        mix(self.shown.text_digest(p), stock, sales)
    }

    /// The product of a product or SKU code, where it is there.
    pub(super) fn by_code(&self, code: &str) -> Option<u32> {
        self.shown.by_code(code).filter(|p| self.all.has(*p))
    }

    /// Bytes held, nearly.
    pub fn bytes(&self) -> usize {
        self.shown.bytes()
            + self.terms.bytes()
            + self.lexicon.bytes()
            + self.facets.bytes()
            + self.columns.bytes()
            + self.live.bytes()
            + self.orders.bytes()
            + self.all.words().len() * 8
    }

    /// Products whose least price lies between both.
    pub(super) fn priced(&self, low: i64, high: i64) -> Bits {
        let mut set = Bits::none(self.slots);
        let fits = self.orders.from_fen.iter().zip(0..).filter(|(fen, _)| (low..=high).contains(*fen));
        fits.for_each(|(_, p)| set.add(p));
        set
    }

    /// Least price of a set in fen.
    pub(super) fn least_price(&self, set: &Bits) -> i64 {
        let mut least = i64::MAX;
        set.each(|p| least = least.min(self.orders.from_fen[p as usize]));
        least
    }
}
