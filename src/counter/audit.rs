//! What must hold of the public counter (I14): the journal is one chain, says what the ledger says,
//! misses nothing, and its sums are the counter's.

use std::collections::BTreeMap;

use super::{
    Entry,
    seal::Fact,
    verify::{Verified, Verifier},
};
use crate::{
    db::{
        Conn,
        audit::{self, Check, Finding, checks},
        q, row, statements,
    },
    kernel::{Error, Result},
};

checks! {
    I14 "journal.missing", "every fact of the ledger that is public is sealed or waits to be" =
        "SELECT e.entry || '/' || CAST(e.n AS TEXT) AS subject FROM ledger_entries e
         LEFT JOIN journal_entries j ON j.ledger_entry = e.entry AND j.ledger_n = e.n
         WHERE e.kind IN ('sale', 'receipt', 'refund', 'exclusion', 'adjustment') AND j.seq IS NULL
           AND e.entry NOT IN (SELECT key FROM outbox WHERE topic = 'journal')";
    I14 "journal.source", "every entry of the journal is a public fact of the ledger" =
        "SELECT 'entry ' || CAST(j.seq AS TEXT) AS subject FROM journal_entries j
         LEFT JOIN ledger_entries e ON e.entry = j.ledger_entry AND e.n = j.ledger_n
           AND e.kind IN ('sale', 'receipt', 'refund', 'exclusion', 'adjustment')
         WHERE e.entry IS NULL";
    I14 "counter.days", "the counter's figures of each day and county are the sums of what is sealed" =
        "SELECT d.day || ' ' || d.county_code AS subject FROM counter_days d
         LEFT JOIN (SELECT e.day, COALESCE(e.county_code, 'none') AS county,
             CAST(SUM(CASE WHEN e.kind = 'sale' THEN e.amount_fen ELSE 0 END) AS BIGINT) AS gross,
             CAST(SUM(CASE WHEN e.kind = 'refund' THEN e.amount_fen ELSE 0 END) AS BIGINT) AS back,
             CAST(SUM(CASE WHEN e.kind = 'adjustment' THEN e.amount_fen ELSE 0 END) AS BIGINT) AS adjusted,
             CAST(SUM(CASE WHEN e.kind = 'receipt' THEN e.amount_fen
               WHEN e.kind = 'exclusion' OR (e.kind = 'refund' AND e.after_receipt) THEN -e.amount_fen
               ELSE 0 END) AS BIGINT) AS effective,
             CAST(SUM(CASE WHEN e.kind = 'exclusion' THEN e.amount_fen ELSE 0 END) AS BIGINT) AS excluded
           FROM journal_entries j JOIN ledger_entries e ON e.entry = j.ledger_entry AND e.n = j.ledger_n
           GROUP BY e.day, COALESCE(e.county_code, 'none')) s ON s.day = d.day AND s.county = d.county_code
         WHERE d.gross_fen IS DISTINCT FROM s.gross OR d.refunds_fen IS DISTINCT FROM s.back
           OR d.adjustments_fen IS DISTINCT FROM s.adjusted OR d.effective_fen IS DISTINCT FROM s.effective
           OR d.excluded_fen IS DISTINCT FROM s.excluded
         UNION ALL
         SELECT 'entry ' || CAST(j.seq AS TEXT) AS subject
         FROM journal_entries j JOIN ledger_entries e ON e.entry = j.ledger_entry AND e.n = j.ledger_n
         WHERE NOT EXISTS (SELECT 1 FROM counter_days d
                           WHERE d.day = e.day AND d.county_code = COALESCE(e.county_code, 'none'))";
    I14 "counter.orders", "the counter's orders of each day are those with a sealed sale" =
        "SELECT d.day AS subject FROM counter_orders d
         LEFT JOIN (SELECT e.day, CAST(count(DISTINCT e.order_id) AS BIGINT) AS orders
           FROM journal_entries j JOIN ledger_entries e ON e.entry = j.ledger_entry AND e.n = j.ledger_n
           WHERE e.kind = 'sale' GROUP BY e.day) s ON s.day = d.day
         WHERE d.orders <> COALESCE(s.orders, 0)
         UNION ALL
         SELECT 'entry ' || CAST(j.seq AS TEXT) AS subject
         FROM journal_entries j JOIN ledger_entries e ON e.entry = j.ledger_entry AND e.n = j.ledger_n
         WHERE e.kind = 'sale' AND NOT EXISTS (SELECT 1 FROM counter_orders d WHERE d.day = e.day)";
}

const CHAIN: Check =
    Check::walk("I14", "journal.chain", "each entry follows the hash of the one before it and is hashed itself");
const SAME: Check = Check::walk("I14", "journal.ledger", "each entry says what its row of the ledger says");
const SUMS: Check = Check::walk("I14", "journal.counter", "what anyone recomputes from the journal is the counter");

statements! {
    SEALED = "SELECT j.seq, j.hash, j.body, j.order_ref, e.entry, e.n, e.kind, e.amount_fen, e.qty, e.at, e.day, e.line_no,
                e.after_receipt, e.channel, e.county_code, e.category_code, e.schemes, c.slug AS coop, p.code AS product,
                o.number, o.journal_salt
              FROM journal_entries j
              JOIN ledger_entries e ON e.entry = j.ledger_entry AND e.n = j.ledger_n JOIN orders o ON o.id = e.order_id
              LEFT JOIN coops c ON c.id = e.coop_id LEFT JOIN products p ON p.id = e.product_id
              WHERE j.seq > $1 ORDER BY j.seq LIMIT $2";
}

/// Entries of one step.
const STEP: i64 = 4_000;

row! {
    struct Sealed {
        seq: i64,
        hash: String,
        body: String,
        order_ref: Option<String>,
                fact: Fact,
    }
}

/// All checks of the journal and the counter.
pub async fn run(conn: &mut Conn) -> Result<Vec<Finding>> {
    let mut found = audit::run(CHECKS, conn).await?;
    let mut walk = Walk::default();
    loop {
        let rows: Vec<Sealed> = match q(SEALED).bind(walk.last).bind(STEP).all(conn).await {
            Err(Error::Fault(unreadable)) => {
                walk.differs.push(format!("after entry {}: {unreadable:#}", walk.last));
                break;
            }
            read => read?,
        };
        let Some(last) = rows.last().map(|row| row.seq) else { break };
        let walked = tokio::task::spawn_blocking(move || walk.through(rows));
        walk = walked.await.map_err(|e| Error::Fault(e.into()))?;
        walk.last = last;
    }
    let counter = counter(conn).await?;
    let sums = walk.verifier.sums();
    let differs = if public(&sums) == counter { Vec::new() } else { vec![format!("head {}", sums.head)] };
    found.extend([CHAIN.finding_of(&walk.broken), SAME.finding_of(&walk.differs), SUMS.finding_of(&differs)]);
    Ok(found)
}

/// The journal as it is walked through.
#[derive(Default)]
struct Walk {
    last: i64,
    verifier: Verifier,
    broken: Vec<String>,
    differs: Vec<String>,
}

impl Walk {
    fn through(mut self, rows: Vec<Sealed>) -> Self {
        for row in rows {
            let name = || format!("entry {}", row.seq);
            let Ok(entry) = serde_json::from_str::<Entry>(&row.body) else {
                self.differs.push(name());
                continue;
            };
            // After a break nothing that follows can fit: one fault says it.
            if self.broken.is_empty()
                && let Err(fault) = self.verifier.entry(&entry)
            {
                self.broken.push(fault);
            }
            if !says_the_same(&row, &entry).unwrap_or(false) {
                self.differs.push(name());
            }
        }
        self
    }
}

/// Whether the published text is the entry in its canonical form, and the entry what the ledger says.
fn says_the_same(row: &Sealed, entry: &Entry) -> Result<bool> {
    let mut expected = row.fact.published(row.seq, entry.prev_hash.clone(), entry.sealed_at.clone())?;
    expected.hash.clone_from(&row.hash);
    Ok(expected == *entry && entry.order_ref == row.order_ref && entry.canonical()? == row.body)
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
