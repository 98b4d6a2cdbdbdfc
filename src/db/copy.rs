//! Copies of a whole database, consistent under load. A backup is always a SQLite file with the
//! market's schema, whichever engine it was taken from, so it can be opened, audited, and put back
//! into either.

use std::path::Path;

use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, Column, ColumnIndex, Decode, Row, SqlSafeStr, SqlStr, Type, TypeInfo};

use super::{Conn, Db, Engine, Query, Tx, Value, migrate, q, rows::marks};
use crate::kernel::{At, Error, Result};

const TABLES_SQLITE: &str =
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid";
const MARKET: &str = "SELECT CAST(count(*) AS BIGINT) FROM market";
/// Values of one insert; both engines take as many.
const MOST_VALUES: usize = 15_000;

/// Writes a consistent copy of a database into a new SQLite file. Refuses a file that exists.
pub async fn backup(db: &Db, file: &Path, now: At) -> Result<()> {
    if file.exists() {
        return Err(Error::fault(format!("{} exists already; choose another name", file.display())));
    }
    if db.engine() == Engine::Sqlite {
        let path = file.display().to_string().replace('\'', "''");
        return db.maintain(format!("VACUUM INTO '{path}'")).await;
    }
    let copy = Db::open(&format!("sqlite:{}", file.display()), None).await?;
    migrate::run(&copy, now).await?;
    let done = match rows(db, &copy).await {
        Ok(tx) => tx.commit().await,
        Err(error) => Err(error),
    };
    copy.close().await;
    done
}

/// What a SQLite file's own check finds wrong with it; PostgreSQL checks its pages itself.
pub async fn damage(conn: &mut Conn, pragma: &'static str) -> Result<Option<String>> {
    if conn.engine() != Engine::Sqlite {
        return Ok(None);
    }
    let told: (String,) = q(pragma).one(conn).await?;
    Ok((told.0 != "ok").then_some(told.0))
}

/// Refuses a copy that is damaged, or of another release's schema.
pub async fn whole(copy: &Db) -> Result<()> {
    if let Some(damage) = damage(&mut copy.read().await?, "PRAGMA integrity_check(1)").await? {
        return Err(Error::fault(format!("nothing was restored: the backup is damaged: {damage}")));
    }
    migrate::refuse_other(copy).await
}

/// Puts a copy's rows into an empty database of either engine, in a transaction that the caller
/// commits. Refuses one that is in use, so that nothing is overwritten.
pub async fn restore(from: &Db, to: &Db, now: At) -> Result<Tx> {
    migrate::run(to, now).await?;
    let (used,): (i64,) = q(MARKET).one(&mut to.read().await?).await?;
    if used > 0 {
        return Err(Error::fault("this database holds a market already; restore only into an empty one"));
    }
    rows(from, to).await
}

/// All rows of all tables, read in one snapshot and written in one open transaction.
async fn rows(from: &Db, to: &Db) -> Result<Tx> {
    let sqlite = if to.engine() == Engine::Sqlite { to } else { from };
    let tables: Vec<(String,)> = q(TABLES_SQLITE).all(&mut sqlite.read().await?).await?;
    let mut source = from.long_snapshot().await?;
    let mut tx = to.begin().await?;
    tx.unhurried().await?;
    for (table,) in tables.iter().filter(|t| t.0 != "migrations") {
        table_rows(table, &mut source, &mut tx).await?;
    }
    source.rollback().await?;
    if to.engine() == Engine::Postgres {
        // The audit that follows in this transaction needs to know how many rows there are.
        q("ANALYZE").exec(&mut tx).await?;
    }
    Ok(tx)
}

/// One table's rows; what the migrations themselves wrote there gives way.
async fn table_rows(table: &str, source: &mut Conn, to: &mut Conn) -> Result<()> {
    Query::composed(format!("DELETE FROM {table}"), Vec::new()).exec(to).await?;
    let select: SqlStr = AssertSqlSafe(format!("SELECT * FROM {table}")).into_sql_str();
    let mut sink = Sink { table, head: String::new(), width: 0, values: Vec::new() };
    match source {
        Conn::Sqlite(c) => {
            let mut rows = sqlx::query(select).fetch(&mut **c);
            while let Some(row) = rows.try_next().await? {
                sink.push(&row, to).await?;
            }
        }
        Conn::Postgres(c) => {
            let mut rows = sqlx::query(select).fetch(&mut **c);
            while let Some(row) = rows.try_next().await? {
                sink.push(&row, to).await?;
            }
        }
    }
    sink.flush(to).await
}

/// A column's value, by the schema's three column types as the drivers name them.
fn value<R: Row>(row: &R, place: usize) -> sqlx::Result<Value>
where
    usize: ColumnIndex<R>,
    for<'r> Option<i64>: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> Option<bool>: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> Option<String>: Decode<'r, R::Database> + Type<R::Database>,
{
    match row.columns()[place].type_info().name() {
        "BOOLEAN" | "BOOL" => row.try_get(place).map(Value::Bool),
        "INTEGER" | "BIGINT" | "INT8" => row.try_get(place).map(Value::Int),
        _ => row.try_get(place).map(Value::Text),
    }
}

/// Rows on their way into one table.
struct Sink<'a> {
    table: &'a str,
    head: String,
    width: usize,
    values: Vec<Value>,
}

impl Sink<'_> {
    async fn push<R: Row>(&mut self, row: &R, to: &mut Conn) -> Result<()>
    where
        usize: ColumnIndex<R>,
        for<'r> Option<i64>: Decode<'r, R::Database> + Type<R::Database>,
        for<'r> Option<bool>: Decode<'r, R::Database> + Type<R::Database>,
        for<'r> Option<String>: Decode<'r, R::Database> + Type<R::Database>,
    {
        if self.width == 0 {
            let names: Vec<&str> = row.columns().iter().map(Column::name).collect();
            self.head = format!("INSERT INTO {} ({}) VALUES ", self.table, names.join(", "));
            self.width = names.len();
        }
        for place in 0..self.width {
            self.values.push(value(row, place)?);
        }
        if self.values.len() + self.width > MOST_VALUES { self.flush(to).await } else { Ok(()) }
    }

    async fn flush(&mut self, to: &mut Conn) -> Result<()> {
        if self.values.is_empty() {
            return Ok(());
        }
        let values = std::mem::take(&mut self.values);
        let sql = format!("{}{}", self.head, marks(to, values.len() / self.width, self.width));
        Query::composed(sql, values).exec(to).await.map(|_| ())
    }
}
