//! Statements: declared in tables, bound, run, decoded.

use sqlx::{
    AssertSqlSafe, Postgres, SqlSafeStr, SqlStr, Sqlite, postgres::PgArguments, query_with, sqlite::SqliteArguments,
};

use super::{
    Conn, Value, counts,
    reader::{Fetched, Reader},
    row::Row,
    value::arguments,
};
use crate::kernel::{Error, Result};

/// A statement as it stands in a capability's table.
pub struct Declared {
    /// Name of the constant.
    pub name: &'static str,
    /// The text.
    pub sql: &'static str,
    /// `file:line`.
    pub place: &'static str,
}

inventory::collect!(Declared);

/// Every declared statement, for the test that prepares all of them on both databases.
pub fn declared() -> impl Iterator<Item = &'static Declared> {
    inventory::iter::<Declared>.into_iter()
}

/// Declares statements as `&str` constants and registers them for the prepare test.
macro_rules! statements {
    ($($(#[$meta:meta])* $vis:vis $name:ident = $sql:expr;)*) => { $(
        $(#[$meta])*
        $vis const $name: &str = $sql;
        ::inventory::submit! {
            $crate::db::Declared { name: stringify!($name), sql: $sql, place: concat!(file!(), ":", line!()) }
        }
    )* };
}
pub(crate) use statements;

/// A statement with its values, ready to run on either engine.
pub struct Query {
    sql: SqlStr,
    /// The text on PostgreSQL, where the engines differ.
    on_postgres: Option<SqlStr>,
    values: Vec<Value>,
}

/// Where a declared text picks rows of `l` in the order of their keys, to change them all.
const LOCKED: &str = "/* locked */";

/// Starts a statement from its declared text.
pub fn q(sql: &'static str) -> Query {
    Query { sql: sql.into_sql_str(), on_postgres: None, values: Vec::with_capacity(8) }
}

/// Starts a change of several rows, which it picks in the order of their keys, as `l`, before `/* locked */`. PostgreSQL
/// locks them there, so that two such changes never wait for each other in a circle; SQLite's writer is alone.
pub fn q_in_order(sql: &'static str) -> Query {
    let on_postgres = sql.replacen(LOCKED, "FOR UPDATE OF l", 1);
    Query { on_postgres: Some(AssertSqlSafe(on_postgres).into_sql_str()), ..q(sql) }
}

impl Query {
    /// A statement whose text was put together from declared parts; never from what people typed.
    pub(super) fn composed(sql: String, values: Vec<Value>) -> Self {
        Self { sql: AssertSqlSafe(sql).into_sql_str(), on_postgres: None, values }
    }

    /// The same where the engines have other words for it.
    pub(super) fn composed_for_each(on_sqlite: String, on_postgres: String, values: Vec<Value>) -> Self {
        let on_postgres = Some(AssertSqlSafe(on_postgres).into_sql_str());
        Self { sql: AssertSqlSafe(on_sqlite).into_sql_str(), on_postgres, values }
    }

    /// Its text and values, to be put together with a list.
    pub(super) fn into_parts(self) -> (String, Vec<Value>) {
        (self.sql.as_str().to_owned(), self.values)
    }

    /// A statement of reports, whose columns come from a closed list of dimensions.
    pub fn from_closed_parts(sql: String) -> Self {
        Self::composed(sql, Vec::new())
    }

    /// Binds the next `$n`.
    #[must_use]
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Runs it; answers the number of rows changed.
    pub async fn exec(self, conn: &mut Conn) -> Result<u64> {
        counts::statement(self.sql.as_str());
        Ok(match conn {
            Conn::Sqlite(c) => query_with::<Sqlite, SqliteArguments>(self.sql, arguments(self.values)?)
                .execute(&mut **c)
                .await?
                .rows_affected(),
            Conn::Postgres(c) => {
                query_with::<Postgres, PgArguments>(self.on_postgres.unwrap_or(self.sql), arguments(self.values)?)
                    .execute(&mut **c)
                    .await?
                    .rows_affected()
            }
        })
    }

    /// Runs a change of a unique value; `None` where another row has it.
    pub async fn exec_alone(self, conn: &mut Conn) -> Result<Option<u64>> {
        match self.exec(conn).await {
            Ok(changed) => Ok(Some(changed)),
            Err(error) if super::fault::is_taken(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The first row, if there is one.
    pub async fn opt<T: Row>(self, conn: &mut Conn) -> Result<Option<T>> {
        let row = self.fetch_first(conn).await?;
        row.map(|row| T::read(&Reader::new(&row))).transpose()
    }

    /// The first row; a fault where there is none.
    pub async fn one<T: Row>(self, conn: &mut Conn) -> Result<T> {
        self.opt(conn).await?.ok_or_else(|| Error::fault("a row that must exist is missing"))
    }

    /// All rows.
    pub async fn all<T: Row>(self, conn: &mut Conn) -> Result<Vec<T>> {
        let rows = self.fetch(conn).await?;
        rows.iter().map(|row| T::read(&Reader::new(row))).collect()
    }

    async fn fetch_first(self, conn: &mut Conn) -> Result<Option<Fetched>> {
        counts::statement(self.sql.as_str());
        Ok(match conn {
            Conn::Sqlite(c) => query_with::<Sqlite, SqliteArguments>(self.sql, arguments(self.values)?)
                .fetch_optional(&mut **c)
                .await?
                .map(Fetched::Sqlite),
            Conn::Postgres(c) => {
                query_with::<Postgres, PgArguments>(self.on_postgres.unwrap_or(self.sql), arguments(self.values)?)
                    .fetch_optional(&mut **c)
                    .await?
                    .map(Fetched::Postgres)
            }
        })
    }

    async fn fetch(self, conn: &mut Conn) -> Result<Vec<Fetched>> {
        counts::statement(self.sql.as_str());
        Ok(match conn {
            Conn::Sqlite(c) => query_with::<Sqlite, SqliteArguments>(self.sql, arguments(self.values)?)
                .fetch_all(&mut **c)
                .await?
                .into_iter()
                .map(Fetched::Sqlite)
                .collect(),
            Conn::Postgres(c) => {
                query_with::<Postgres, PgArguments>(self.on_postgres.unwrap_or(self.sql), arguments(self.values)?)
                    .fetch_all(&mut **c)
                    .await?
                    .into_iter()
                    .map(Fetched::Postgres)
                    .collect()
            }
        })
    }
}
