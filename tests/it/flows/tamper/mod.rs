//! Each check of the audit can fail: rows are changed behind the program's back, and the check says
//! so (R3). The triggers and constraints that refuse such changes are taken away first.

mod bytes;
mod lived;
mod sabotage;

use std::{collections::BTreeSet, sync::Arc};

use yanxi::{
    audit,
    db::{self, Db, Engine, Query, Tx, audit::Finding, closed, q},
    kernel::At,
};

use crate::support::{Shop, on_both, shop::write};

on_both! {
    every_check_of_the_audit_can_fail,
    a_changed_value_in_ledger_journal_or_audit_log_is_told,
    a_word_that_its_closed_set_has_not_is_told_in_every_column,
}

async fn every_check_of_the_audit_can_fail(shop: Arc<Shop>) {
    lived::live(&shop).await;
    shop.audit().await;
    disarm(&shop.trade.db).await;
    let mut told = BTreeSet::new();
    for (check, harm) in sabotage::HARMS {
        let mut tx = shop.trade.db.begin().await.unwrap();
        let changed = q(harm).exec(&mut tx).await.unwrap_or_else(|error| panic!("{check}: {error}: {harm}"));
        assert!(changed > 0, "{check}: nothing was changed by {harm}");
        let faults = faults(&mut tx, shop.trade.clock.now()).await;
        assert!(faults.contains(*check), "{check} does not see {harm}; others do: {faults:?}");
        tx.rollback().await.unwrap();
        told.insert((*check).to_owned());
    }
    let all = audit::each(&shop.trade.db, shop.trade.clock.now(), |_| ()).await.unwrap();
    // An index is built from the rows themselves; search tests let one fall behind.
    let untried: Vec<&str> =
        all.iter().map(|f| f.name).filter(|name| !told.contains(*name) && *name != "search.index").collect();
    assert!(untried.is_empty(), "no harm is tried against {untried:?}");
}

async fn a_changed_value_in_ledger_journal_or_audit_log_is_told(shop: Arc<Shop>) {
    lived::live(&shop).await;
    disarm(&shop.trade.db).await;
    bytes::change_each(&shop).await;
}

async fn a_word_that_its_closed_set_has_not_is_told_in_every_column(shop: Arc<Shop>) {
    lived::live(&shop).await;
    write(
        &shop.trade.db,
        &[
            "INSERT INTO certificates (id, coop_id, kind, number, holder, valid_from, valid_to)
             VALUES ('e1', 'c1', 'gi', 'AGI1', 'one', '2026-01-01', '2026-12-31')",
            "INSERT INTO households (id_hash, coop_id, kind, link, amount_fen, evidence, evidence_on)
             VALUES ('h1', 'c1', 'general', 'work', 1, '', '2026-01-01')",
            "INSERT INTO outlets (code, name, name_en, kind, district_code, address)
             VALUES ('o1', '', '', 'hall', '320213', '')",
            "INSERT INTO product_decisions (product_id, at, version, decision, reason)
             VALUES ('p1', 1, 1, 'approve', '')",
        ],
    )
    .await;
    disarm(&shop.trade.db).await;
    let mut without_rows = BTreeSet::new();
    for (table, column) in closed::columns() {
        let mut tx = shop.trade.db.begin().await.unwrap();
        let harm = format!("UPDATE {table} SET {column} = 'no ' || {column} WHERE {column} IS NOT NULL");
        if Query::from_closed_parts(harm).exec(&mut tx).await.unwrap() == 0 {
            without_rows.insert(table);
            continue;
        }
        let found = db::audit::shared(&mut tx).await.unwrap();
        let words = found.iter().find(|finding| finding.name == "market.words").unwrap();
        assert!(words.example.starts_with(&format!("{table} {column} no ")), "{table}.{column}: {words:?}");
        tx.rollback().await.unwrap();
    }
    assert!(without_rows.is_empty(), "no row in which a word could be changed: {without_rows:?}");
}

/// Names of the checks that find a fault in what a transaction sees.
async fn faults(tx: &mut Tx, now: At) -> BTreeSet<String> {
    let found: Vec<Finding> = audit::each_in(tx, now, |_| ()).await.unwrap();
    found.iter().filter(|finding| finding.faults > 0).map(|finding| finding.name.to_owned()).collect()
}

/// Takes away what guards the rows.
async fn disarm(db: &Db) {
    let mut tx = db.begin().await.unwrap();
    if db.engine() == Engine::Sqlite {
        let triggers: Vec<(String,)> =
            q("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all(&mut tx).await.unwrap();
        for (name,) in triggers {
            Query::from_closed_parts(format!("DROP TRIGGER {name}")).exec(&mut tx).await.unwrap();
        }
        tx.commit().await.unwrap();
        for pragma in ["PRAGMA ignore_check_constraints = ON", "PRAGMA foreign_keys = OFF"] {
            db.maintain(pragma.to_owned()).await.unwrap();
        }
        return;
    }
    let drop = "DO $$ DECLARE c RECORD; BEGIN
        FOR c IN SELECT conrelid, conname FROM pg_constraint
                 WHERE contype IN ('c', 'f') AND connamespace = 'public'::regnamespace LOOP
          EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', CAST(c.conrelid AS regclass), c.conname);
        END LOOP;
        FOR c IN SELECT tgrelid, tgname FROM pg_trigger WHERE NOT tgisinternal LOOP
          EXECUTE format('DROP TRIGGER %I ON %s', c.tgname, CAST(c.tgrelid AS regclass));
        END LOOP; END $$";
    q(drop).exec(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
}
