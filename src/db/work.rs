//! A unit of work: what a verb needs to change something once, for one actor, under one key.

use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};

use super::{
    Db, Tx,
    idempotency::{self, Guard, Key, Running, Twin},
};
use crate::kernel::{Actor, At, Clock, Code, Error, Refusal, Result, Step};

/// A running twin is waited for this often and this long.
const PATIENCE: usize = 100;
const PAUSE: Duration = Duration::from_millis(100);

/// One act of one actor on the database. The same key gives the first answer again (rule A3); without a key
/// the act is done as often as it is asked for.
#[derive(Clone)]
pub struct Work {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Who acts.
    pub by: Actor,
    /// The key of the request or the form.
    pub key: Option<Key>,
    /// Keys whose requests run in this process.
    pub running: Running,
}

impl Work {
    /// A step of this instant by the actor.
    pub fn step(&self) -> Step {
        Step::new(self.clock.now(), self.by.clone())
    }

    /// The answer that the key got before; refuses a key that was used for something else.
    pub async fn first<T: DeserializeOwned>(&self) -> Result<Option<T>> {
        let Some(key) = &self.key else { return Ok(None) };
        let answer = idempotency::find(&mut self.db.read().await?, key).await?;
        Ok(answer.map(|answer| serde_json::from_str(&answer)).transpose()?)
    }

    /// Marks the key as running. A twin that still runs in this process refuses it, or is waited for.
    pub async fn start(&self) -> Result<Option<Guard>> {
        let Some(key) = &self.key else { return Ok(None) };
        for _ in 0..PATIENCE {
            match self.running.start(key) {
                Err(_) if key.twin == Twin::Waits => tokio::time::sleep(PAUSE).await,
                marked => return Ok(Some(marked?)),
            }
        }
        Ok(Some(self.running.start(key)?))
    }

    /// Keeps the answer with the effect. A twin in another process may have come first: then nothing of this
    /// try is kept, and the twin's answer counts.
    pub async fn keep<T: Serialize>(&self, tx: &mut Tx, answer: &T, at: At) -> Result<()> {
        let Some(key) = &self.key else { return Ok(()) };
        if idempotency::keep(tx, key, &serde_json::to_string(answer)?, at).await? {
            Ok(())
        } else {
            Err(Refusal::new(Code::KeyRunning).into())
        }
    }

    /// The first answer where the key has one by now, the error otherwise. What was done once may be refused
    /// the second time, or be a fault.
    pub async fn first_or<T: DeserializeOwned>(&self, error: Error) -> Result<T> {
        let first = if matches!(error, Error::Unavailable(_)) { None } else { self.first().await? };
        first.ok_or(error)
    }
}

/// `once!(work, tx, step, { … })`: runs the block in a transaction of the unit of work and commits. The block
/// ends in `Ok(answer)`, uses `?`, and may be run again after a conflict, so it changes nothing but `tx` and
/// `step`. Under a key it is done once: a repeat, also by a twin that came between, is undone and gets the first
/// answer. Repeats are rare, so that a key is looked up only then: nothing is read before the work.
/// `once!(work, ready = { … }, tx, step, { … })` reads what it needs before the transaction.
macro_rules! once {
    ($work:expr, $tx:ident, $step:ident, $body:block) => {
        $crate::db::once!($work, _ready = { Ok(()) }, $tx, $step, $body)
    };
    ($work:expr, $ready:ident = $before:block, $tx:ident, $step:ident, $body:block) => {{
        let work: &$crate::db::Work = $work;
        // A finished key has its answer, also while a repeat of it is being answered.
        match work.start().await {
            Err(twin) => work.first_or(twin).await,
            Ok(_running) => {
                let done: $crate::kernel::Result<_> = async {
                    let ready: $crate::kernel::Result<_> = async { $before }.await;
                    let $ready = ready?;
                    $crate::db::tx!(work.db, $tx, {
                        #[allow(unused_mut, reason = "a block may only read its step")]
                        let mut $step = work.step();
                        let done: $crate::kernel::Result<_> = async { $body }.await;
                        let answer = done?;
                        work.keep(&mut $tx, &answer, $step.at).await?;
                        Ok(answer)
                    })
                }
                .await;
                match done {
                    Err(error) if work.key.is_some() => work.first_or(error).await,
                    done => done,
                }
            }
        }
    }};
}
pub(crate) use once;
