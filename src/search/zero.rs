//! Texts that found nothing, kept for the operator: the text only, never who typed it.
//!
//! Searches note them in memory ([`Noted`]); [`record`] writes what was noted, so that reading the
//! shop never waits for the database and a flood of nonsense costs a bounded number of rows.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use super::normalize;
use crate::{
    db::{Conn, Db, q, row, statements, tx},
    kernel::{At, Result},
};

statements! {
    /// A text that found nothing, once more.
    ADD = "INSERT INTO search_zero_hits (text, times, first_at, last_at) VALUES ($1, $2, $3, $3)
        ON CONFLICT (text) DO UPDATE SET times = search_zero_hits.times + $2, last_at = $3";
    /// The rarest and oldest beyond what is kept.
    TRIM = "DELETE FROM search_zero_hits WHERE text IN
        (SELECT text FROM search_zero_hits ORDER BY times DESC, last_at DESC, text LIMIT 1000000 OFFSET $1)";
    /// The most frequent first.
    LIST = "SELECT text, times, first_at, last_at FROM search_zero_hits ORDER BY times DESC, last_at DESC, text LIMIT $1";
}

/// Longest text kept, in characters.
const LENGTH: usize = 40;
/// Different texts noted between two writes, and rows kept.
const NOTED: usize = 200;
const KEPT: i64 = 5000;

row! {
    /// A text that found nothing.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ZeroHit {
        /// What was typed, normalized and cut.
        pub text: String,
        /// How often.
        pub times: i64,
        /// First time.
        pub first_at: At,
        /// Last time.
        pub last_at: At,
    }
}

/// Texts noted since the last write; clones share them.
#[derive(Clone, Default)]
pub struct Noted(Arc<Mutex<BTreeMap<String, i64>>>);

impl Noted {
    /// Notes a text; new ones beyond the bound are left out.
    pub fn note(&self, text: &str) {
        let normal = normalize(text);
        let text: String = normal.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LENGTH).collect();
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.len() < NOTED || noted.contains_key(&text) {
            *noted.entry(text).or_default() += 1;
        }
    }

    /// Everything noted; nothing is left.
    pub fn take(&self) -> BTreeMap<String, i64> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Writes what was noted; answers the number of texts. Texts of a failed write are lost: they are hints.
pub async fn record(db: &Db, noted: &Noted, now: At) -> Result<usize> {
    let texts = noted.take();
    if texts.is_empty() {
        return Ok(0);
    }
    tx!(db, tx, {
        for (text, times) in &texts {
            q(ADD).bind(text.as_str()).bind(*times).bind(now).exec(&mut tx).await?;
        }
        q(TRIM).bind(KEPT).exec(&mut tx).await?;
        Ok(texts.len())
    })
}

/// The most frequent texts that found nothing.
pub async fn list(conn: &mut Conn, most: i64) -> Result<Vec<ZeroHit>> {
    q(LIST).bind(most).all(conn).await
}
