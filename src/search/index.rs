//! The read-only index over one state of the catalogue.

use super::{
    Doc, Facet, Hits, SearchRequest, Sort, Suggestion, bits::Bits, facets::FacetTable, normalize, page::Order,
    posting::Posting, suggest,
};

/// Search over one state of the catalogue. Build it with [`Index::build`], ask it with [`Index::search`].
pub struct Index {
    pub(super) docs: Vec<Doc>,
    pub(super) texts: Vec<String>,
    facets: FacetTable,
    stocked: Posting,
    from_fen: Vec<i64>,
    by_sales: Order,
    by_price: Order,
    by_price_down: Order,
    by_newest: Order,
}

impl Index {
    /// Builds the index; documents keep their order, which breaks the last ties.
    pub fn build(docs: Vec<Doc>) -> Self {
        let n = docs.len();
        let stocked = (0..).zip(&docs).filter(|(_, d)| d.skus.iter().any(|s| s.in_stock)).map(|(p, _)| p).collect();
        let from_fen: Vec<i64> = docs.iter().map(Doc::from_fen).collect();
        let doc = |p: u32| &docs[p as usize];
        Self {
            texts: docs.iter().map(searchable).collect(),
            facets: FacetTable::build(&docs),
            stocked: Posting::new(stocked, n),
            by_sales: Order::new(n, |p| -doc(p).sales),
            by_price: Order::new(n, |p| from_fen[p as usize]),
            by_price_down: Order::new(n, |p| -from_fen[p as usize]),
            by_newest: Order::new(n, |p| -doc(p).created_at.0),
            from_fen,
            docs,
        }
    }

    /// Number of products.
    pub fn len(&self) -> usize {
        self.docs.len()
    }

    /// Nothing is indexed.
    pub fn is_empty(&self) -> bool {
        self.docs.is_empty()
    }

    /// Answers a request; the same request gives the same answer on every run.
    pub fn search(&self, req: &SearchRequest) -> Hits {
        let mut base = self.matching(&req.text);
        self.keep_prices(&mut base, req);
        let in_season = self.facets.in_season(req.day);
        let chosen = self.facets.choose(base, req, in_season.clone());
        let total = chosen.matched.count();
        let per_page = req.per_page.clamp(1, 100) as usize;
        let from = per_page.saturating_mul(req.page.max(1) as usize - 1);
        let page = self.page(&chosen.matched, &in_season, req.sort, (from, per_page));
        Hits {
            codes: page.into_iter().map(|p| self.docs[p as usize].code.clone()).collect(),
            total,
            facets: self.facets.count(&chosen, req),
            zero: total == 0 && !req.text.trim().is_empty(),
            ..Hits::default()
        }
    }

    /// Suggestions for what was typed so far, at most ten.
    pub fn suggest(&self, text: &str) -> Vec<Suggestion> {
        suggest::suggest(self, &self.facets, text)
    }

    /// Values of a facet with all their products, for halls and filters.
    pub fn facet_total(&self, facet: Facet, value: &str) -> usize {
        self.facets.products(facet, value).map_or(0, Posting::len)
    }

    fn matching(&self, text: &str) -> Bits {
        let text = normalize(text);
        let words: Vec<&str> = text.split_whitespace().collect();
        let mut set = Bits::none(self.len());
        for (doc, p) in self.texts.iter().zip(0..) {
            if words.iter().all(|w| doc.contains(w)) {
                set.add(p);
            }
        }
        set
    }

    fn keep_prices(&self, set: &mut Bits, req: &SearchRequest) {
        if req.min_fen.is_none() && req.max_fen.is_none() {
            return;
        }
        let (low, high) = (req.min_fen.unwrap_or(0), req.max_fen.unwrap_or(i64::MAX));
        let mut kept = Bits::none(self.len());
        set.each(|p| {
            if (low..=high).contains(&self.from_fen[p as usize]) {
                kept.add(p);
            }
        });
        *set = kept;
    }

    fn page(&self, matched: &Bits, in_season: &Bits, sort: Sort, (from, take): (usize, usize)) -> Vec<u32> {
        let order = match sort {
            Sort::Relevance => return self.page_by_season(matched, in_season, (from, take)),
            Sort::Price => &self.by_price,
            Sort::PriceDown => &self.by_price_down,
            Sort::Sales => &self.by_sales,
            Sort::Newest => &self.by_newest,
        };
        order.slice(matched, matched.count(), from, take)
    }

    /// In season and in stock first, most sold first in each half.
    fn page_by_season(&self, matched: &Bits, in_season: &Bits, (from, take): (usize, usize)) -> Vec<u32> {
        let mut ready = Bits::none(self.len());
        self.stocked.add_to(&mut ready);
        ready.and(in_season.words());
        ready.and(matched.words());
        let mut rest = matched.clone();
        rest.minus(ready.words());
        let first = ready.count();
        let mut page = self.by_sales.slice(&ready, first, from, take);
        let (skip, left) = (from.saturating_sub(first as usize), take - page.len());
        page.extend(self.by_sales.slice(&rest, rest.count(), skip, left));
        page
    }
}

fn searchable(doc: &Doc) -> String {
    let specs: Vec<&str> = doc.skus.iter().map(|s| s.spec.as_str()).collect();
    [
        &doc.code,
        &doc.name,
        &doc.name_en,
        &doc.category.zh,
        &doc.category.en,
        &doc.county.zh,
        &doc.coop.zh,
        &doc.keywords,
        &specs.join(" "),
    ]
    .map(|t| normalize(t))
    .join("\n")
}
