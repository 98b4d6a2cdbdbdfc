//! The outbox: side effects leave as rows of the transaction that caused them.
//!
//! A drain reads rows of its topic in order, takes them by removing them, and does their work in the same
//! transaction: of two drains one has a row, and a crash leaves it waiting.

use super::{Conn, Query, Rows, Tx, q, select, statements, table};
use crate::kernel::{At, Random, Result, closed_set};

statements! {
    NEXT = select!(Waiting, "WHERE topic = $1 ORDER BY id LIMIT $2");
    TAKE = "DELETE FROM outbox WHERE id IN ($1) RETURNING id, key";
    WAITING = "SELECT CAST(count(*) AS BIGINT) FROM outbox WHERE topic = $1";
}

closed_set! {
    /// What a row of the outbox is about.
    pub enum Topic {
        /// A ledger fact that waits to be sealed into the public journal and the sums; key: subject and fact.
        Journal = "journal",
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

/// Removes rows whose work is in the same transaction; answers the keys of those that nobody else took, in
/// their order.
pub async fn take(tx: &mut Tx, rows: &[Waiting]) -> Result<Vec<String>> {
    let ids = rows.iter().map(|row| row.id.as_str());
    let mut taken: Vec<(String, String)> = Query::with_list(TAKE, ids).all(tx).await?;
    taken.sort();
    Ok(taken.into_iter().map(|(_, key)| key).collect())
}

/// How many rows of a topic wait.
pub async fn waiting(conn: &mut Conn, topic: Topic) -> Result<i64> {
    q(WAITING).bind(topic).one::<(i64,)>(conn).await.map(|row| row.0)
}
