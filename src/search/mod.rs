//! Search over the published catalogue: what was typed, understood, matched, ranked and counted.
//!
//! In: [`Docs`], plain copies of what the catalogue shows, one at a time. Out: [`Hits`] with product codes of one
//! page, the exact total, facets whose counts equal what a click gives, chips of what was understood,
//! corrections and notes. `Index::build(docs)` makes a read-only index, [`Engine`] swaps it without a
//! gap. Text runs normalize → query (quantities, prices, intents) → lexicon (words, pinyin, initials,
//! near sounds) → plan (concepts of weighted alternatives) → postings → rank; `facets` counts on the
//! same bit sets. Pure but for `zero`, `engine` and `meili`. Owns the table `search_zero_hits`.

mod among;
mod answer;
pub mod audit;
mod bits;
mod build;
mod change;
mod columns;
mod concept;
mod doc;
mod docs;
mod engine;
mod facets;
mod hash;
mod index;
mod label;
mod lexicon;
mod live;
mod meili;
mod name;
mod normalize;
mod number;
mod page;
mod posting;
mod quantity;
mod query;
mod relax;
mod request;
mod segment;
mod solve;
mod sorting;
mod sound;
mod store;
mod suggest;
mod terms;
mod thesaurus;
pub mod zero;

pub use crate::kernel::Term;
pub use change::Change;
pub use doc::{Doc, Spec};
pub use docs::{Docs, Published, doc, docs};
pub use engine::Engine;
pub use index::Index;
pub use meili::{Found, Meili};
pub use normalize::normalize;
pub use request::{Chip, Facet, FacetCount, FacetCounts, Hits, Note, SearchRequest, Sort, Suggestion, SuggestionKind};
