//! How a market is kept while it serves: the audit's own process, migrations without haste.

use std::{process::Command, sync::Arc};

use yanxi::{
    db::{
        Engine,
        migrate::{self, Migration},
        q,
    },
    jobs::{self, Audited},
    kernel::At,
};

use crate::support::{Base, Shop, on_both, runtime, shop::write};

on_both! {
    a_migration_has_no_time_limit_and_a_large_index_is_built_beside_traffic,
}

fn audit_of(base: &Base) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yanxi"));
    command.arg("audit").env_clear().env("DATABASE_URL", &base.url).env("SQLITE_TMPDIR", base.folder.path());
    command
}

#[test]
fn the_audit_is_a_process_of_its_own_and_one_that_breaks_off_is_an_error() {
    runtime().block_on(async {
        for engine in [Engine::Sqlite, Engine::Postgres] {
            let Some(base) = Base::fresh(engine).await else { continue };
            let shop = Shop::open(&base).await;
            let Audited { checks, faults } = jobs::audited(audit_of(&base)).await.unwrap();
            assert!(checks > 50 && faults == 0, "{checks} checks, {faults} at fault");
            write(&shop.trade.db, &["UPDATE stock_levels SET on_hand = on_hand + 1 WHERE sku_id = 's1'"]).await;
            assert!(jobs::audited(audit_of(&base)).await.unwrap().faults > 0);
            let mut nowhere = audit_of(&base);
            nowhere.env("DATABASE_URL", "sqlite:nowhere/at-all.db");
            assert!(jobs::audited(nowhere).await.is_err());
            assert!(jobs::audited(Command::new("true")).await.is_err(), "what tells nothing did not audit");
            shop.trade.db.close().await;
            base.remove().await;
        }
    });
}

async fn a_migration_has_no_time_limit_and_a_large_index_is_built_beside_traffic(shop: Arc<Shop>) {
    let db = &shop.trade.db;
    let step = |name: &str, text: &str| Migration::of(name.to_owned(), text.to_owned());
    let index = "CREATE INDEX IF NOT EXISTS counties_by_name ON counties (name);";
    if db.engine() == Engine::Sqlite {
        assert!(migrate::take(db, step("9000_index.sql", index), At(1)).await.unwrap());
        assert!(!migrate::take(db, step("9000_index.sql", index), At(1)).await.unwrap(), "taken once");
        return;
    }
    let limit = "CREATE TABLE limits AS SELECT current_setting('statement_timeout') AS own;";
    assert!(migrate::take(db, step("9001_limits.sql", limit), At(1)).await.unwrap());
    let beside = "-- beside traffic\n-- An index that takes long.\nDROP INDEX CONCURRENTLY IF EXISTS counties_by_name;\n\
                  CREATE INDEX CONCURRENTLY counties_by_name ON counties (name);\n";
    assert!(migrate::take(db, step("9002_index.sql", beside), At(1)).await.unwrap());
    let mut conn = db.read().await.unwrap();
    let (own,): (String,) = q("SELECT own FROM limits").one(&mut conn).await.unwrap();
    assert_eq!(own, "0");
    let valid = "SELECT i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relname = 'counties_by_name'";
    assert_eq!(q(valid).one::<(bool,)>(&mut conn).await.unwrap(), (true,));
    let (usual,): (String,) = q("SELECT current_setting('statement_timeout')").one(&mut conn).await.unwrap();
    assert_eq!(usual, "1min", "requests keep their limit");
}
