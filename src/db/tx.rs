//! Transactions: begun on the writer, committed once.

use std::ops::{Deref, DerefMut};

use super::{
    Conn, Engine, Query,
    conn::{COMMIT, ROLLBACK},
    counts, q,
    shared::Turn,
};
use crate::kernel::{Error, Result};

/// Lifts PostgreSQL's time limits from a transaction.
pub(super) const UNHURRIED: [&str; 2] =
    ["SET LOCAL statement_timeout = 0", "SET LOCAL idle_in_transaction_session_timeout = 0"];

/// An open transaction. Dropped without commit it rolls back.
pub struct Tx {
    held: Option<Held>,
}

/// What a transaction runs on.
enum Held {
    /// A connection of its own.
    Conn(Conn),
    /// A turn on SQLite's one writer.
    Turn(Turn),
}

impl Tx {
    /// Begins by these statements. The connection is the transaction's from the first on: dropped in the
    /// middle of `BEGIN`, it is rolled back or closed before anyone else gets it.
    pub(super) async fn begun(conn: Conn, statements: &[&'static str]) -> Result<Self> {
        let mut tx = Self { held: Some(Held::Conn(conn)) };
        for sql in statements.iter().copied() {
            if let Err(error) = q(sql).exec(&mut tx).await {
                if let Some(Held::Conn(conn)) = tx.held.take() {
                    conn.discard().await;
                }
                return Err(error);
            }
        }
        Ok(tx)
    }

    /// A transaction that has begun its turn.
    pub(super) fn turn(turn: Turn) -> Self {
        Self { held: Some(Held::Turn(turn)) }
    }

    /// Makes the changes last; when this answers, they survive a crash (I16).
    pub async fn commit(mut self) -> Result<()> {
        self.end(COMMIT).await
    }

    /// Ends a transaction that only read.
    pub(super) async fn finish(&mut self) -> Result<()> {
        self.end(ROLLBACK).await
    }

    /// Its connection, with whatever runs on it; nobody ends the transaction.
    pub(super) fn give_up(&mut self) -> Option<Conn> {
        match self.held.take() {
            Some(Held::Conn(conn)) => Some(conn),
            other => {
                self.held = other;
                None
            }
        }
    }

    /// Undoes the changes.
    pub async fn rollback(mut self) -> Result<()> {
        self.end(ROLLBACK).await
    }

    /// Lifts the server's time limits from this transaction, which has done nothing yet: a load of many rows works
    /// between its statements. Nobody else's commit waits for it.
    pub async fn unhurried(&mut self) -> Result<()> {
        if let Some(Held::Turn(turn)) = &mut self.held {
            return turn.alone().await;
        }
        if self.engine() == Engine::Postgres {
            for sql in UNHURRIED {
                q(sql).exec(self).await?;
            }
        }
        Ok(())
    }

    /// Lets all that follows see one moment; the transaction has done nothing yet. SQLite's writer sees no other.
    pub async fn at_one_moment(&mut self) -> Result<()> {
        match self.engine() {
            Engine::Sqlite => Ok(()),
            Engine::Postgres => q("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ").exec(self).await.map(|_| ()),
        }
    }

    /// Ends it. A connection stays the transaction's until its end is known: dropped in the middle of COMMIT, it is
    /// rolled back or closed before anyone else gets it.
    async fn end(&mut self, sql: &'static str) -> Result<()> {
        match self.held.take() {
            None => return Ok(()),
            Some(Held::Turn(turn)) => return turn.end(sql == COMMIT).await,
            conn @ Some(Held::Conn(_)) => self.held = conn,
        }
        let done = q(sql).exec(self).await;
        let Some(Held::Conn(conn)) = self.held.take() else { return Ok(()) };
        match &done {
            Ok(_) if sql == COMMIT => counts::commit(),
            Ok(_) => {}
            Err(_) => conn.discard().await,
        }
        done.map(|_| ())
    }

    /// Runs a guarded change that must hit exactly `rows` rows; a fault otherwise.
    pub async fn expect_rows(&mut self, query: Query, rows: u64) -> Result<()> {
        let changed = query.exec(self).await?;
        if changed == rows {
            Ok(())
        } else {
            Err(Error::fault(format!("a guarded change hit {changed} rows instead of {rows}")))
        }
    }
}

impl Deref for Tx {
    type Target = Conn;

    #[expect(clippy::expect_used, reason = "only commit and rollback take the connection, and they take the Tx")]
    fn deref(&self) -> &Conn {
        let conn = match self.held.as_ref() {
            Some(Held::Conn(conn)) => Some(conn),
            Some(Held::Turn(turn)) => turn.conn(),
            None => None,
        };
        conn.expect("an open transaction")
    }
}

impl DerefMut for Tx {
    #[expect(clippy::expect_used, reason = "only commit and rollback take the connection, and they take the Tx")]
    fn deref_mut(&mut self) -> &mut Conn {
        let conn = match self.held.as_mut() {
            Some(Held::Conn(conn)) => Some(conn),
            Some(Held::Turn(turn)) => turn.conn_mut(),
            None => None,
        };
        conn.expect("an open transaction")
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        let Some(Held::Conn(mut conn)) = self.held.take() else { return };
        // Outside a runtime the connection itself is dropped, which ends its transaction.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if q(ROLLBACK).exec(&mut conn).await.is_err() {
                    conn.discard().await;
                }
            });
        }
    }
}
