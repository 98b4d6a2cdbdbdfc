//! How a market is kept while it serves: migrations without haste.

use std::sync::Arc;

use yanxi::{
    db::{
        Engine,
        migrate::{self, Migration},
        q,
    },
    kernel::At,
};

use crate::support::{Shop, on_both};

on_both! {
    a_migration_has_no_time_limit_and_a_large_index_is_built_beside_traffic,
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
