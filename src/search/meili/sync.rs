//! Meilisearch follows the catalogue: what changed is sent, its tasks are watched to their end, and a
//! state document says what it holds once they succeeded.
//!
//! A task that fails, is lost or takes too long leaves the state document as it was; all that was
//! touched is sent again next time, and after several failures a fresh index is filled beside the one
//! in use and swapped in. Processes that do not lead only read the state document.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use meilisearch_sdk::{
    client::SwapIndexes,
    errors::{Error as SdkError, ErrorCode},
    task_info::TaskInfo,
    tasks::Task,
};
use serde::{Deserialize, Serialize};

use super::{
    document::{self, Document, id, version},
    progress::Progress,
    server::{Meili, NEXT, PRODUCTS, STATE, fault},
};
use crate::{
    kernel::{Error, Result},
    search::{Doc, Index},
};

/// Documents sent at once.
const BATCH: usize = 1000;
/// How long one task may take.
const TASK_PATIENCE: Duration = Duration::from_mins(2);
/// Failures in a row after which a fresh index is filled.
const FAILURES: u32 = 2;

/// The state document.
#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
struct State {
    id: String,
    /// Of the versions of all documents.
    sum: String,
    /// Of fields and settings.
    format: String,
}

impl State {
    fn of(digests: impl Iterator<Item = u64>) -> Self {
        let (n, sum) = digests.fold((0_u64, 0_u64), |(n, sum), digest| (n + 1, sum.wrapping_add(digest)));
        Self { id: "products".to_owned(), sum: format!("{n}-{}", version(sum)), format: document::fingerprint() }
    }
}

impl Meili {
    /// Looks whether it holds what the index of a generation holds.
    pub async fn watch(&self, index: &Index, generation: u64) -> Result<()> {
        let wanted = State::of(index.text_digests().map(|(_, digest)| digest));
        let held = read_state(self).await;
        let in_step = held.as_ref().is_ok_and(|held| held.as_ref() == Some(&wanted));
        self.0.holds.store(if in_step { generation } else { 0 }, Ordering::Release);
        if in_step {
            let mut progress = self.0.sync.lock().await;
            if progress.confirmed.is_none() {
                let versions = index.text_digests().map(|(code, digest)| (code.to_owned(), digest));
                progress.confirmed = Some(versions.collect());
            }
        }
        held.map(|_| ())
    }

    /// Fills a fresh index with these documents and swaps it in, whatever it holds; answers how many.
    pub async fn refill(&self, docs: &[Doc]) -> Result<usize> {
        let sent = fill(self, docs).await?;
        write_state(self, &State::of(docs.iter().map(Doc::text_digest))).await?;
        Ok(sent)
    }

    /// Makes it hold these documents, where it does not; answers how many were sent. One process does so.
    pub async fn write(&self, docs: impl FnOnce() -> Vec<Doc>) -> Result<usize> {
        if self.is_in_step() {
            return Ok(0);
        }
        let mut progress = self.0.sync.lock().await;
        if progress.rests_until.is_some_and(|until| Instant::now() < until) {
            return Ok(0);
        }
        let docs = docs();
        let done = write_docs(self, &docs, &mut progress).await;
        match &done {
            Ok(_) => *progress = Progress { confirmed: Some(versions(&docs)), ..Progress::default() },
            Err(_) => {
                progress.failures += 1;
                progress.rests_until = Some(Instant::now() + Duration::from_secs(1 << progress.failures.min(6)));
            }
        }
        done
    }
}

async fn write_docs(meili: &Meili, docs: &[Doc], progress: &mut Progress) -> Result<usize> {
    let wanted = State::of(docs.iter().map(Doc::text_digest));
    let held = read_state(meili).await?;
    if held.as_ref() == Some(&wanted) {
        return Ok(0);
    }
    let sent = bring_up(meili, docs, progress, held.is_some_and(|held| held.format == wanted.format)).await?;
    write_state(meili, &wanted).await?;
    Ok(sent)
}

fn versions(docs: &[Doc]) -> BTreeMap<String, u64> {
    docs.iter().map(|doc| (doc.code.clone(), doc.text_digest())).collect()
}

async fn bring_up(meili: &Meili, docs: &[Doc], progress: &mut Progress, format_holds: bool) -> Result<usize> {
    let Some(confirmed) = progress.confirmed.as_ref().filter(|_| format_holds && progress.failures < FAILURES) else {
        return fill(meili, docs).await;
    };
    let now = versions(docs);
    let differs = |code: &&String| confirmed.get(*code) != now.get(*code);
    let changed: BTreeSet<String> = confirmed.keys().chain(now.keys()).filter(differs).cloned().collect();
    progress.touched.extend(changed);
    if progress.touched.len() * 2 > docs.len().max(BATCH) {
        return fill(meili, docs).await;
    }
    let gone: Vec<String> = progress.touched.iter().filter(|code| !now.contains_key(*code)).map(|c| id(c)).collect();
    let put: Vec<&Doc> = docs.iter().filter(|doc| progress.touched.contains(&doc.code)).collect();
    send(meili, PRODUCTS, &put).await?;
    for batch in gone.chunks(BATCH) {
        let task = meili.0.upkeep.index(PRODUCTS).delete_documents(batch).await.map_err(fault)?;
        finished(meili, task).await?;
    }
    Ok(put.len() + gone.len())
}

/// Fills a fresh index beside the one in use and swaps it in: no search finds half of the products.
async fn fill(meili: &Meili, docs: &[Doc]) -> Result<usize> {
    let client = &meili.0.upkeep;
    let task = client.delete_index(NEXT).await.map_err(fault)?;
    // Nothing may have been there.
    let _ = finished(meili, task).await;
    for name in [PRODUCTS, NEXT] {
        let task = client.create_index(name, Some("id")).await.map_err(fault)?;
        // The index in use is there already but for the first time.
        let made = finished(meili, task).await;
        if name == NEXT {
            made?;
        }
    }
    let task = client.index(NEXT).set_settings(&document::settings()).await.map_err(fault)?;
    finished(meili, task).await?;
    send(meili, NEXT, &docs.iter().collect::<Vec<_>>()).await?;
    let swap = SwapIndexes { indexes: (PRODUCTS.to_owned(), NEXT.to_owned()), rename: None };
    let task = client.swap_indexes([&swap]).await.map_err(fault)?;
    finished(meili, task).await?;
    let task = client.delete_index(NEXT).await.map_err(fault)?;
    finished(meili, task).await?;
    Ok(docs.len())
}

async fn send(meili: &Meili, index: &str, docs: &[&Doc]) -> Result<()> {
    for batch in docs.chunks(BATCH) {
        let documents: Vec<Document> = batch.iter().map(|doc| Document::of(doc)).collect();
        let task = meili.0.upkeep.index(index).add_or_replace(&documents, Some("id")).await.map_err(fault)?;
        finished(meili, task).await?;
    }
    Ok(())
}

/// Waits for the end of a task: an answer of 202 says only that it waits.
async fn finished(meili: &Meili, task: TaskInfo) -> Result<()> {
    let begun = Instant::now();
    let mut pause = Duration::from_millis(10);
    loop {
        match meili.0.upkeep.get_task(&task).await.map_err(fault)? {
            Task::Succeeded { .. } => return Ok(()),
            Task::Failed { content } => return Err(Error::fault(format!("Meilisearch: {}", content.error))),
            _ if begun.elapsed() > TASK_PATIENCE => {
                return Err(Error::fault(format!("Meilisearch: task {} does not end", task.task_uid)));
            }
            _ => {}
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(1));
    }
}

async fn read_state(meili: &Meili) -> Result<Option<State>> {
    match meili.0.upkeep.index(STATE).get_document::<State>("products").await {
        Ok(state) => Ok(Some(state)),
        Err(SdkError::Meilisearch(error))
            if matches!(error.error_code, ErrorCode::IndexNotFound | ErrorCode::DocumentNotFound) =>
        {
            Ok(None)
        }
        // Written by another release.
        Err(SdkError::ParseError(_)) => Ok(None),
        Err(error) => Err(fault(error)),
    }
}

async fn write_state(meili: &Meili, state: &State) -> Result<()> {
    let task = meili.0.upkeep.index(STATE).add_or_replace(&[state], Some("id")).await.map_err(fault)?;
    finished(meili, task).await
}
