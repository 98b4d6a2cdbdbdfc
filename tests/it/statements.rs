//! Every declared statement, prepared on both databases: names, columns, parameters and types agree.

use std::{collections::BTreeMap, fmt::Write};

use sqlx::{
    AssertSqlSafe, Column, Connection, Either, Executor, PgConnection, SqlSafeStr, SqliteConnection, Statement,
    TypeInfo,
};
use yanxi::db::{Engine, declared};

use crate::support::{Base, runtime};

/// What an engine says of a statement.
#[derive(Debug)]
struct Shape {
    columns: Vec<String>,
    parameters: usize,
}

impl Shape {
    /// SQLite names a column without an alias by its whole expression; such columns are read by place.
    fn agrees(&self, other: &Self) -> bool {
        let named = |(here, there): (&String, &String)| here == there || here.contains('(');
        self.parameters == other.parameters
            && self.columns.len() == other.columns.len()
            && self.columns.iter().zip(&other.columns).all(named)
    }
}

/// The only types a statement may answer; SUM and COUNT are cast to BIGINT.
const POSTGRES_TYPES: [&str; 3] = ["INT8", "BOOL", "TEXT"];

/// Words that hold on one engine only (H3).
const REFUSED: [&str; 8] = [" FOR UPDATE", "SKIP LOCKED", " now()", "ILIKE", "::", "->>", "AUTOINCREMENT", "SERIAL"];

#[test]
fn every_statement_prepares_on_both_engines_and_means_the_same() {
    runtime().block_on(async {
        let mut faults = String::new();
        let sqlite = Base::fresh(Engine::Sqlite).await.unwrap();
        let here = on_sqlite(&sqlite, &mut faults).await;
        assert!(here.len() > 50, "only {} statements are declared", here.len());
        if let Some(postgres) = Base::fresh(Engine::Postgres).await {
            let there = on_postgres(&postgres, &mut faults).await;
            for (name, shape) in &here {
                match there.get(name) {
                    Some(other) if shape.agrees(other) => {}
                    other => writeln!(faults, "{name}: SQLite {shape:?}, PostgreSQL {other:?}").unwrap(),
                }
            }
            postgres.remove().await;
        }
        assert!(faults.is_empty(), "{faults}");
    });
}

#[test]
fn statements_keep_to_the_portable_subset() {
    let mut faults = String::new();
    for statement in declared() {
        for word in REFUSED.iter().filter(|word| statement.sql.contains(**word)) {
            writeln!(faults, "{} {}: {word}", statement.place, statement.name).unwrap();
        }
        let plain: String = statement.sql.split_whitespace().collect::<Vec<_>>().join(" ").to_uppercase();
        for (place, _) in plain.match_indices("SUM(").chain(plain.match_indices("COUNT(")) {
            let before = &plain[..place];
            let cast = before.rfind("CAST(").is_some_and(|at| plain[at..].contains("AS BIGINT"));
            let compared = before.trim_end().ends_with("HAVING") || before.trim_end().ends_with("ORDER BY");
            if !cast && !compared {
                writeln!(faults, "{} {}: a sum or count without CAST", statement.place, statement.name).unwrap();
            }
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

fn key(statement: &yanxi::db::Declared) -> String {
    format!("{} {}", statement.place, statement.name)
}

fn parameters<T>(described: Option<Either<&[T], usize>>) -> usize {
    described.map_or(0, |either| either.either(<[T]>::len, |n| n))
}

async fn on_sqlite(base: &Base, faults: &mut String) -> BTreeMap<String, Shape> {
    let path = base.url.trim_start_matches("sqlite:");
    let mut conn = SqliteConnection::connect(path).await.unwrap();
    let mut shapes = BTreeMap::new();
    for statement in declared() {
        match conn.prepare(AssertSqlSafe(statement.sql).into_sql_str()).await {
            Ok(prepared) => {
                let columns = prepared.columns().iter().map(|c| c.name().to_owned()).collect();
                shapes.insert(key(statement), Shape { columns, parameters: parameters(prepared.parameters()) });
            }
            Err(error) => writeln!(faults, "{} on SQLite: {error}", key(statement)).unwrap(),
        }
    }
    shapes
}

async fn on_postgres(base: &Base, faults: &mut String) -> BTreeMap<String, Shape> {
    let mut conn = PgConnection::connect(&base.url).await.unwrap();
    let mut shapes = BTreeMap::new();
    for statement in declared() {
        match conn.prepare(AssertSqlSafe(statement.sql).into_sql_str()).await {
            Ok(prepared) => {
                for column in prepared.columns() {
                    let name = column.type_info().name();
                    if !POSTGRES_TYPES.contains(&name) {
                        writeln!(faults, "{}: column {} is {name}", key(statement), column.name()).unwrap();
                    }
                }
                let columns = prepared.columns().iter().map(|c| c.name().to_owned()).collect();
                shapes.insert(key(statement), Shape { columns, parameters: parameters(prepared.parameters()) });
            }
            Err(error) => writeln!(faults, "{} on PostgreSQL: {error}", key(statement)).unwrap(),
        }
    }
    conn.close().await.unwrap();
    shapes
}
