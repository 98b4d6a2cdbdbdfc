//! What must hold of the ledger alone (I6, I18): whole facts, accounts that fit their kind, days.
//! That it says what orders say is checked in `orders`.

use crate::{
    db::{
        Conn,
        audit::{self, Check, Finding, checks},
        statements,
    },
    kernel::Result,
};

checks! {
    I6 "ledger.facts", "the rows of a fact count from 1 without gaps and are of one order and instant" =
        "SELECT entry AS subject FROM ledger_entries GROUP BY entry
         HAVING MIN(n) <> 1 OR MAX(n) <> CAST(count(*) AS BIGINT) OR MIN(order_id) <> MAX(order_id)
           OR MIN(at) <> MAX(at) OR MIN(day) <> MAX(day)";
    I6 "ledger.accounts", "each row moves an amount between the two accounts that its kind names" =
        "SELECT entry || '/' || CAST(n AS TEXT) AS subject FROM ledger_entries
         WHERE debit = credit OR amount_fen < 0 OR qty < 0
           OR debit IS DISTINCT FROM CASE
             WHEN kind IN ('sale', 'sale_freight', 'unapplied') THEN 'clearing:' || payment_method
             WHEN kind = 'refund' AND after_receipt THEN 'coop_due:' || coop_id
             WHEN kind = 'unapplied_refund' THEN 'unapplied'
             WHEN kind = 'promotion' AND debit = 'promotion:government' THEN 'promotion:government'
             WHEN kind = 'promotion' THEN 'promotion:platform'
             WHEN kind IN ('exclusion', 'adjustment') THEN debit
             ELSE 'coop_transit:' || coop_id END
           OR credit IS DISTINCT FROM CASE
             WHEN kind IN ('sale', 'sale_freight', 'promotion') THEN 'coop_transit:' || coop_id
             WHEN kind = 'receipt' THEN 'coop_due:' || coop_id
             WHEN kind = 'unapplied' THEN 'unapplied'
             WHEN kind = 'refund_promotion' AND credit = 'promotion:government' THEN 'promotion:government'
             WHEN kind = 'refund_promotion' THEN 'promotion:platform'
             WHEN kind IN ('exclusion', 'adjustment') THEN credit
             ELSE 'clearing:' || payment_method END
           OR (after_receipt AND kind <> 'refund')
           OR (qty <> 0 AND kind NOT IN ('sale', 'refund', 'receipt', 'exclusion', 'adjustment'))";
    I6 "ledger.outbox", "what waits to be published or counted is in the ledger" =
        "SELECT o.key AS subject FROM outbox o LEFT JOIN ledger_entries e ON e.entry = o.key AND e.n = 1
         WHERE o.topic IN ('journal', 'sales') AND e.entry IS NULL";
}

statements! {
    DAY_SPANS = "SELECT day, MIN(at), MAX(at) FROM ledger_entries GROUP BY day ORDER BY day";
}

const DAYS: Check = Check {
    name: "ledger.days",
    invariant: "I18",
    says: "each row's day is that of its instant in Asia/Shanghai",
    sql: DAY_SPANS,
};

/// All checks of the ledger.
pub async fn run(conn: &mut Conn) -> Result<Vec<Finding>> {
    let mut found = audit::run(CHECKS, conn).await?;
    found.push(DAYS.run_days(conn).await?);
    Ok(found)
}
