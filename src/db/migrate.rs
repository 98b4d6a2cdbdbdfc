//! Migrations: common files, then an engine's own (triggers), in order of their names; forward only.
//!
//! A step takes as long as it takes: the server's time limits are for requests. One of PostgreSQL's own whose
//! first line is `-- beside traffic` runs outside a transaction, statement by statement, so that it may build a
//! large index with `CREATE INDEX CONCURRENTLY` while people buy. A process that dies in the middle runs it again
//! from its start, so it begins with `DROP INDEX CONCURRENTLY IF EXISTS`: a broken build leaves an index behind
//! that is not valid.

use rust_embed::RustEmbed;
use sqlx::{AssertSqlSafe, SqlSafeStr, raw_sql};

use super::{Conn, Db, Engine, Query, insert, q, select, table};
use crate::kernel::{At, Error, Result, hash::sha256_hex};

#[derive(RustEmbed)]
#[folder = "migrations"]
struct Files;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS migrations (
  name TEXT NOT NULL PRIMARY KEY, hash TEXT NOT NULL, applied_at BIGINT NOT NULL)";
const HAD: &str = select!(Done, "ORDER BY name");

table! {
    /// A migration that this database had.
    struct Done in "migrations" or "ON CONFLICT (name) DO NOTHING" {
        name: String,
        hash: String,
        applied_at: At,
    }
}

/// First line of a step that runs outside a transaction.
const BESIDE_TRAFFIC: &str = "-- beside traffic";

/// A migration as this program has it.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub struct Migration {
    name: String,
    text: String,
    hash: String,
}

impl Migration {
    /// A file by its name.
    pub fn of(name: String, text: String) -> Self {
        let hash = sha256_hex(text.as_bytes());
        Self { name, text, hash }
    }
}

/// The migrations for an engine, in order.
fn steps(engine: Engine) -> Result<Vec<Migration>> {
    let own = match engine {
        Engine::Sqlite => "sqlite/",
        Engine::Postgres => "postgres/",
    };
    let mut steps = Vec::new();
    for path in Files::iter() {
        let name = path.strip_prefix(own).unwrap_or(&path).to_owned();
        if name.contains('/') {
            continue;
        }
        let file = Files::get(&path).ok_or_else(|| Error::fault("a migration vanished"))?;
        let text = String::from_utf8(file.data.into_owned()).map_err(|e| Error::fault(e.to_string()))?;
        let told = for_engine(engine, &text);
        steps.push(Migration { text: told, ..Migration::of(name, text) });
    }
    steps.sort();
    Ok(steps)
}

/// A table marked `/* clustered */` is kept in the order of its primary key where the engine can (SQLite), which
/// saves a second copy of long keys.
fn for_engine(engine: Engine, text: &str) -> String {
    let clustered = match engine {
        Engine::Sqlite => "WITHOUT ROWID",
        Engine::Postgres => "",
    };
    text.replace("/* clustered */", clustered)
}

/// Brings the schema up to date; answers how many steps were taken. Refuses a database whose
/// applied steps differ from this program's, so that an edited or newer migration is noticed.
pub async fn run(db: &Db, now: At) -> Result<usize> {
    {
        let mut conn = db.write().await?;
        q(TABLE).exec(&mut conn).await?;
    }
    let done: Vec<Done> = q(HAD).all(&mut db.read().await?).await?;
    let steps = steps(db.engine())?;
    refuse_unknown(&done, &steps)?;
    let mut taken = 0;
    for step in steps.into_iter().skip_while(|s| done.iter().any(|d| d.name == s.name)) {
        taken += usize::from(take(db, step, now).await?);
    }
    Ok(taken)
}

/// Takes one step; `false` where another process took it meanwhile.
pub async fn take(db: &Db, Migration { name, text, hash }: Migration, now: At) -> Result<bool> {
    let done = Done { name, hash, applied_at: now };
    if text.starts_with(BESIDE_TRAFFIC) {
        beside_traffic(db, &text).await?;
        let mut tx = db.begin().await?;
        let first = insert(&mut tx, &done).await?;
        tx.commit().await?;
        return Ok(first);
    }
    let mut tx = db.begin().await?;
    tx.unhurried().await?;
    // Written first: another process that takes the same step waits here, and then finds it done.
    if !insert(&mut tx, &done).await? {
        tx.rollback().await?;
        return Ok(false);
    }
    let sql = AssertSqlSafe(text).into_sql_str();
    match &mut *tx {
        Conn::Sqlite(c) => raw_sql(sql).execute(&mut **c).await.map(|_| ())?,
        Conn::Postgres(c) => raw_sql(sql).execute(&mut **c).await.map(|_| ())?,
    }
    tx.commit().await?;
    Ok(true)
}

/// Runs statements one by one without a transaction around them, on a connection that has no time limit and
/// does not go back to the pool.
async fn beside_traffic(db: &Db, text: &str) -> Result<()> {
    let mut conn = db.write().await?;
    if conn.engine() == Engine::Postgres {
        q("SET statement_timeout = 0").exec(&mut conn).await?;
    }
    let plain: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
    let mut done = Ok(());
    for sql in plain.join("\n").split(';').map(str::trim).filter(|sql| !sql.is_empty()) {
        if done.is_ok() {
            done = Query::from_closed_parts(sql.to_owned()).exec(&mut conn).await.map(|_| ());
        }
    }
    conn.discard().await;
    done
}

fn refuse_unknown(done: &[Done], steps: &[Migration]) -> Result<()> {
    for Done { name, hash, .. } in done {
        let known = steps.iter().any(|step| step.name == *name && step.hash == *hash);
        if !known {
            return Err(Error::fault(format!("the database has migration {name}, which this program does not know")));
        }
    }
    Ok(())
}

/// Refuses a database that holds no market, or whose schema is not exactly this program's.
pub async fn refuse_other(db: &Db) -> Result<()> {
    let read = q(HAD).all(&mut db.read().await?).await;
    let done: Vec<Done> = read.map_err(|error| match error {
        Error::Fault(_) => Error::fault("this database holds no market"),
        other => other,
    })?;
    let steps = steps(db.engine())?;
    refuse_unknown(&done, &steps)?;
    if let Some(next) = steps.iter().find(|step| done.iter().all(|d| d.name != step.name)) {
        return Err(Error::fault(format!(
            "this database lacks migration {}; start this release of the market on it once",
            next.name
        )));
    }
    Ok(())
}
