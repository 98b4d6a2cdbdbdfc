//! The outbox: side effects leave as rows of the transaction that caused them.
//!
//! A drain reads rows of its topic in order, does the work, and removes them in the same
//! transaction as the work's own rows; a crash repeats work, so that work is idempotent.

use super::{Conn, Query, Rows, Tx, q, select, statements, table};
use crate::kernel::{At, Random, Result, closed_set};

statements! {
    NEXT = select!(Waiting, "WHERE topic = $1 ORDER BY id LIMIT $2");
    DONE = "DELETE FROM outbox WHERE id IN ($1)";
    WAITING = "SELECT CAST(count(*) AS BIGINT) FROM outbox WHERE topic = $1";
}

closed_set! {
    /// What a row of the outbox is about.
    pub enum Topic {
        /// A ledger fact that waits to be sealed into the public journal; key: the ledger's `entry`.
        Journal = "journal",
        /// Products whose paid quantity changed; key: the ledger's `entry`.
        Sales = "sales",
    }
}

table! {
    /// A waiting row.
    #[derive(Debug)]
    pub struct Waiting in "outbox" {
        /// Its place in the queue.
        pub id: String,
        pub topic: Topic,
        /// What it is about.
        pub key: String,
        pub created_at: At,
    }
}

/// Puts keys of a topic into the outbox within the caller's transaction.
pub async fn add(tx: &mut Tx, random: &mut Random, created_at: At, topic: Topic, keys: &[String]) -> Result<()> {
    let mut rows = Rows::to::<Waiting>()?;
    for key in keys {
        rows.add(&Waiting { id: random.id(created_at)?, topic, key: key.clone(), created_at });
    }
    rows.exec(tx).await.map(|_| ())
}

/// The oldest rows of a topic, at most `most`.
pub async fn next(conn: &mut Conn, topic: Topic, most: i64) -> Result<Vec<Waiting>> {
    q(NEXT).bind(topic).bind(most).all(conn).await
}

/// Removes rows whose work is in the same transaction.
pub async fn done(tx: &mut Tx, rows: &[Waiting]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    Query::with_list(DONE, rows.iter().map(|row| row.id.as_str())).exec(tx).await.map(|_| ())
}

/// How many rows of a topic wait.
pub async fn waiting(conn: &mut Conn, topic: Topic) -> Result<i64> {
    q(WAITING).bind(topic).one::<(i64,)>(conn).await.map(|row| row.0)
}
