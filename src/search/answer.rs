//! From a request to the page of products that answers it.

use super::{
    Hits, Index, SearchRequest, Sort,
    bits::Bits,
    concept::Concept,
    normalize,
    page::Top,
    solve::{self, Solved},
};

/// What a product in stock and in season earns beside its text, in thousandths of a full match.
const READY: u32 = 120;

type Weighted<'a> = (u32, Concept<'a>);

impl Index {
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
