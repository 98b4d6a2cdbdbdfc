//! A row of either driver, wrapped once: what reads columns from it knows neither the driver nor the statement.

use std::cell::Cell;

use sqlx::{Column, ColumnIndex, Decode, Row as _, Type, postgres::PgRow, sqlite::SqliteRow};

use crate::kernel::{Error, Result};

/// A row of either driver.
pub(super) enum Fetched {
    Sqlite(SqliteRow),
    /// From PostgreSQL.
    Postgres(PgRow),
}

/// Reads a row's columns by name; the fastest where they are asked for in the statement's order.
pub struct Reader<'r> {
    row: &'r Fetched,
    next: Cell<usize>,
}

impl<'r> Reader<'r> {
    pub(super) fn new(row: &'r Fetched) -> Self {
        Self { row, next: Cell::new(0) }
    }

    /// Where a column stands: behind the last one read, or wherever its name is.
    pub(super) fn place(&self, name: &str) -> Result<usize> {
        let next = self.next.get();
        let found = match self.row {
            Fetched::Sqlite(row) => place(row.columns(), next, name),
            Fetched::Postgres(row) => place(row.columns(), next, name),
        };
        let place = found.ok_or_else(|| Error::fault(format!("the statement answers no column {name}")))?;
        self.next.set(place + 1);
        Ok(place)
    }

    /// BIGINT.
    pub(super) fn int(&self, place: usize) -> Result<Option<i64>> {
        self.get(place)
    }

    /// BOOLEAN.
    pub(super) fn bool(&self, place: usize) -> Result<Option<bool>> {
        self.get(place)
    }

    /// TEXT.
    pub(super) fn text(&self, place: usize) -> Result<Option<String>> {
        self.get(place)
    }

    fn get<T>(&self, place: usize) -> Result<Option<T>>
    where
        T: for<'a> Decode<'a, sqlx::Sqlite> + Type<sqlx::Sqlite>,
        T: for<'a> Decode<'a, sqlx::Postgres> + Type<sqlx::Postgres>,
        usize: ColumnIndex<SqliteRow> + ColumnIndex<PgRow>,
    {
        Ok(match self.row {
            Fetched::Sqlite(row) => row.try_get::<Option<T>, _>(place)?,
            Fetched::Postgres(row) => row.try_get::<Option<T>, _>(place)?,
        })
    }
}

fn place<C: Column>(columns: &[C], next: usize, name: &str) -> Option<usize> {
    match columns.get(next) {
        Some(column) if column.name() == name => Some(next),
        _ => columns.iter().position(|column| column.name() == name),
    }
}
