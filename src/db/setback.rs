//! Setbacks (受阻): rows that a job could not do. Each is tried again later and later, and holds up no other; the
//! operator sees which, how often and why.

use std::collections::HashSet;

use super::{Conn, Db, q, select, statements, table, tx};
use crate::kernel::{At, Error, Result, time::SECOND};

statements! {
    FIND = select!(Setback, "WHERE job = $1 AND subject = $2");
    KNOWN = "SELECT subject FROM setbacks WHERE job = $1";
    AGAIN = "UPDATE setbacks SET tries = $1, last_at = $2, next_at = $3, error = $4 WHERE job = $5 AND subject = $6";
    DONE = "DELETE FROM setbacks WHERE job = $1 AND subject = $2";
    LIST = select!(Setback, "ORDER BY last_at DESC, job, subject LIMIT $1");
    COUNT = "SELECT CAST(count(*) AS BIGINT) FROM setbacks";
}

/// The first wait, which doubles with each try, and the longest.
const WAIT: i64 = 10 * SECOND;
const LONGEST: i64 = 3_600 * SECOND;

table! {
    /// A row that a job could not do.
    #[derive(Clone, Debug)]
    pub struct Setback in "setbacks" or "ON CONFLICT (job, subject) DO NOTHING" {
        pub job: String,
        /// Which row: its id.
        pub subject: String,
        pub tries: i64,
        pub first_at: At,
        pub last_at: At,
        /// Not tried before then.
        pub next_at: At,
        pub error: String,
    }
}

/// The setbacks of one turn of a job.
pub struct Turn {
    db: Db,
    job: &'static str,
    now: At,
    known: HashSet<String>,
}

/// Begins a turn of a job.
pub async fn turn(db: &Db, job: &'static str, now: At) -> Result<Turn> {
    let known: Vec<(String,)> = q(KNOWN).bind(job).all(&mut db.read().await?).await?;
    Ok(Turn { db: db.clone(), job, now, known: known.into_iter().map(|row| row.0).collect() })
}

impl Turn {
    /// What became of a row: its answer, or none where it is put off. An error goes on only where not even
    /// that can be written down: then nothing can be done at all.
    pub async fn after<T>(&self, subject: &str, done: Result<T>) -> Result<Option<T>> {
        match done {
            Ok(answer) => {
                if self.known.contains(subject) {
                    tx!(self.db, tx, { q(DONE).bind(self.job).bind(subject).exec(&mut tx).await })?;
                }
                Ok(Some(answer))
            }
            Err(error) => self.put_off(subject, &error).await.map(|()| None),
        }
    }

    async fn put_off(&self, subject: &str, error: &Error) -> Result<()> {
        let words = format!("{error:#}");
        tracing::warn!(job = self.job, subject, error = words, "a row was put off");
        metrics::counter!("yanxi_job_setbacks", "job" => self.job).increment(1);
        tx!(self.db, tx, {
            let found: Option<Setback> = q(FIND).bind(self.job).bind(subject).opt(&mut tx).await?;
            let tries = found.map_or(0, |setback| setback.tries) + 1;
            let next_at = self.now.later(wait(tries));
            if tries > 1 {
                let again = q(AGAIN).bind(tries).bind(self.now).bind(next_at).bind(&words);
                return again.bind(self.job).bind(subject).exec(&mut tx).await.map(|_| ());
            }
            let (job, subject, error) = (self.job.to_owned(), subject.to_owned(), words.clone());
            let (first_at, last_at) = (self.now, self.now);
            super::insert(&mut tx, &Setback { job, subject, tries, first_at, last_at, next_at, error })
                .await
                .map(|_| ())
        })
    }
}

/// How long a row is left alone after so many tries.
fn wait(tries: i64) -> i64 {
    let doubled = u32::try_from(tries - 1).ok().and_then(|n| WAIT.checked_shl(n.min(20)));
    doubled.map_or(LONGEST, |wait| wait.min(LONGEST))
}

/// The setbacks, the newest first.
pub async fn list(conn: &mut Conn, most: i64) -> Result<Vec<Setback>> {
    q(LIST).bind(most).all(conn).await
}

/// How many rows are put off.
pub async fn count(conn: &mut Conn) -> Result<i64> {
    q(COUNT).one::<(i64,)>(conn).await.map(|row| row.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_an_hour() {
        let seconds: Vec<i64> = [1, 2, 3, 9, 10, 40, 1_000].iter().map(|tries| wait(*tries) / SECOND).collect();
        assert_eq!(seconds, [10, 20, 40, 2_560, 3_600, 3_600, 3_600]);
    }
}
