//! The read-only index over one state of the catalogue.

use std::sync::Arc;

use super::{
    Change, Docs, Facet, Hits, SearchRequest, Sort, Suggestion,
    bits::Bits,
    build, change,
    columns::Columns,
    concept::Concept,
    facets::FacetTable,
    lexicon::Lexicon,
    live::Live,
    normalize,
    page::Top,
    posting::Posting,
    solve::{self, Solved},
    sorting::SortedLists,
    store::{Shown, mix},
    suggest,
    terms::Terms,
};

/// What a product in stock and in season earns beside its text, in thousandths of a full match.
const READY: u32 = 120;

type Weighted<'a> = (u32, Concept<'a>);

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
    /// Builds the index; documents keep their order, which breaks the last ties.
    pub fn build(docs: &(impl Docs + ?Sized)) -> Self {
        build::build(docs)
    }

    /// The index after some products changed, for the price of the changes; readers keep this one.
    pub fn with(&self, changes: &[Change]) -> Self {
        change::apply(self, changes)
    }

    /// Changes that make the index equal to these documents.
    pub fn difference(&self, docs: &(impl Docs + ?Sized)) -> Vec<Change> {
        change::difference(self, docs)
    }

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

    /// Answers a request; the same request gives the same answer on every run.
    pub fn search(&self, req: &SearchRequest) -> Hits {
        let in_season = self.facets.in_season(req.day);
        let solved = self.solve(req, &in_season);
        self.answer(req, &in_season, solved, None)
    }

    /// The page, counts and words of a solved text; `given` are another engine's scores `(product, score)`.
    pub(super) fn answer(
        &self,
        req: &SearchRequest,
        in_season: &Bits,
        solved: Solved,
        given: Option<&[(u32, u32)]>,
    ) -> Hits {
        let mut base = solved.set.clone();
        self.keep_prices(&mut base, req);
        let chosen = self.facets.choose(base, req, in_season);
        let total = chosen.matched.count();
        let per_page = req.per_page.clamp(1, 100) as usize;
        let span = (per_page.saturating_mul(req.page.max(1) as usize - 1), per_page);
        let sort = if req.sort == Sort::Relevance { solved.sort.unwrap_or_default() } else { req.sort };
        let page = match sort {
            Sort::Relevance if given.is_some() || !solved.concepts.is_empty() => {
                let scores = match given {
                    Some(given) => self.given_scores(given),
                    None => self.scores(&chosen.matched, &solved.concepts),
                };
                self.ranked(&chosen.matched, in_season, scores, span)
            }
            Sort::Relevance => self.by_season(&chosen.matched, in_season, span),
            Sort::Price => self.orders.price.slice(&chosen.matched, total, span.0, span.1),
            Sort::PriceDown => self.orders.price_down.slice(&chosen.matched, total, span.0, span.1),
            Sort::Sales => self.live.order().slice(&chosen.matched, total, span.0, span.1),
            Sort::Newest => self.orders.newest.slice(&chosen.matched, total, span.0, span.1),
        };
        Hits {
            codes: page.into_iter().map(|p| self.shown.code(p).to_owned()).collect(),
            total,
            facets: self.facets.count(&chosen, req),
            corrections: solved.corrections,
            chips: solved.chips,
            notes: solved.notes,
            zero: solved.zero,
        }
    }

    /// Suggestions for what was typed so far, at most ten.
    pub fn suggest(&self, text: &str) -> Vec<Suggestion> {
        suggest::suggest(self, text)
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

    pub(super) fn solve<'a>(&'a self, req: &SearchRequest, in_season: &'a Bits) -> Solved<'a> {
        let typed = normalize(&req.text);
        if let Some(product) = self.by_code(typed.trim()) {
            let mut set = Bits::none(self.slots);
            set.add(product);
            return Solved::of(set);
        }
        if typed.trim().is_empty() {
            return Solved::of((*self.all).clone());
        }
        solve::solve(self, &req.text, in_season)
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

    fn keep_prices(&self, set: &mut Bits, req: &SearchRequest) {
        if req.min_fen.is_some() || req.max_fen.is_some() {
            set.and(self.priced(req.min_fen.unwrap_or(0), req.max_fen.unwrap_or(i64::MAX)).words());
        }
    }

    fn ready(&self, matched: &Bits, in_season: &Bits) -> Bits {
        let mut ready = self.live.stocked().clone();
        ready.and(in_season.words());
        ready.and(matched.words());
        ready
    }

    fn scores(&self, matched: &Bits, concepts: &[Weighted]) -> Vec<u32> {
        let mut scores = vec![0_u32; self.slots];
        for (share, concept) in concepts {
            concept.score(matched, *share, &mut scores);
        }
        scores
    }

    fn given_scores(&self, given: &[(u32, u32)]) -> Vec<u32> {
        let mut scores = vec![0_u32; self.slots];
        for (p, score) in given {
            scores[*p as usize] = *score;
        }
        scores
    }

    /// Text first, readiness next, most sold last.
    fn ranked(&self, matched: &Bits, in_season: &Bits, mut scores: Vec<u32>, (from, take): (usize, usize)) -> Vec<u32> {
        self.ready(matched, in_season).each(|p| scores[p as usize] += READY);
        let mut top = Top::new((from + take).min(self.slots));
        let sales = self.live.order();
        matched.each(|p| top.offer(u64::from(u32::MAX - scores[p as usize]) << 32 | u64::from(sales.rank(p))));
        top.sorted().into_iter().skip(from).take(take).map(|key| sales.at(key as u32)).collect()
    }

    /// The best of a set whatever the season, for suggestions.
    pub(super) fn best(&self, set: &Bits, concepts: &[Weighted], take: usize) -> Vec<u32> {
        self.ranked(set, set, self.scores(set, concepts), (0, take))
    }

    /// In season and in stock first, most sold first in each half.
    fn by_season(&self, matched: &Bits, in_season: &Bits, (from, take): (usize, usize)) -> Vec<u32> {
        let ready = self.ready(matched, in_season);
        let mut rest = matched.clone();
        rest.minus(ready.words());
        let first = ready.count();
        let mut page = self.live.order().slice(&ready, first, from, take);
        let (skip, left) = (from.saturating_sub(first as usize), take - page.len());
        page.extend(self.live.order().slice(&rest, rest.count(), skip, left));
        page
    }
}
