//! The server: asked for words while it is in step, left alone for a while where it fails.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use meilisearch_sdk::{
    client::Client,
    search::{MatchingStrategies, Selectors},
};
use serde::Deserialize;

use super::{document, http::Http, progress::Progress};
use crate::{
    kernel::{Error, Result},
    search::Index,
};

/// How long a search may take.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long one request of the upkeep may take.
const UPKEEP_PATIENCE: Duration = Duration::from_secs(30);
/// Failures in a row after which it is left alone, and for how long.
const FAILURES: u32 = 3;
const LEFT_ALONE: Duration = Duration::from_secs(5);
/// The index that is searched, the one that is built beside it, and the one that says what they hold.
pub(super) const PRODUCTS: &str = "yanxi_products";
pub(super) const NEXT: &str = "yanxi_products_next";
pub(super) const STATE: &str = "yanxi_state";

/// A cheap handle on a Meilisearch server; clones share it.
#[derive(Clone)]
pub struct Meili(pub(super) Arc<Inner>);

pub(super) struct Inner {
    search: Client<Http>,
    pub(super) upkeep: Client<Http>,
    /// Rises when the texts of this process' catalogue change.
    generation: AtomicU64,
    /// The generation that it is known to hold; 0 where none.
    pub(super) holds: AtomicU64,
    failures: AtomicU32,
    /// Milliseconds after `born` until which it is left alone.
    resumes: AtomicU64,
    born: Instant,
    pub(super) sync: tokio::sync::Mutex<Progress>,
}

/// A product that Meilisearch found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub code: String,
    /// How well the text fits, in thousandths.
    pub score: u32,
    /// Version of the document that was found.
    pub version: String,
}

#[derive(Deserialize)]
struct Hit {
    code: String,
    version: String,
}

impl Meili {
    /// A handle on the server of `MEILI_URL`; nothing is asked of it yet.
    pub fn new(url: &str, key: Option<&str>) -> Result<Self> {
        let client = |patience| -> Result<Client<Http>> {
            let http = Http::new(key, patience).map_err(fault)?;
            Ok(Client::new_with_client(url, key, http))
        };
        Ok(Self(Arc::new(Inner {
            search: client(PATIENCE)?,
            upkeep: client(UPKEEP_PATIENCE)?,
            generation: AtomicU64::new(1),
            holds: AtomicU64::new(0),
            failures: AtomicU32::new(0),
            resumes: AtomicU64::new(0),
            born: Instant::now(),
            sync: tokio::sync::Mutex::default(),
        })))
    }

    /// Whether it may be asked now.
    pub fn is_ready(&self) -> bool {
        self.is_in_step() && self.0.resumes.load(Ordering::Relaxed) <= self.age()
    }

    /// Whether it is known to hold the catalogue of this process.
    pub fn is_in_step(&self) -> bool {
        self.0.holds.load(Ordering::Acquire) == self.generation()
    }

    /// Texts of this process' catalogue have changed: it is not asked until it is known to hold the same.
    pub fn fall_behind(&self) {
        self.0.generation.fetch_add(1, Ordering::AcqRel);
    }

    /// Take it before the index that `watch` compares.
    pub fn generation(&self) -> u64 {
        self.0.generation.load(Ordering::Acquire)
    }

    fn age(&self) -> u64 {
        u64::try_from(self.0.born.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Products with all these words, the best first; `None` where it fails, is slow, or has more than
    /// it can bring at once.
    pub async fn find(&self, words: &str) -> Option<Vec<Found>> {
        // The limit covers the whole of it, connecting too.
        let found = match tokio::time::timeout(PATIENCE, self.ask(words)).await {
            Ok(Ok(found)) => found,
            Ok(Err(error)) => return self.failed(&error.to_string()),
            Err(_) => return self.failed("no answer in time"),
        };
        self.0.failures.store(0, Ordering::Relaxed);
        (found.len() <= document::MOST).then_some(found)
    }

    async fn ask(&self, words: &str) -> std::result::Result<Vec<Found>, meilisearch_sdk::errors::Error> {
        let index = self.0.search.index(PRODUCTS);
        let answer = index
            .search()
            .with_query(words)
            .with_limit(document::MOST + 1)
            .with_attributes_to_retrieve(Selectors::Some(&["code", "version"]))
            .with_matching_strategy(MatchingStrategies::ALL)
            .with_show_ranking_score(true)
            .execute::<Hit>()
            .await?;
        let found = answer.hits.into_iter().map(|hit| Found {
            score: (hit.ranking_score.unwrap_or_default().clamp(0.0, 1.0) * 1000.0) as u32,
            code: hit.result.code,
            version: hit.result.version,
        });
        Ok(found.collect())
    }

    fn failed(&self, error: &str) -> Option<Vec<Found>> {
        metrics::counter!("yanxi_meili_failures").increment(1);
        if self.0.failures.fetch_add(1, Ordering::Relaxed) + 1 >= FAILURES {
            let until = self.age() + u64::try_from(LEFT_ALONE.as_millis()).unwrap_or(0);
            self.0.resumes.store(until, Ordering::Relaxed);
            // One more failure after the pause is enough to leave it alone again.
            self.0.failures.store(FAILURES - 1, Ordering::Relaxed);
            tracing::warn!(error, "Meilisearch does not answer; the embedded index does for a while");
        }
        None
    }
}

/// Whether what was found is of the state that the index has.
pub fn is_fresh(index: &Index, found: &[Found]) -> bool {
    found.iter().all(|hit| index.text_version(&hit.code).is_some_and(|digest| document::version(digest) == hit.version))
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
pub(super) fn fault(error: meilisearch_sdk::errors::Error) -> Error {
    Error::fault(format!("Meilisearch: {error}"))
}
