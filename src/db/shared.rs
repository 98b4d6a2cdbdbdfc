//! Shared commits: SQLite has one writer, and most of a small transaction's time is the disk's at its COMMIT.
//! Transactions that wait together run one after the other, each in a savepoint, and end in one COMMIT; each is
//! answered after it. One that fails is undone alone.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use sqlx::SqlitePool;
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

use super::{
    Conn,
    conn::{ACQUIRE, COMMIT, ROLLBACK},
    counts, q,
};
use crate::kernel::{Error, Result};

/// Transactions of one commit at most: the first of them waits for the last.
const MOST: usize = 16;
/// How long an ended transaction waits for the next before it commits by itself: whoever waited for the writer
/// may have gone away.
const PATIENCE: Duration = Duration::from_millis(4);

const BEGIN: &str = "BEGIN IMMEDIATE";
const SAVE: &str = "SAVEPOINT turn";
const KEEP: &str = "RELEASE turn";
const UNDO: &str = "ROLLBACK TO turn";

/// The one writer of a SQLite file: a fair queue.
#[derive(Clone)]
pub struct Writer {
    pub(super) pool: SqlitePool,
    batch: Arc<Mutex<Batch>>,
    waiting: Arc<AtomicUsize>,
}

/// Transactions that are to end in one commit.
#[derive(Default)]
struct Batch {
    /// The writer's connection while a transaction is open on it.
    conn: Option<Conn>,
    /// Those who ended and wait for the commit.
    ended: Vec<oneshot::Sender<bool>>,
}

impl Batch {
    async fn run(&mut self, sql: &'static str) -> Result<()> {
        let conn = self.conn.as_mut().ok_or_else(|| Error::fault("no transaction is open"))?;
        q(sql).exec(conn).await.map(|_| ())
    }

    /// Ends the open transaction by COMMIT or ROLLBACK, and tells those who wait.
    async fn end(&mut self, sql: &'static str) -> Result<()> {
        let done = self.run(sql).await;
        if sql == COMMIT && done.is_ok() {
            counts::commit();
        }
        if let Some(conn) = self.conn.take()
            && done.is_err()
        {
            conn.discard().await;
        }
        for ended in self.ended.drain(..) {
            // Who hung up hears nothing; what was committed stays so.
            let _ = ended.send(done.is_ok() && sql == COMMIT);
        }
        done
    }
}

/// One that waits for the writer.
struct Waits(Arc<AtomicUsize>);

impl Waits {
    fn new(waiting: &Arc<AtomicUsize>) -> Self {
        waiting.fetch_add(1, Ordering::SeqCst);
        Self(waiting.clone())
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Writer {
    pub(super) fn new(pool: SqlitePool) -> Self {
        Self { pool, batch: Arc::default(), waiting: Arc::default() }
    }

    /// Waits for the writer and begins a transaction's turn on it.
    pub(super) async fn begin(&self) -> Result<Turn> {
        let waits = Waits::new(&self.waiting);
        let batch = tokio::time::timeout(ACQUIRE, self.batch.clone().lock_owned()).await;
        drop(waits);
        let batch = batch.map_err(|_| Error::Unavailable(anyhow::anyhow!("the writer was not free in time")))?;
        let mut turn = Turn { batch: Some(batch), writer: self.clone() };
        turn.open().await?;
        Ok(turn)
    }

    /// Commits what waits, unless somebody did meanwhile.
    async fn flush(self) {
        let mut batch = self.batch.lock().await;
        if batch.conn.is_some() {
            // Those who wait are told; there is nobody else to tell.
            let _ = batch.end(COMMIT).await;
        }
    }

    /// Closes a turn, and commits unless another follows.
    async fn close(self, mut batch: OwnedMutexGuard<Batch>, keep: bool, tell: oneshot::Sender<bool>) -> Result<()> {
        if let Err(error) = close(&mut batch, keep).await {
            // Nobody knows what is left of the transaction: nothing of it is kept.
            let _ = batch.end(ROLLBACK).await;
            return Err(error);
        }
        if keep {
            batch.ended.push(tell);
        }
        if self.waiting.load(Ordering::SeqCst) == 0 || batch.ended.len() >= MOST {
            let committed = batch.end(COMMIT).await;
            return if keep { committed } else { Ok(()) };
        }
        Ok(())
    }
}

/// A transaction's turn on the writer.
pub(super) struct Turn {
    batch: Option<OwnedMutexGuard<Batch>>,
    writer: Writer,
}

impl Turn {
    /// The connection.
    pub fn conn(&self) -> Option<&Conn> {
        self.batch.as_ref().and_then(|batch| batch.conn.as_ref())
    }

    /// The connection.
    pub fn conn_mut(&mut self) -> Option<&mut Conn> {
        self.batch.as_mut().and_then(|batch| batch.conn.as_mut())
    }

    async fn open(&mut self) -> Result<()> {
        let Some(batch) = self.batch.as_mut() else { return Ok(()) };
        if batch.conn.is_none() {
            batch.conn = Some(Conn::Sqlite(self.writer.pool.acquire().await?));
            batch.run(BEGIN).await?;
        }
        batch.run(SAVE).await
    }

    /// Commits those who ended before: what follows takes long. Nothing of this turn is done yet. What has begun to
    /// be committed is, also where this turn is dropped meanwhile.
    pub async fn alone(&mut self) -> Result<()> {
        let Some(mut batch) = self.batch.take_if(|batch| !batch.ended.is_empty()) else { return Ok(()) };
        let committing = tokio::spawn(async move {
            let done = match batch.run(KEEP).await {
                Ok(()) => batch.end(COMMIT).await,
                // Nobody knows what is left of the transaction: nothing of it is kept.
                Err(error) => batch.end(ROLLBACK).await.and(Err(error)),
            };
            (batch, done)
        });
        let (batch, done) = committing.await.map_err(|e| Error::Fault(e.into()))?;
        self.batch = Some(batch);
        done?;
        self.open().await
    }

    /// Ends the turn; when it answers after keeping, the changes survive a crash (I16). What has begun to end is
    /// ended, also where nobody waits for it any more.
    pub async fn end(mut self, keep: bool) -> Result<()> {
        let Some(batch) = self.batch.take() else { return Ok(()) };
        let (tell, mut told) = oneshot::channel();
        let closing = tokio::spawn(self.writer.clone().close(batch, keep, tell));
        closing.await.map_err(|e| Error::Fault(e.into()))??;
        if !keep {
            // Whoever waited for the writer may have gone away: then nobody else would end the transaction.
            let writer = self.writer.clone();
            tokio::spawn(async move {
                tokio::time::sleep(PATIENCE).await;
                writer.flush().await;
            });
            return Ok(());
        }
        loop {
            match tokio::time::timeout(PATIENCE, &mut told).await {
                Ok(Ok(true)) => return Ok(()),
                Ok(_) => return Err(Error::Unavailable(anyhow::anyhow!("the commit failed"))),
                Err(_) => {
                    let flushed = tokio::spawn(self.writer.clone().flush()).await;
                    flushed.map_err(|e| Error::Fault(e.into()))?;
                }
            }
        }
    }
}

async fn close(batch: &mut Batch, keep: bool) -> Result<()> {
    if !keep {
        batch.run(UNDO).await?;
    }
    batch.run(KEEP).await
}

impl Drop for Turn {
    /// A turn that was dropped, as by a client that hangs up, is undone alone.
    fn drop(&mut self) {
        let Some(mut batch) = self.batch.take() else { return };
        let writer = self.writer.clone();
        // Outside a runtime the connection itself is dropped, which ends its transaction.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(async move {
            if batch.conn.is_some() && close(&mut batch, false).await.is_err() {
                let _ = batch.end(ROLLBACK).await;
            }
            let idle = writer.waiting.load(Ordering::SeqCst) == 0;
            if batch.conn.is_some() && (idle || batch.ended.is_empty()) {
                let _ = batch.end(COMMIT).await;
            }
        });
    }
}
