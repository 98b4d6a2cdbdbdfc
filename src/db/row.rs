//! How a struct reads its columns from a row.
//!
//! The compiler makes the reading once for each struct, not once for each query and driver.

use std::sync::Arc;

use super::{reader::Reader, value::Stored};
use crate::kernel::{Error, Result, Season};

/// What a statement answers: a struct declared by `row!`, `table!` or `view!`,
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

/// A list in a row comes from rows of its own: empty until they are read.
impl<T> Field for Vec<T> {
    fn read(_: &Reader<'_>, _: &str) -> Result<Self> {
        Ok(Self::new())
    }
}

impl<T> Field for Arc<[T]> {
    fn read(_: &Reader<'_>, _: &str) -> Result<Self> {
        Ok(Self::default())
    }
}

/// A season stands in two columns, `season_from` and `season_to`.
impl Field for Option<Season> {
    fn read(reader: &Reader<'_>, _: &str) -> Result<Self> {
        let from: Option<String> = Field::read(reader, "season_from")?;
        let to: Option<String> = Field::read(reader, "season_to")?;
        Ok(from.zip(to).map(|(from, to)| Season { from, to }))
    }
}

/// A column of a tuple, by its place.
pub trait TupleField: Sized {
    /// Reads it.
    fn read_at(reader: &Reader<'_>, place: usize) -> Result<Self>;
}

impl<T: Stored> TupleField for T {
    fn read_at(reader: &Reader<'_>, place: usize) -> Result<Self> {
        T::load(reader, place)?.ok_or_else(|| Error::fault(format!("column {place} is NULL")))
    }
}

impl<T: Stored> TupleField for Option<T> {
    fn read_at(reader: &Reader<'_>, place: usize) -> Result<Self> {
        T::load(reader, place)
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

/// A field's column: its name, without the mark of a name that is a word of the language (`r#ref`).
pub const fn column(field: &str) -> &str {
    match field.as_bytes() {
        [b'r', b'#', name @ ..] => super::table::as_text(name),
        _ => field,
    }
}

/// Declares a struct that statements answer: each field is the column of its name, or a row of its own.
macro_rules! row {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$fmeta:meta])* $fvis:vis $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[allow(clippy::struct_field_names, reason = "a field has its column's name")]
        $vis struct $name { $($(#[$fmeta])* $fvis $field: $type,)* }

        impl $crate::db::Row for $name {
            fn read(reader: &$crate::db::Reader<'_>) -> $crate::kernel::Result<Self> {
                Ok(Self { $($field: $crate::db::Field::read(reader, const { $crate::db::column(stringify!($field)) })?,)* })
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
