//! Each check of the audit can fail: rows are changed behind the program's back, and the check says
//! so (R3). The triggers and constraints that refuse such changes are taken away first.

mod bytes;
mod lived;
mod sabotage;

use std::{collections::BTreeSet, sync::Arc};

use yanxi::{
    audit,
    db::{Db, Engine, Query, Tx, audit::Finding, q},
    kernel::At,
};

use crate::support::{Shop, on_both};

on_both! {
    every_check_of_the_audit_can_fail,
    a_changed_value_in_ledger_journal_or_audit_log_is_told,
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
