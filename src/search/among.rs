//! Answers from what another engine found: its products and scores, our demands, counts and order.

use super::{
    Hits, Index, SearchRequest,
    bits::Bits,
    normalize,
    query::{Ask, Item},
};

impl Index {
    /// The words that another engine should look for, as they are understood; `None` where it has
    /// nothing to add: no words, a code, a word of two meanings, or a text that has to be relaxed.
    pub fn words(&self, req: &SearchRequest) -> Option<String> {
        let in_season = self.facets.in_season(req.day);
        let solved = self.solve(req, &in_season);
        if solved.zero {
            return None;
        }
        // An ambiguous word asks for either meaning, which another engine cannot be asked for.
        if solved.items.iter().any(is_ambiguous) {
            return None;
        }
        let words: Vec<&str> = solved.items.iter().filter_map(word).collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    /// Answers a request from the products `(code, score)` that another engine found for its words.
    /// Where none of them holds the other demands of the text, this index answers by itself.
    pub fn search_among(&self, req: &SearchRequest, found: &[(&str, u32)]) -> Hits {
        let in_season = self.facets.in_season(req.day);
        let mut solved = self.solve(req, &in_season);
        let known = |(code, score): &(&str, u32)| Some((self.by_code(&normalize(code))?, *score));
        let found: Vec<(u32, u32)> = found.iter().filter_map(known).collect();
        let mut set = Bits::none(self.slots);
        for (p, _) in &found {
            set.add(*p);
        }
        solved.demands.iter().for_each(|demand| set.and(demand.words()));
        if set.is_empty() {
            return self.answer(req, &in_season, solved, None);
        }
        solved.set = set;
        self.answer(req, &in_season, solved, Some(&found))
    }

    /// Code and text digest of every product.
    pub fn text_digests(&self) -> impl Iterator<Item = (&str, u64)> {
        let there = (0..self.slots as u32).filter(|p| self.all.has(*p));
        there.map(|p| (self.shown.code(p), self.shown.text_digest(p)))
    }

    /// Digest of the texts that the product of this code has.
    pub fn text_version(&self, code: &str) -> Option<u64> {
        self.by_code(&normalize(code)).map(|p| self.shown.text_digest(p))
    }
}

fn is_ambiguous(item: &Item) -> bool {
    match &item.ask {
        Ask::Goods(words) | Ask::Place(words) => words.get(1).is_some_and(|second| second.weight == words[0].weight),
        _ => false,
    }
}

/// What a piece of the text asks another engine to look for.
fn word(item: &Item) -> Option<&str> {
    match &item.ask {
        Ask::Goods(words) | Ask::Place(words) => words.first().map(|w| w.text.as_str()),
        Ask::Grade(grade) => Some(grade),
        Ask::Unknown => Some(&item.source),
        _ => None,
    }
}
