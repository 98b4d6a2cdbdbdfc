//! The live handle: one index for all requests, swapped as a whole.

use std::sync::Arc;

use arc_swap::ArcSwap;

use super::{Doc, Hits, Index, SearchRequest, Suggestion, zero::Noted};
use crate::kernel::{Error, Result};

/// A cheap handle on the index in use; clones share it.
#[derive(Clone)]
pub struct Engine {
    index: Arc<ArcSwap<Index>>,
    noted: Noted,
}

impl Engine {
    /// An engine over these documents, built on the calling thread.
    pub fn new(docs: &[Doc]) -> Self {
        Self { index: Arc::new(ArcSwap::from_pointee(Index::build(docs))), noted: Noted::default() }
    }

    /// Builds a new index on a blocking thread and swaps it in: readers see the old one until then.
    pub async fn rebuild(&self, docs: Vec<Doc>) -> Result<()> {
        let built = tokio::task::spawn_blocking(move || Index::build(&docs)).await;
        self.index.store(Arc::new(built.map_err(|e| Error::Fault(e.into()))?));
        Ok(())
    }

    /// The index in use.
    pub fn now(&self) -> Arc<Index> {
        self.index.load_full()
    }

    /// Answers a request; see [`Index::search`]. A text that found nothing is noted.
    pub fn search(&self, req: &SearchRequest) -> Hits {
        let hits = self.index.load().search(req);
        if hits.zero {
            self.noted.note(&req.text);
        }
        hits
    }

    /// Texts that found nothing since they were last recorded; see [`super::zero::record`].
    pub fn noted(&self) -> &Noted {
        &self.noted
    }

    /// Suggestions while typing; see [`Index::suggest`].
    pub fn suggest(&self, text: &str) -> Vec<Suggestion> {
        self.index.load().suggest(text)
    }
}
