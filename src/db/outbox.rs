//! The outbox: side effects leave as rows of the transaction that caused them.
//!
//! A drain reads rows of its topic in order, does the work, and removes them in the same
//! transaction as the work's own rows; a crash repeats work, so that work is idempotent.

use super::{Conn, Query, Rows, Tx, q, row, statements};
use crate::kernel::{At, Random, Result};

statements! {
    ADD = "INSERT INTO outbox (id, topic, key, created_at) VALUES ($1, $2, $3, $4)";
    NEXT = "SELECT id, key, created_at FROM outbox WHERE topic = $1 ORDER BY id LIMIT $2";
    DONE = "DELETE FROM outbox WHERE id IN ($1)";
    WAITING = "SELECT CAST(count(*) AS BIGINT) FROM outbox WHERE topic = $1";
}

/// Ledger facts that wait to be sealed into the public journal; key: the ledger's `entry`.
pub const JOURNAL: &str = "journal";
/// Products whose paid quantity changed; key: order id.
pub const SALES: &str = "sales";
/// Refunds that wait to be sent to the provider; key: refund id.
pub const REFUND: &str = "refund";

row! {
    /// A waiting row.
    #[derive(Debug)]
    pub struct Waiting {
        /// Its place in the queue.
        pub id: String,
        /// What it is about.
        pub key: String,
        /// When it was put there.
        pub created_at: At,
    }
}

/// Puts rows `(topic, key)` into the outbox within the caller's transaction.
pub async fn add(tx: &mut Tx, random: &mut Random, at: At, rows: &[(&str, &str)]) -> Result<()> {
    let mut insert = Rows::of(ADD)?;
    for (topic, key) in rows {
        insert.push([random.id(at)?.into(), (*topic).into(), (*key).into(), at.into()])?;
    }
    insert.exec(tx).await.map(|_| ())
}

/// The oldest rows of a topic, at most `most`.
pub async fn next(conn: &mut Conn, topic: &str, most: i64) -> Result<Vec<Waiting>> {
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
pub async fn waiting(conn: &mut Conn, topic: &str) -> Result<i64> {
    q(WAITING).bind(topic).one::<(i64,)>(conn).await.map(|row| row.0)
}
