//! The live handle: one index for all requests, swapped as a whole, always complete.
//!
//! Meilisearch may stand beside it and is asked first; the embedded index answers whenever that is
//! absent, behind, slow or at fault.
//!
//! Changes are written into the next index at once ([`Index::with`]); a full build follows on a
//! thread of its own, seldom enough to cost no more than a twentieth of a core, takes up what changed
//! meanwhile, and is swapped in.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;

use super::{Change, Docs, Hits, Index, SearchRequest, Suggestion, meili, meili::Meili, zero::Noted};

/// Full builds are this many times their own length apart, and at least this long.
const REST: u32 = 20;
const LEAST_REST: Duration = Duration::from_secs(1);

/// A cheap handle on the index in use; clones share it.
#[derive(Clone)]
pub struct Engine {
    index: Arc<ArcSwap<Index>>,
    upkeep: Arc<Mutex<Upkeep>>,
    noted: Noted,
    meili: Option<Meili>,
}

/// What has to be known to keep the index in order.
struct Upkeep {
    /// Products that were edited since the last full build.
    edited: bool,
    /// Changes since a running build read its documents; none where no build runs.
    meanwhile: Option<Vec<Change>>,
    /// Not before this the next build.
    rests_until: Instant,
}

impl Engine {
    /// An engine over these documents, built on the calling thread.
    pub fn new(docs: &(impl Docs + ?Sized)) -> Self {
        let begun = Instant::now();
        let index = Index::build(docs);
        let upkeep = Upkeep { edited: false, meanwhile: None, rests_until: rest(begun) };
        Self {
            index: Arc::new(ArcSwap::from_pointee(index)),
            upkeep: Arc::new(Mutex::new(upkeep)),
            noted: Noted::default(),
            meili: None,
        }
    }

    /// The same engine with Meilisearch beside it.
    #[must_use]
    pub fn with_meili(self, meili: Meili) -> Self {
        Self { meili: Some(meili), ..self }
    }

    /// Meilisearch, where it is configured.
    pub fn meili(&self) -> Option<&Meili> {
        self.meili.as_ref()
    }

    fn upkeep(&self) -> MutexGuard<'_, Upkeep> {
        self.upkeep.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes up changed products; when this returns, every new request sees them.
    pub fn change(&self, changes: &[Change]) {
        let mut upkeep = self.upkeep();
        let before = self.index.load_full();
        let after = before.with(changes);
        if after.is_edited_since(&before) {
            upkeep.edited = true;
            self.meili.iter().for_each(Meili::fall_behind);
        }
        if let Some(meanwhile) = &mut upkeep.meanwhile {
            meanwhile.extend_from_slice(changes);
        }
        self.index.store(Arc::new(after));
    }

    /// Changes that make the index equal to these documents.
    pub fn difference(&self, docs: &(impl Docs + ?Sized)) -> Vec<Change> {
        self.index.load().difference(docs)
    }

    /// Wants a full build at the next `tidy`, whatever was edited.
    pub fn renew(&self) {
        let mut upkeep = self.upkeep();
        (upkeep.edited, upkeep.rests_until) = (true, Instant::now());
    }

    /// Builds anew in the background where products were edited and the last build is long enough ago;
    /// `docs` reads what is shown now. Answers whether a build began.
    pub fn tidy<D: Docs + Send + 'static>(&self, docs: impl FnOnce() -> D) -> bool {
        let mut upkeep = self.upkeep();
        if !upkeep.edited || upkeep.meanwhile.is_some() || Instant::now() < upkeep.rests_until {
            return false;
        }
        (upkeep.edited, upkeep.meanwhile) = (false, Some(Vec::new()));
        drop(upkeep);
        let (engine, docs) = (self.clone(), docs());
        tokio::task::spawn_blocking(move || engine.build(&docs));
        true
    }

    fn build(&self, docs: &impl Docs) {
        let begun = Instant::now();
        let mut built = Index::build(docs);
        let mut upkeep = self.upkeep();
        let meanwhile = upkeep.meanwhile.take().unwrap_or_default();
        if !meanwhile.is_empty() {
            let complete = built.with(&meanwhile);
            upkeep.edited |= complete.is_edited_since(&built);
            built = complete;
        }
        upkeep.rests_until = rest(begun);
        self.index.store(Arc::new(built));
    }

    /// The index in use.
    pub fn now(&self) -> Arc<Index> {
        self.index.load_full()
    }

    /// Answers a request by Meilisearch where it is configured and fit, else by the embedded index; see
    /// [`Index::search`]. A text that found nothing is noted.
    pub async fn search(&self, req: &SearchRequest) -> Hits {
        let index = self.now();
        let hits = match self.ask_meili(&index, req).await {
            Some(hits) => hits,
            None => index.search(req),
        };
        if hits.zero {
            self.noted.note(&req.text);
        }
        hits
    }

    async fn ask_meili(&self, index: &Index, req: &SearchRequest) -> Option<Hits> {
        let meili = self.meili.as_ref().filter(|meili| meili.is_ready())?;
        let found = meili.find(&index.words(req)?).await?;
        if !meili::is_fresh(index, &found) {
            meili.fall_behind();
            return None;
        }
        let found = found.iter().map(|hit| (hit.code.as_str(), hit.score));
        Some(index.search_among(req, &found.collect::<Vec<_>>()))
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

/// When a build that began then may be followed by the next.
fn rest(begun: Instant) -> Instant {
    let now = Instant::now();
    now + (now.duration_since(begun) * REST).max(LEAST_REST)
}
