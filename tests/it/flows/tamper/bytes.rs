//! Every value of the rows that must never change, changed one at a time.

use yanxi::db::{Query, q};

use super::faults;
use crate::support::Shop;

/// A table, its key, and its columns of text, numbers and flags.
type Table = (&'static str, &'static str, Names, Names, Names);
type Names = &'static [&'static str];

const TABLES: &[Table] = &[
    (
        "ledger_entries",
        "subject_id || ':' || fact || ':' || CAST(n AS TEXT)",
        &["subject_id", "fact", "kind", "debit", "credit", "day", "late_for", "corrects"],
        &["n", "amount_fen", "net_fen", "effective_fen", "qty", "at", "line_no", "part_no", "dimension_id"],
        &[],
    ),
    (
        "dimensions",
        "CAST(id AS TEXT)",
        &["county_code", "pairing", "coop_id", "product_id", "category_code", "outlet", "district_code"],
        &["id"],
        &[],
    ),
    ("journal_entries", "CAST(seq AS TEXT)", &["hash", "subject_id", "fact"], &["seq", "n"], &[]),
    (
        "audit_log",
        "CAST(seq AS TEXT)",
        &["person_id", "role", "action", "subject", "detail", "prev_hash", "hash"],
        &["seq", "at"],
        &[],
    ),
];

/// Changes each column of some rows of each table; the audit must tell each time.
pub async fn change_each(shop: &Shop) {
    let mut unseen = Vec::new();
    for (table, key, texts, numbers, flags) in TABLES {
        let kinds = [
            (*texts, "COALESCE('x' || substr(COL, 2), 'x')"),
            (*numbers, "COALESCE(COL, 0) + 1000"),
            (*flags, "NOT COL"),
        ];
        let rows: Vec<(String,)> = {
            let sql = format!("SELECT {key} AS k FROM {table} ORDER BY 1");
            Query::from_closed_parts(sql).all(&mut shop.trade.db.read().await.unwrap()).await.unwrap()
        };
        // The first, one in the middle and the last stand for all: each change costs an audit.
        let chosen = [0, rows.len() / 2, rows.len() - 1].map(|place| rows[place].0.clone());
        for row in chosen {
            for (column, to) in kinds.iter().flat_map(|(columns, to)| columns.iter().map(move |c| (c, to))) {
                let mut tx = shop.trade.db.begin().await.unwrap();
                let to = to.replace("COL", column);
                let harm = format!("UPDATE {table} SET {column} = {to} WHERE {key} = $1");
                let changed = Query::from_closed_parts(harm).bind(&row).exec(&mut tx).await.unwrap();
                assert_eq!(changed, 1, "{table} {row} {column}");
                if faults(&mut tx, shop.trade.clock.now()).await.is_empty() {
                    unseen.push(format!("{table} {row} {column}"));
                }
                tx.rollback().await.unwrap();
            }
        }
    }
    assert!(unseen.is_empty(), "changes that the audit does not see: {unseen:#?}");
    let gone = [
        "DELETE FROM audit_log WHERE seq = (SELECT MAX(seq) FROM audit_log)",
        "DELETE FROM ledger_entries WHERE n = 2",
    ];
    for harm in gone {
        let mut tx = shop.trade.db.begin().await.unwrap();
        assert!(q(harm).exec(&mut tx).await.unwrap() > 0);
        assert!(!faults(&mut tx, shop.trade.clock.now()).await.is_empty(), "{harm}");
        tx.rollback().await.unwrap();
    }
}
