//! The sums made again from the ledger, day by day: what they must be, and the repair where they are not.

use std::collections::BTreeSet;

use super::{Grain, sums::Sums};
use crate::{
    db::{Conn, Db, Tx, q, select, statements, tx},
    kernel::{Day, Result},
    ledger::{
        Entry,
        dimensions::{self, Known},
    },
};

statements! {
    WAITING = "SELECT key FROM outbox WHERE topic = 'journal'";
    DAYS = "SELECT DISTINCT day FROM ledger_entries WHERE dimension_id IS NOT NULL ORDER BY day";
    OF_DAY = select!(Entry, "WHERE day = $1 AND dimension_id IS NOT NULL ORDER BY subject_id, fact, n");
    TURN = "UPDATE rollup_turn SET n = n + 1";
    NO_SUMS = "DELETE FROM rollups";
    NO_SCHEMES = "DELETE FROM rollup_schemes";
}

/// Folds what is sealed, a day at a time.
pub struct Fold {
    waiting: BTreeSet<String>,
    known: Known,
}

impl Fold {
    /// Knows what is not yet sealed.
    pub async fn begin(conn: &mut Conn) -> Result<Self> {
        let waiting: Vec<(String,)> = q(WAITING).all(conn).await?;
        Ok(Self { waiting: waiting.into_iter().map(|row| row.0).collect(), known: Known::new() })
    }

    /// The days on which anything is booked.
    pub async fn days(conn: &mut Conn) -> Result<Vec<Day>> {
        let days: Vec<(Day,)> = q(DAYS).all(conn).await?;
        Ok(days.into_iter().map(|row| row.0).collect())
    }

    /// The sums of one day.
    pub async fn day(&mut self, conn: &mut Conn, day: Day) -> Result<Sums> {
        let rows: Vec<Entry> = q(OF_DAY).bind(day).all(conn).await?;
        let ids: BTreeSet<i64> = rows.iter().filter_map(|row| row.dimension_id).collect();
        let missing = ids.into_iter().filter(|id| !self.known.contains_key(id)).collect::<Vec<_>>();
        self.known.extend(dimensions::read(conn, missing).await?);
        let mut sums = Sums::default();
        for fact in rows.chunk_by(|a, b| a.subject_id == b.subject_id && a.fact == b.fact) {
            if !self.waiting.contains(&fact[0].key()) {
                sums.add(&fact.iter().collect::<Vec<_>>(), &self.known)?;
            }
        }
        Ok(sums)
    }
}

/// Takes the turn to change the sums, until the transaction ends: a block is either sealed before a rebuild
/// looks at what waits, or after it has written.
pub(super) async fn turn(tx: &mut Tx) -> Result<()> {
    tx.expect_rows(q(TURN), 1).await
}

/// Makes the sums again from nothing, in one transaction; `tell` hears how many days of all are done.
pub async fn rebuild(db: &Db, tell: impl Fn(usize, usize)) -> Result<()> {
    tx!(db, tx, {
        tx.at_one_moment().await?;
        tx.unhurried().await?;
        again(&mut tx, &tell).await
    })
}

async fn again(tx: &mut Tx, tell: &impl Fn(usize, usize)) -> Result<()> {
    turn(tx).await?;
    q(NO_SUMS).exec(tx).await?;
    q(NO_SCHEMES).exec(tx).await?;
    let mut fold = Fold::begin(tx).await?;
    let days = Fold::days(tx).await?;
    let mut done = 0;
    // A month at once, so that what is a sum of days is written seldom.
    for month in days.chunk_by(|a, b| Grain::Month.span(*a) == Grain::Month.span(*b)) {
        let mut sums = Sums::default();
        for day in month {
            sums.extend(fold.day(tx, *day).await?);
            done += 1;
            tell(done, days.len());
        }
        sums.write(tx, &fold.known).await?;
    }
    Ok(())
}
