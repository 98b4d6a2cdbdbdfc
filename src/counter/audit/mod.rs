//! What must hold of the public counter (I14): the journal is one chain over what the ledger says, misses
//! nothing, and its sums are the counter's and the reports'. `cuts` compares the coarser sums with those of days.

mod cuts;

use std::collections::BTreeMap;

use super::{
    Entry, read,
    read::SealedRow,
    rebuild::Fold,
    rollup::{Rollup, SchemeRollup},
    verify::{Verified, Verifier},
};
use crate::{
    db::{
        Conn,
        audit::{self, Check, Finding, checks},
        q, select, statements,
    },
    kernel::{Day, Error, Result},
};

checks! {
    I14 "journal.missing", "every fact of the ledger that is public is sealed or waits to be" =
        "SELECT e.subject_id || ' ' || e.fact || '/' || CAST(e.n AS TEXT) AS subject FROM ledger_entries e
         LEFT JOIN journal_entries j ON j.subject_id = e.subject_id AND j.fact = e.fact AND j.n = e.n
         WHERE e.kind IN ('sale', 'receipt', 'refund', 'exclusion') AND j.seq IS NULL
           AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.subject = e.subject_id AND o.key = e.subject_id || ' ' || e.fact)";
    I14 "journal.source", "every entry of the journal is a public fact of the ledger" =
        "SELECT 'entry ' || CAST(j.seq AS TEXT) AS subject FROM journal_entries j
         LEFT JOIN ledger_entries e ON e.subject_id = j.subject_id AND e.fact = j.fact AND e.n = j.n
           AND e.kind IN ('sale', 'receipt', 'refund', 'exclusion')
         WHERE e.fact IS NULL";
}

const CHAIN: Check = Check::walk(
    "I14",
    "journal.chain",
    "each entry follows the hash of the one before it, and its hash is that of what the ledger says",
);
const SUMS: Check = Check::walk("I14", "journal.counter", "what anyone recomputes from the journal is the counter");
const DAYS: Check =
    Check::walk("I14", "rollups.days", "the sums of each day are those of what is sealed of the ledger");

statements! {
    ROLLUPS = select!(Rollup, "WHERE cut = 'all' AND span = $1 ORDER BY dimension_id");
    SCHEMES = select!(SchemeRollup, "WHERE cut = 'all' AND span = $1 ORDER BY dimension_id, scheme_code");
    SPANS = "SELECT DISTINCT span FROM rollups WHERE cut = 'all' AND length(span) = 10
             UNION SELECT DISTINCT span FROM rollup_schemes WHERE cut = 'all' AND length(span) = 10";
}

/// Entries of one step.
const STEP: i64 = 4_000;

/// All checks of the journal, the counter and the sums.
pub async fn run(conn: &mut Conn) -> Result<Vec<Finding>> {
    let mut found = audit::run(CHECKS, conn).await?;
    found.extend(audit::run(cuts::CHECKS, conn).await?);
    let mut walk = Walk::default();
    loop {
        let rows = read::sealed_after(conn, walk.last, STEP).await;
        let step = match rows {
            Ok(rows) => read::entries(conn, &rows).await.map(|entries| (rows, entries)),
            Err(error) => Err(error),
        };
        let (rows, entries) = match step {
            Ok(step) => step,
            Err(Error::Fault(unreadable)) => {
                walk.broken.push(format!("after entry {}: {unreadable:#}", walk.last));
                break;
            }
            Err(other) => return Err(other),
        };
        let Some(last) = rows.last().map(|row| row.seq) else { break };
        let walked = tokio::task::spawn_blocking(move || walk.through(&rows, &entries));
        walk = walked.await.map_err(|e| Error::Fault(e.into()))?;
        walk.last = last;
    }
    let counter = counter(conn).await?;
    let sums = walk.verifier.sums();
    let differs = if public(&sums) == counter { Vec::new() } else { vec![format!("head {}", sums.head)] };
    found.extend([CHAIN.finding_of(&walk.broken), SUMS.finding_of(&differs), days(conn).await?]);
    Ok(found)
}

/// The journal as it is walked through.
#[derive(Default)]
struct Walk {
    last: i64,
    verifier: Verifier,
    broken: Vec<String>,
}

impl Walk {
    fn through(mut self, rows: &[SealedRow], entries: &[Entry]) -> Self {
        for (row, entry) in rows.iter().zip(entries) {
            // After a break nothing that follows can fit: one fault says it.
            if self.broken.is_empty()
                && let Err(fault) = self.verifier.entry(entry)
            {
                self.broken.push(format!("entry {}: {fault}", row.seq));
            }
        }
        self
    }
}

/// The sums of each day, made again.
async fn days(conn: &mut Conn) -> Result<Finding> {
    let mut differs = Vec::new();
    let mut fold = Fold::begin(conn).await?;
    let mut days = match Fold::days(conn).await {
        Err(Error::Fault(unreadable)) => return Ok(DAYS.finding_of(&[format!("{unreadable}")])),
        days => days?,
    };
    let spans: Vec<(String,)> = q(SPANS).all(conn).await?;
    for (span,) in spans {
        match span.parse::<Day>() {
            Ok(day) => days.push(day),
            Err(_) => differs.push(span),
        }
    }
    days.sort();
    days.dedup();
    for day in days {
        let (expected, schemes) = match fold.day(conn, day).await {
            Ok(sums) => sums.rows(),
            Err(Error::Fault(unreadable)) => {
                differs.push(format!("{day}: {unreadable}"));
                continue;
            }
            Err(other) => return Err(other),
        };
        let kept: Vec<Rollup> = q(ROLLUPS).bind(day).all(conn).await?;
        let mut kept_schemes: Vec<SchemeRollup> = q(SCHEMES).bind(day).all(conn).await?;
        kept_schemes.sort_by(|a, b| (a.dimension_id, &a.scheme_code).cmp(&(b.dimension_id, &b.scheme_code)));
        if expected != kept || schemes != kept_schemes {
            differs.push(day.to_string());
        }
    }
    Ok(DAYS.finding_of(&differs))
}

/// The figures that everyone can recompute.
type Public = ([i64; 6], BTreeMap<String, i64>);

fn public(sums: &Verified) -> Public {
    let Verified { gross, refunds, net, effective, excluded, orders, by_county, .. } = sums;
    let by_county = by_county.iter().filter(|county| *county.1 != 0).map(|(county, net)| (county.clone(), *net));
    ([*gross, *refunds, *net, *effective, *excluded, *orders], by_county.collect())
}

async fn counter(conn: &mut Conn) -> Result<Public> {
    let figures = super::figures::read(conn, crate::kernel::At(0), false).await?;
    let all = figures.all;
    let by_county = figures.by_county.into_iter().filter(|c| c.net_paid_fen.0 != 0);
    Ok((
        [
            all.gross_paid_fen.0,
            all.refunds_fen.0,
            all.net_paid_fen.0,
            all.effective_fen.0,
            all.excluded_fen.0,
            all.orders,
        ],
        by_county.map(|c| (c.county, c.net_paid_fen.0)).collect(),
    ))
}
