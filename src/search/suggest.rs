//! Suggestions while typing: whole queries, categories, counties, products.

use super::{
    Facet, Index, Suggestion, SuggestionKind, Term,
    bits::Bits,
    concept::Concept,
    lexicon::Level,
    normalize,
    query::{Ask, Item},
    solve,
    thesaurus::Kind,
};

/// Lines shown at most, and of each kind.
const LINES: usize = 10;
const QUERIES: usize = 3;
const PRODUCTS: usize = 6;

impl Index {
    /// Suggestions for what was typed so far, at most ten; none for nothing.
    pub fn suggest(&self, text: &str) -> Vec<Suggestion> {
        let typed = normalize(text);
        let typed = typed.trim();
        if typed.is_empty() {
            return Vec::new();
        }
        let mut lines = Vec::new();
        let solved = solve::solve(self, typed, &self.all);
        lines.extend(meant(typed, &solved.items).map(query_line));
        lines.extend(finished(self, typed).into_iter().map(query_line));
        lines.dedup();
        lines.truncate(QUERIES);
        for (facet, kind) in [(Facet::Category, SuggestionKind::Category), (Facet::County, SuggestionKind::County)] {
            let named = self.facets.terms(facet).filter(|(term, _)| is_named(term, typed, &solved.items));
            lines.extend(named.take(2).map(|(term, _)| term_line(kind, term)));
        }
        lines.extend(products(self, &solved.set, &solved.concepts));
        lines.truncate(LINES);
        lines
    }
}

fn query_line(text: String) -> Suggestion {
    let (label_en, value, detail) = (text.clone(), text.clone(), String::new());
    Suggestion { kind: SuggestionKind::Query, label: text, label_en, value, detail }
}

fn term_line(kind: SuggestionKind, term: &Term) -> Suggestion {
    let Term { value, zh, en } = term.clone();
    Suggestion { kind, label: zh, label_en: en, value, detail: String::new() }
}

/// The text in words, where letters or other characters were typed for them: `lcpg` is 洛川苹果.
fn meant(typed: &str, items: &[Item]) -> Option<String> {
    let words = items.iter().map(|item| match &item.ask {
        Ask::Goods(words) | Ask::Place(words) => words[0].text.as_str(),
        _ => &item.source,
    });
    let words: Vec<&str> = words.collect();
    let text = words.join(if words.iter().any(|w| w.is_ascii()) { " " } else { "" });
    (text != typed).then_some(text)
}

/// Known words that what was typed begins.
fn finished(index: &Index, typed: &str) -> Vec<String> {
    let fits = |id: &u32| {
        let entry = index.lexicon.entry(*id);
        entry.uses > 0
            && entry.level == Level::Known
            && matches!(entry.kind, Kind::Noun | Kind::Place)
            && *entry.text != *typed
    };
    let found = index.lexicon.starting(typed, 40);
    found.iter().filter(|id| fits(id)).take(QUERIES).map(|id| index.lexicon.entry(*id).text.to_string()).collect()
}

/// The category or county is what was typed, or begins with it, or is one of the words meant.
fn is_named(term: &Term, typed: &str, items: &[Item]) -> bool {
    let meant = |item: &Item| match &item.ask {
        Ask::Goods(words) | Ask::Place(words) => words.iter().any(|w| term.zh.starts_with(&w.text)),
        _ => false,
    };
    term.zh.contains(typed) || term.en.to_lowercase().starts_with(typed) || items.iter().any(meant)
}

fn products(index: &Index, set: &Bits, concepts: &[(u32, Concept)]) -> Vec<Suggestion> {
    let lines = index.best(set, concepts, PRODUCTS).into_iter().map(|p| {
        let ((name, name_en), place) = (index.shown.names(p), index.shown.place(p));
        Suggestion {
            kind: SuggestionKind::Product,
            label: name.to_owned(),
            label_en: name_en.to_owned(),
            value: index.shown.slug(p).to_owned(),
            detail: place.zh.clone(),
        }
    });
    lines.collect()
}
