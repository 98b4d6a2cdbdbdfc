//! What must hold of orders (I1, I2, I4–I8, I10, I14, I18): their sums, states, refunds, and that
//! the ledger says the same.

mod books;
mod money;
mod refunds;
mod states;

use super::reference::{journal_key, journal_ref};
use crate::{
    db::{
        Conn,
        audit::{self, Check, Finding},
        q, row, statements,
    },
    kernel::Result,
};

statements! {
    DAY_SPANS = "SELECT placed_on, MIN(placed_at), MAX(placed_at) FROM orders GROUP BY placed_on
                 UNION ALL SELECT paid_on, MIN(paid_at), MAX(paid_at) FROM orders WHERE paid_on IS NOT NULL GROUP BY paid_on
                 UNION ALL SELECT succeeded_on, MIN(succeeded_at), MAX(succeeded_at) FROM refunds
                   WHERE succeeded_on IS NOT NULL GROUP BY succeeded_on";
    ANSWERS = "SELECT scope, key, answer FROM idempotency_keys
               WHERE operation = 'placeOrder' AND (scope > $1 OR (scope = $1 AND key > $2))
               ORDER BY scope, key LIMIT $3";
    REFERENCES = "SELECT id, number, journal_salt, journal_key FROM orders WHERE id > $1 ORDER BY id LIMIT $2";
    NUMBERS = "SELECT number FROM orders WHERE number IN ($1)";
}

const DAYS: Check = Check {
    name: "orders.days",
    invariant: "I18",
    says: "each day of an order or refund is that of its instant in Asia/Shanghai",
    sql: DAY_SPANS,
};
const ANSWERED: Check =
    Check::walk("I16", "orders.answered", "every order that was answered 201 under a kept key is there");
const REFERENCED: Check =
    Check::walk("I14", "orders.references", "an order is found by the number of its reference in the journal");
/// Kept answers, or orders, of one step.
const STEP: i64 = 1_000;

row! {
    struct Kept {
        scope: String,
        key: String,
        answer: Option<String>,
    }
}

row! {
    struct Referenced {
        id: String,
        number: String,
        journal_salt: String,
        journal_key: i64,
    }
}

/// All checks of orders.
pub async fn run(conn: &mut Conn) -> Result<Vec<Finding>> {
    let mut found = Vec::new();
    for checks in [money::CHECKS, states::CHECKS, refunds::CHECKS, books::CHECKS] {
        found.extend(audit::run(checks, conn).await?);
    }
    found.push(DAYS.run_days(conn).await?);
    found.push(answered(conn).await?);
    found.push(referenced(conn).await?);
    Ok(found)
}

async fn referenced(conn: &mut Conn) -> Result<Finding> {
    let (mut faults, mut last) = (Vec::new(), String::new());
    loop {
        let orders: Vec<Referenced> = q(REFERENCES).bind(&last).bind(STEP).all(conn).await?;
        let Some(end) = orders.last() else { break };
        last.clone_from(&end.id);
        for order in orders {
            if journal_key(&journal_ref(&order.journal_salt, &order.number))? != order.journal_key {
                faults.push(order.number);
            }
        }
    }
    Ok(REFERENCED.finding_of(&faults))
}

/// What was answered is there (I16): the first answers that are kept name orders that exist.
async fn answered(conn: &mut Conn) -> Result<Finding> {
    let mut faults = Vec::new();
    let (mut scope, mut key) = (String::new(), String::new());
    loop {
        let kept: Vec<Kept> = q(ANSWERS).bind(&scope).bind(&key).bind(STEP).all(conn).await?;
        let Some(last) = kept.last() else { break };
        (scope, key) = (last.scope.clone(), last.key.clone());
        let numbers: Vec<Option<String>> = kept.iter().map(|row| number(row.answer.as_deref())).collect();
        let known: Vec<(String,)> =
            crate::db::Query::with_list(NUMBERS, numbers.iter().flatten().cloned()).all(conn).await?;
        let known: std::collections::HashSet<&str> = known.iter().map(|row| row.0.as_str()).collect();
        for (row, number) in kept.iter().zip(&numbers) {
            if !number.as_deref().is_some_and(|number| known.contains(number)) {
                faults.push(format!("{} {}", row.scope, row.key));
            }
        }
    }
    Ok(ANSWERED.finding_of(&faults))
}

fn number(answer: Option<&str>) -> Option<String> {
    let answer: serde_json::Value = serde_json::from_str(answer?).ok()?;
    Some(answer.get("number")?.as_str()?.to_owned())
}
