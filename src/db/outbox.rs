//! The outbox: side effects leave as rows of the transaction that caused them.
//!
//! A drain reads rows of its topic in order, takes them by removing them, and does their work in the same
//! transaction: of two drains one has a row, and a crash leaves it waiting.

use super::{Conn, Query, Rows, Tx, q, returning, select, statements, table};
use crate::kernel::{At, Result, Step, closed_set};

statements! {
    NEXT = select!(
        Waiting,
        "WHERE topic = $1 AND NOT EXISTS (
           SELECT 1 FROM setbacks s WHERE s.job = $2 AND s.subject = outbox.subject AND s.next_at > $3)
         ORDER BY id LIMIT $4"
    );
    OF_SUBJECTS = "SELECT id FROM outbox WHERE subject IN ($1)";
    TAKE = returning!(Waiting, "DELETE FROM outbox WHERE id IN ($1)");
    WAITING = "SELECT CAST(count(*) AS BIGINT) FROM outbox WHERE topic = $1";
}

closed_set! {
    /// What a row of the outbox is about.
    pub enum Topic {
        /// A ledger fact that waits to be sealed into the public journal and the sums.
        Journal = "journal",
    }
}

table! {
    /// A waiting row.
    #[derive(Clone, Debug)]
    pub struct Waiting in "outbox" {
        /// Its place in the queue.
        pub id: String,
        pub topic: Topic,
        /// Whose work it is: what waits for one subject is taken together.
        pub subject: String,
        /// What it is about.
        pub key: String,
        /// Its place among the subject's own, where that matters.
        pub turn: i64,
        pub created_at: At,
    }
}

/// Puts keys of a subject into the outbox within the caller's transaction.
pub async fn add(
    tx: &mut Tx,
    step: &mut Step,
    topic: Topic,
    keys: impl IntoIterator<Item = (String, String)>,
    turn: i64,
) -> Result<()> {
    let created_at = step.at;
    let mut rows = Rows::to::<Waiting>()?;
    for (subject, key) in keys {
        rows.add(&Waiting { id: step.random.id(created_at)?, topic, subject, key, turn, created_at });
    }
    rows.exec(tx).await.map(|_| ())
}

/// The oldest rows of a topic, at most `most`, without subjects that a job has put off.
pub async fn next(conn: &mut Conn, topic: Topic, (job, now): (&str, At), most: i64) -> Result<Vec<Waiting>> {
    q(NEXT).bind(topic).bind(job).bind(now).bind(most).all(conn).await
}

/// Takes rows, and what else waits for their subjects, by removing them: their work is in the same transaction.
/// Answers those that nobody else took, in their order.
pub async fn take(tx: &mut Tx, rows: &[Waiting]) -> Result<Vec<Waiting>> {
    let subjects = rows.iter().map(|row| row.subject.as_str());
    let ids: Vec<(String,)> = Query::with_list(OF_SUBJECTS, subjects).all(tx).await?;
    let mut taken: Vec<Waiting> = Query::with_list(TAKE, ids.into_iter().map(|row| row.0)).all(tx).await?;
    taken.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(taken)
}

/// How many rows of a topic wait.
pub async fn waiting(conn: &mut Conn, topic: Topic) -> Result<i64> {
    q(WAITING).bind(topic).one::<(i64,)>(conn).await.map(|row| row.0)
}
