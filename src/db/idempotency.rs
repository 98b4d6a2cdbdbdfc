//! Idempotency keys: the same key and body gives the first answer again (A3). Owns `idempotency_keys`.
//!
//! The row of a key, with the answer, is written in the transaction of the effect, so that either both exist or
//! neither. While the first of two twins runs in this process, the other is told so (409) or waits, as its key
//! says (`Twin`). Twins in two processes both run, until the later one meets the row of the earlier: then it
//! undoes its own and answers what the earlier did (`Work`).

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use super::{Conn, Tx, insert, q, select, statements, table};
use crate::kernel::{At, Code, Refusal, Result};

statements! {
    FIND = select!(Kept, "WHERE scope = $1 AND key = $2");
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
    /// What a twin does while the first runs.
    pub twin: Twin,
}

/// What a twin of a running request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Twin {
    /// A program is told (409), and asks again.
    Told,
    /// A person who clicked twice waits for the first click's answer and gets the same.
    Waits,
}

table! {
    struct Kept in "idempotency_keys" or "ON CONFLICT (scope, key) DO NOTHING" {
        scope: String,
        key: String,
        operation: String,
        body_hash: String,
        answer: String,
        created_at: At,
    }
}

/// The first answer to this key as JSON, if it was used; refuses another operation or body.
pub async fn find(conn: &mut Conn, key: &Key) -> Result<Option<String>> {
    let Some(stored) = q(FIND).bind(&key.scope).bind(&key.key).opt::<Kept>(conn).await? else {
        return Ok(None);
    };
    if stored.operation != key.operation || stored.body_hash != key.body_hash {
        return Err(Refusal::new(Code::KeyReused).into());
    }
    Ok(Some(stored.answer))
}

/// Keeps the answer with the effect; `false` where a twin was first, whose answer then counts.
pub async fn keep(tx: &mut Tx, key: &Key, answer: &str, now: At) -> Result<bool> {
    let kept = Kept {
        scope: key.scope.clone(),
        key: key.key.clone(),
        operation: key.operation.to_owned(),
        body_hash: key.body_hash.clone(),
        answer: answer.to_owned(),
        created_at: now,
    };
    insert(tx, &kept).await
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
