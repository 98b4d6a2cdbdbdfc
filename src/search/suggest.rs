//! Suggestions while typing: counties, categories, products.

use super::{Facet, Index, Suggestion, SuggestionKind, facets::FacetTable, normalize};

/// Lines shown at most.
const LINES: usize = 10;

/// Suggestions for `text`; none for an empty one.
pub fn suggest(index: &Index, facets: &FacetTable, text: &str) -> Vec<Suggestion> {
    let typed = normalize(text);
    let typed = typed.trim();
    if typed.is_empty() {
        return Vec::new();
    }
    let mut lines = Vec::new();
    for (facet, kind) in [(Facet::Category, SuggestionKind::Category), (Facet::County, SuggestionKind::County)] {
        for (term, _) in facets.terms(facet).filter(|(t, _)| normalize(&t.zh).contains(typed)) {
            lines.push(Suggestion {
                kind,
                label: term.zh.clone(),
                label_en: term.en.clone(),
                value: term.value.clone(),
                detail: String::new(),
            });
        }
    }
    let found = index.texts.iter().zip(&index.docs).filter(|(t, _)| t.contains(typed)).map(|(_, doc)| Suggestion {
        kind: SuggestionKind::Product,
        label: doc.name.clone(),
        label_en: doc.name_en.clone(),
        value: doc.slug.clone(),
        detail: doc.county.zh.clone(),
    });
    lines.extend(found.take(LINES));
    lines.truncate(LINES);
    lines
}
