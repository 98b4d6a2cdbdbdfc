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

impl Index {
    /// The index with these changes, for their price alone; readers keep this one. Of several for one product
    /// the last holds.
    pub fn with(&self, changes: &[Change]) -> Self {
        let last: BTreeMap<&str, &Change> = changes.iter().map(|change| (change.code(), change)).collect();
        let (mut all, mut sold, mut further) = ((*self.all).clone(), Vec::new(), Vec::new());
        let mut next = self.slots as u32;
        for (code, change) in last {
            let known = self.by_code(&normalize(code)).filter(|p| self.shown.code(*p) == code);
            match (known, change) {
                (Some(p), Change::Put(doc)) if self.shown.text_digest(p) == doc.text_digest() => sold.push((p, &**doc)),
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
        let live = self.live.with(sold.iter().chain(&further).copied(), n);
        if further.is_empty() {
            return Self { all: Arc::new(all), live, ..self.clone() };
        }
        let later = || further.iter().copied();
        Self {
            all: Arc::new(all),
            slots: n,
            shown: self.shown.with(later()),
            terms: self.terms.with(build::read_later(later(), &self.places), n),
            lexicon: Arc::clone(&self.lexicon),
            places: Arc::clone(&self.places),
            facets: Arc::new(self.facets.with(later(), n)),
            columns: Arc::new(self.columns.with(later(), n)),
            live,
            orders: Arc::new(self.orders.with(later())),
        }
    }

    /// Changes that make the index equal to these documents.
    pub fn difference(&self, docs: &(impl Docs + ?Sized)) -> Vec<Change> {
        let mut left = (*self.all).clone();
        let mut changes = Vec::new();
        docs.each(&mut |doc| {
            let known = self.by_code(&normalize(&doc.code)).filter(|p| self.shown.code(*p) == doc.code);
            if let Some(p) = known {
                left.remove(p);
            }
            if known.is_none_or(|p| self.digest(p) != doc.digest()) {
                changes.push(Change::Put(Box::new(doc.clone())));
            }
        });
        left.each(|p| changes.push(Change::Gone(self.shown.code(p).to_owned())));
        changes
    }
}
