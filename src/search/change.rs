//! Changed products in a built index: sales and stock in their columns, an edit as a new number.
//!
//! A product that was edited leaves its number empty and gets the next one, so that nothing which the
//! index shares with its readers is touched. The lexicon learns new words at the next full build;
//! until then they are found as written. `Engine` builds anew once enough numbers stand empty.

use std::{collections::BTreeMap, sync::Arc};

use super::{Doc, Docs, Index, build, normalize};

/// What became of a product.
#[derive(Clone, Debug)]
pub enum Change {
    /// It is shown like this.
    Put(Box<Doc>),
    /// The product of this code is shown no more.
    Gone(String),
}

impl Change {
    fn code(&self) -> &str {
        match self {
            Self::Put(doc) => &doc.code,
            Self::Gone(code) => code,
        }
    }
}

/// The index with these changes; of several for one product the last holds.
pub fn apply(index: &Index, changes: &[Change]) -> Index {
    let last: BTreeMap<&str, &Change> = changes.iter().map(|change| (change.code(), change)).collect();
    let (mut all, mut sold, mut further) = ((*index.all).clone(), Vec::new(), Vec::new());
    let mut next = index.slots as u32;
    for (code, change) in last {
        let known = index.by_code(&normalize(code)).filter(|p| index.shown.code(*p) == code);
        match (known, change) {
            (Some(p), Change::Put(doc)) if index.shown.text_digest(p) == doc.text_digest() => sold.push((p, &**doc)),
            (known, change) => {
                if let Some(p) = known {
                    all.remove(p);
                }
                if let Change::Put(doc) = change {
                    further.push((next, &**doc));
                    next += 1;
                }
            }
        }
    }
    let n = next as usize;
    all = all.grown(n);
    for (p, _) in &further {
        all.add(*p);
    }
    let live = index.live.with(sold.iter().chain(&further).copied(), n);
    if further.is_empty() {
        return Index { all: Arc::new(all), live, ..index.clone() };
    }
    let later = || further.iter().copied();
    Index {
        all: Arc::new(all),
        slots: n,
        shown: index.shown.with(later()),
        terms: index.terms.with(build::read_later(later(), &index.places), n),
        lexicon: Arc::clone(&index.lexicon),
        places: Arc::clone(&index.places),
        facets: Arc::new(index.facets.with(later(), n)),
        columns: Arc::new(index.columns.with(later(), n)),
        live,
        orders: Arc::new(index.orders.with(later())),
    }
}

/// What has to change for the index to equal these documents.
pub fn difference(index: &Index, docs: &(impl Docs + ?Sized)) -> Vec<Change> {
    let mut left = (*index.all).clone();
    let mut changes = Vec::new();
    docs.each(&mut |doc| {
        let known = index.by_code(&normalize(&doc.code)).filter(|p| index.shown.code(*p) == doc.code);
        if let Some(p) = known {
            left.remove(p);
        }
        if known.is_none_or(|p| index.digest(p) != doc.digest()) {
            changes.push(Change::Put(Box::new(doc.clone())));
        }
    });
    left.each(|p| changes.push(Change::Gone(index.shown.code(p).to_owned())));
    changes
}
