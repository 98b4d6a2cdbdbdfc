//! Reports: connections of their own, so that no report keeps an order or a page waiting. One whose caller goes
//! away is stopped where it stands: neither engine notices by itself that nobody reads the answer of a statement.

use std::{
    ops::{Deref, DerefMut},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use sqlx::{PgPool, Sqlite, pool::PoolConnection};

use super::{Conn, Tx, q};
use crate::kernel::Result;

/// Steps of SQLite's machine between two looks at whether anybody still waits: some 0.1 ms.
const STEPS: i32 = 10_000;

const PROCESS: &str = "SELECT CAST(pg_backend_pid() AS BIGINT)";
const CANCEL: &str = "SELECT pg_cancel_backend(CAST($1 AS INTEGER))";

/// A transaction of a report, which reads everything at one moment. Dropped before its end, it is stopped.
pub struct Reading {
    tx: Tx,
    stop: Option<Stop>,
}

/// How a statement that runs is stopped.
pub(super) enum Stop {
    /// SQLite looks at this flag while it works.
    Flag(Arc<AtomicBool>),
    /// PostgreSQL's process, and the connections from which it is told.
    Process { number: i64, beside: PgPool },
}

impl Stop {
    /// Lets a connection of SQLite look at a flag of this report's own; the report before had another.
    pub async fn flag(conn: &mut PoolConnection<Sqlite>) -> Result<Self> {
        let gone = Arc::new(AtomicBool::new(false));
        let looked_at = gone.clone();
        conn.lock_handle().await?.set_progress_handler(STEPS, move || !looked_at.load(Ordering::Relaxed));
        Ok(Self::Flag(gone))
    }

    /// Asks a connection of PostgreSQL for its process.
    pub async fn process(tx: &mut Tx, beside: PgPool) -> Result<Self> {
        let (number,): (i64,) = q(PROCESS).one(tx).await?;
        Ok(Self::Process { number, beside })
    }

    fn now(self, tx: &mut Tx) {
        match self {
            // The transaction is rolled back behind the statement that ends here.
            Self::Flag(gone) => gone.store(true, Ordering::Relaxed),
            Self::Process { number, beside } => {
                let Some(conn) = tx.give_up() else { return };
                // Outside a runtime nobody can be told; the server's time limit ends the statement.
                let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
                runtime.spawn(async move {
                    if let Err(error) = cancel(number, &beside).await {
                        tracing::warn!(%error, "a report that nobody waits for could not be stopped");
                    }
                    // The word may come late and must not meet the next report: the connection ends with this one.
                    conn.discard().await;
                });
            }
        }
    }
}

async fn cancel(number: i64, beside: &PgPool) -> Result<()> {
    let mut conn = Conn::Postgres(beside.acquire().await?);
    q(CANCEL).bind(number).exec(&mut conn).await.map(|_| ())
}

impl Reading {
    pub(super) fn new(tx: Tx, stop: Stop) -> Self {
        Self { tx, stop: Some(stop) }
    }

    /// Ends the transaction, whatever the report came to, and answers it.
    pub async fn end<T>(mut self, drawn: Result<T>) -> Result<T> {
        let ended = self.tx.finish().await;
        self.stop = None;
        let drawn = drawn?;
        ended.map(|()| drawn)
    }
}

impl Deref for Reading {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.tx
    }
}

impl DerefMut for Reading {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.tx
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            stop.now(&mut self.tx);
        }
    }
}
