//! Idempotency keys: the same key and body gives the first answer again (surface.md, rules).
//!
//! The key's row is written in the same transaction as the effect, so that either both exist
//! or neither. A twin in the same process is told 409 while the first runs; a twin in another
//! process waits on the row and then gets the first answer.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use super::{Conn, FromRow, Tx, q, statements};
use crate::kernel::{At, Code, Error, Refusal, Result};

statements! {
    FIND = "SELECT operation, body_hash, status, answer FROM idempotency_keys WHERE scope = $1 AND key = $2";
    KEEP = "INSERT INTO idempotency_keys (scope, key, operation, body_hash, status, answer, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (scope, key) DO NOTHING";
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

/// The first answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// JSON body.
    pub body: String,
}

#[derive(FromRow)]
struct Stored {
    operation: String,
    body_hash: String,
    status: Option<i64>,
    answer: Option<String>,
}

/// The first answer to this key, if it was used; refuses another operation or body.
pub async fn find(conn: &mut Conn, key: &Key) -> Result<Option<Answer>> {
    let Some(stored) = q(FIND).bind(&key.scope).bind(&key.key).opt::<Stored>(conn).await? else {
        return Ok(None);
    };
    if stored.operation != key.operation || stored.body_hash != key.body_hash {
        return Err(Refusal::new(Code::KeyReused).into());
    }
    let status = u16::try_from(stored.status.unwrap_or(200)).unwrap_or(200);
    Ok(Some(Answer { status, body: stored.answer.unwrap_or_default() }))
}

/// Keeps the answer with the effect; `false` where a twin was first, whose answer then counts.
pub async fn keep(tx: &mut Tx, key: &Key, answer: &Answer, now: At) -> Result<bool> {
    let changed = q(KEEP)
        .bind(&key.scope)
        .bind(&key.key)
        .bind(key.operation)
        .bind(&key.body_hash)
        .bind(i64::from(answer.status))
        .bind(&answer.body)
        .bind(now)
        .exec(tx)
        .await?;
    Ok(changed == 1)
}

/// What the first request under a key made, in the transaction that would make it again.
pub async fn first(tx: &mut Tx, key: Option<&Key>) -> Result<Option<String>> {
    let Some(key) = key else { return Ok(None) };
    Ok(find(tx, key).await?.map(|answer| answer.body))
}

/// Keeps what the first request made; a twin that came between is a conflict, after which [`first`] finds it.
pub async fn keep_first(tx: &mut Tx, key: Option<&Key>, (status, made): (u16, &str), now: At) -> Result<()> {
    let Some(key) = key else { return Ok(()) };
    let kept = keep(tx, key, &Answer { status, body: made.to_owned() }, now).await?;
    if kept { Ok(()) } else { Err(Error::Conflict(anyhow::anyhow!("two requests under one key met"))) }
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
