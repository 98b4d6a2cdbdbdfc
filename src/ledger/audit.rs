//! What must hold of the ledger alone (I6, I18): whole facts, accounts that fit their kind, days, dimensions.
//! That it says what orders say is checked in `orders`.

use super::dimensions;
use crate::{
    db::{
        Conn,
        audit::{self, Check, Finding, checks},
        q, statements,
    },
    kernel::Result,
};

checks! {
    I6 "ledger.facts", "the rows of a fact count from 1 without gaps and are of one instant and day" =
        "SELECT subject_id || ' ' || fact AS subject FROM ledger_entries GROUP BY subject_id, fact
         HAVING MIN(n) <> 1 OR MAX(n) <> CAST(count(*) AS BIGINT) OR MIN(at) <> MAX(at) OR MIN(day) <> MAX(day)
           OR MIN(COALESCE(late_for, '')) <> MAX(COALESCE(late_for, ''))";
    I6 "ledger.accounts", "each row moves an amount between two accounts that its kind allows, and counts as its kind does" =
        "SELECT subject_id || ' ' || fact || '/' || CAST(n AS TEXT) AS subject FROM ledger_entries
         WHERE amount_fen < 0 OR NOT CASE
             WHEN kind IN ('tender', 'return_undone') THEN debit LIKE 'clearing:%' AND credit = 'order'
             WHEN kind = 'tender_return' THEN debit = 'order' AND credit LIKE 'clearing:%'
             WHEN kind IN ('sale', 'sale_freight') THEN debit = 'order' AND credit = 'transit'
             WHEN kind = 'sale_promotion' THEN debit IN ('promotion:platform', 'promotion:government') AND credit = 'transit'
             WHEN kind IN ('receipt', 'receipt_freight', 'receipt_promotion') THEN debit = 'transit' AND credit = 'due'
             WHEN kind IN ('refund', 'refund_freight') THEN debit IN ('transit', 'due') AND credit = 'order'
             WHEN kind = 'refund_promotion'
               THEN debit IN ('transit', 'due') AND credit IN ('promotion:platform', 'promotion:government')
             WHEN kind = 'exclusion' THEN debit = 'none' AND credit = 'none' AND amount_fen = 0
             ELSE FALSE END
           OR net_fen <> CASE kind WHEN 'sale' THEN amount_fen WHEN 'refund' THEN -amount_fen ELSE 0 END
           OR NOT CASE kind WHEN 'receipt' THEN effective_fen = amount_fen
             WHEN 'refund' THEN effective_fen BETWEEN -amount_fen AND 0 AND (debit = 'due' OR effective_fen = 0)
             WHEN 'exclusion' THEN TRUE ELSE effective_fen = 0 END
           OR NOT CASE kind WHEN 'sale' THEN qty >= 0 WHEN 'receipt' THEN qty >= 0 WHEN 'refund' THEN qty <= 0
             ELSE qty = 0 END
           OR (dimension_id IS NULL) <> (kind IN ('tender', 'tender_return', 'return_undone'))
           OR (line_no IS NULL) <> (kind IN ('tender', 'tender_return', 'return_undone'))
           OR (part_no IS NULL) <> (kind IN ('tender', 'tender_return', 'return_undone', 'sale_freight', 'receipt_freight', 'refund_freight'))";
    I6 "ledger.dimensions", "what counts has dimensions" =
        "SELECT e.subject_id || ' ' || e.fact || '/' || CAST(e.n AS TEXT) AS subject FROM ledger_entries e
         LEFT JOIN dimensions d ON d.id = e.dimension_id
         WHERE e.dimension_id IS NOT NULL AND d.id IS NULL";
    I6 "ledger.recognised", "a combination is recognised where one of its schemes is a national or local list" =
        "SELECT CAST(d.id AS TEXT) AS subject FROM dimensions d
         WHERE d.recognised <> CASE WHEN EXISTS (SELECT 1 FROM dimension_schemes x WHERE x.dimension_id = d.id
           AND (substr(x.scheme_code, 1, 5) = 'XFBF_' OR substr(x.scheme_code, 1, 6) = 'LOCAL_')) THEN TRUE ELSE FALSE END";
    I6 "ledger.corrections", "a late fact names a closed month before its day, and a correction a fact of its subject" =
        "SELECT e.subject_id || ' ' || e.fact || '/' || CAST(e.n AS TEXT) AS subject FROM ledger_entries e
         WHERE (e.late_for IS NOT NULL AND (e.late_for >= substr(e.day, 1, 7)
             OR NOT EXISTS (SELECT 1 FROM closed_months c WHERE c.month >= e.late_for)))
           OR (e.corrects IS NULL AND e.kind IN ('exclusion', 'return_undone'))
           OR (e.corrects IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ledger_entries c
             WHERE c.subject_id = e.subject_id AND c.fact = e.corrects AND c.line_no IS NOT DISTINCT FROM e.line_no))";
    I6 "ledger.outbox", "what waits to be sealed is in the ledger" =
        "SELECT o.key AS subject FROM outbox o
         WHERE o.topic = 'journal' AND NOT EXISTS (SELECT 1 FROM ledger_entries e
           WHERE e.subject_id = o.subject AND o.key = e.subject_id || ' ' || e.fact)";
}

statements! {
    DAY_SPANS = "SELECT day, MIN(at), MAX(at) FROM ledger_entries WHERE late_for IS NULL GROUP BY day ORDER BY day";
    COMBINATIONS = "SELECT id FROM dimensions ORDER BY id";
}

const DAYS: Check = Check {
    name: "ledger.days",
    invariant: "I18",
    says: "each row's day is that of its instant in Asia/Shanghai, unless its month was closed",
    sql: DAY_SPANS,
};
const NUMBERS: Check = Check::walk("I6", "ledger.combinations", "the number of a combination is that of its values");

/// Combinations of one step.
const STEP: usize = 2_000;

/// All checks of the ledger.
pub async fn run(conn: &mut Conn) -> Result<Vec<Finding>> {
    let mut found = audit::run(CHECKS, conn).await?;
    found.push(DAYS.run_days(conn).await?);
    found.push(combinations(conn).await?);
    Ok(found)
}

async fn combinations(conn: &mut Conn) -> Result<Finding> {
    let ids: Vec<(i64,)> = q(COMBINATIONS).all(conn).await?;
    let mut differs = Vec::new();
    for step in ids.chunks(STEP) {
        let step: Vec<i64> = step.iter().map(|row| row.0).collect();
        differs.extend(dimensions::misnumbered(conn, &step).await?.iter().map(i64::to_string));
    }
    Ok(NUMBERS.finding_of(&differs))
}
