//! Rows as they come from either driver, and how a struct reads its columns from one.
//!
//! A driver's row is wrapped once ([`Fetched`]); what reads columns from it knows neither the driver nor the
//! statement, so that the compiler makes it once for each struct instead of once for each query and driver.

use std::cell::Cell;

use sqlx::{Column, ColumnIndex, Decode, Row as _, Type, postgres::PgRow, sqlite::SqliteRow};

use super::value::Stored;
use crate::kernel::{Error, Result};

/// A row of either driver.
pub(super) enum Fetched {
    /// From SQLite.
    Sqlite(SqliteRow),
    /// From PostgreSQL.
    Postgres(PgRow),
}

/// Reads a row's columns by name; the fastest where they are asked for in the statement's order.
pub struct Reader<'r> {
    row: &'r Fetched,
    next: Cell<usize>,
}

/// What a statement answers: a struct declared by [`super::row!`], [`super::table!`] or [`super::view!`],
/// or a tuple in the order of the columns.
pub trait Row: Sized + Send {
    /// Reads it; a fault where a column is missing, NULL without an `Option`, or no value of its type.
    fn read(reader: &Reader<'_>) -> Result<Self>;
}

/// A field of a row: a stored value, an `Option` of one, or a row of its own among the columns.
pub trait Field: Sized {
    /// Reads it from the column of this name.
    fn read(reader: &Reader<'_>, name: &str) -> Result<Self>;
}

impl<T: Stored> Field for T {
    fn read(reader: &Reader<'_>, name: &str) -> Result<Self> {
        T::load(reader, reader.place(name)?)?.ok_or_else(|| Error::fault(format!("column {name} is NULL")))
    }
}

impl<T: Stored> Field for Option<T> {
    fn read(reader: &Reader<'_>, name: &str) -> Result<Self> {
        T::load(reader, reader.place(name)?)
    }
}

impl<'r> Reader<'r> {
    pub(super) fn new(row: &'r Fetched) -> Self {
        Self { row, next: Cell::new(0) }
    }

    /// Where a column stands: behind the last one read, or wherever its name is.
    fn place(&self, name: &str) -> Result<usize> {
        let next = self.next.get();
        let found = match self.row {
            Fetched::Sqlite(row) => place(row.columns(), next, name),
            Fetched::Postgres(row) => place(row.columns(), next, name),
        };
        let place = found.ok_or_else(|| Error::fault(format!("the statement answers no column {name}")))?;
        self.next.set(place + 1);
        Ok(place)
    }

    /// A field by its place.
    pub(super) fn at<T: Stored>(&self, place: usize) -> Result<Option<T>> {
        T::load(self, place)
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

/// A column of a tuple, by its place.
pub trait TupleField: Sized {
    /// Reads it.
    fn read_at(reader: &Reader<'_>, place: usize) -> Result<Self>;
}

impl<T: Stored> TupleField for T {
    fn read_at(reader: &Reader<'_>, place: usize) -> Result<Self> {
        reader.at(place)?.ok_or_else(|| Error::fault(format!("column {place} is NULL")))
    }
}

impl<T: Stored> TupleField for Option<T> {
    fn read_at(reader: &Reader<'_>, place: usize) -> Result<Self> {
        reader.at(place)
    }
}

macro_rules! tuples {
    ($(($($name:ident $place:literal),+))+) => { $(
        impl<$($name: TupleField + Send),+> Row for ($($name,)+) {
            fn read(reader: &Reader<'_>) -> Result<Self> {
                Ok(($($name::read_at(reader, $place)?,)+))
            }
        }
    )+ };
}

tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
}

/// Declares a struct that statements answer: each field is the column of its name, or a row of its own.
macro_rules! row {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$fmeta:meta])* $fvis:vis $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        $vis struct $name { $($(#[$fmeta])* $fvis $field: $type,)* }

        impl $crate::db::Row for $name {
            fn read(reader: &$crate::db::Reader<'_>) -> $crate::kernel::Result<Self> {
                Ok(Self { $($field: $crate::db::Field::read(reader, stringify!($field))?,)* })
            }
        }

        impl $crate::db::Field for $name {
            fn read(reader: &$crate::db::Reader<'_>, _: &str) -> $crate::kernel::Result<Self> {
                <Self as $crate::db::Row>::read(reader)
            }
        }
    };
}
pub(crate) use row;
