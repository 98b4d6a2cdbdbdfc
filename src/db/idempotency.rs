//! Idempotency keys: the same key and body gives the first answer again (A3).
//!
//! The key's row is written in the same transaction as the effect, so that either both exist
//! or neither. A twin in the same process is told 409 while the first runs; a twin in another
//! process waits on the row and then gets the first answer.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use super::{Conn, Tx, q, row, statements};
use crate::kernel::{At, Code, Refusal, Result};

statements! {
    FIND = "SELECT operation, body_hash, answer FROM idempotency_keys WHERE scope = $1 AND key = $2";
    KEEP = "INSERT INTO idempotency_keys (scope, key, operation, body_hash, answer, created_at)
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (scope, key) DO NOTHING";
    FORGET = "DELETE FROM idempotency_keys WHERE created_at < $1";
}

/// A key as a request brings it.
#[derive(Clone, Debug)]
pub struct Key {
    /// Whose key it is: `person:…`, `order:…`, `quote:…` or `form:…`.
    pub scope: String,
    /// The header's value.
    pub key: String,
    /// operationId.
    pub operation: &'static str,
    /// SHA-256 of the body (and the path's parts).
    pub body_hash: String,
}

row! {
    struct Stored {
        operation: String,
        body_hash: String,
        answer: String,
    }
}

/// The first answer to this key as JSON, if it was used; refuses another operation or body.
pub async fn find(conn: &mut Conn, key: &Key) -> Result<Option<String>> {
    let Some(stored) = q(FIND).bind(&key.scope).bind(&key.key).opt::<Stored>(conn).await? else {
        return Ok(None);
    };
    if stored.operation != key.operation || stored.body_hash != key.body_hash {
        return Err(Refusal::new(Code::KeyReused).into());
    }
    Ok(Some(stored.answer))
}

/// Keeps the answer with the effect; `false` where a twin was first, whose answer then counts.
pub async fn keep(tx: &mut Tx, key: &Key, answer: &str, now: At) -> Result<bool> {
    let changed = q(KEEP)
        .bind(&key.scope)
        .bind(&key.key)
        .bind(key.operation)
        .bind(&key.body_hash)
        .bind(answer)
        .bind(now)
        .exec(tx)
        .await?;
    Ok(changed == 1)
}

/// Removes keys older than `before` (they are kept for 7 days at least).
pub async fn forget(tx: &mut Tx, before: At) -> Result<u64> {
    q(FORGET).bind(before).exec(tx).await
}

/// Keys whose requests run in this process.
#[derive(Clone, Default)]
pub struct Running(Arc<Mutex<HashSet<(String, String)>>>);

/// Marks a key as running until dropped.
pub struct Guard {
    running: Running,
    key: (String, String),
}

impl Running {
    /// Marks the key; refuses a twin that still runs.
    pub fn start(&self, key: &Key) -> Result<Guard, Refusal> {
        let pair = (key.scope.clone(), key.key.clone());
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if keys.insert(pair.clone()) {
            Ok(Guard { running: self.clone(), key: pair })
        } else {
            Err(Refusal::new(Code::KeyRunning))
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.running.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}
