//! Tables and views declared once: the struct, its columns, the INSERT, the SELECT and the reading.
//!
//! `table!` declares what is written and read whole, `view!` what is read from several tables;
//! `select!` makes a statement's text of either. A new column is one line here and one in a migration.

use super::Value;

/// A struct whose fields are the columns of one table.
pub trait Table: Send + Sync {
    /// INSERT of one row.
    const INSERT: &'static str;

    /// Values in the order of the columns.
    fn values(&self) -> Vec<Value>;
}

/// A text of known length, written when the program is built.
struct Text<const N: usize> {
    bytes: [u8; N],
    length: usize,
}

impl<const N: usize> Text<N> {
    const fn put(mut self, text: &str) -> Self {
        let text = text.as_bytes();
        let mut at = 0;
        while at < text.len() {
            // A text without room only counts.
            if N > 0 {
                self.bytes[self.length] = text[at];
            }
            self.length += 1;
            at += 1;
        }
        self
    }

    const fn number(mut self, n: usize) -> Self {
        const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
        if n >= 10 {
            self = self.number(n / 10);
        }
        self.put(DIGITS[n % 10])
    }
}

/// Length and bytes of `INSERT INTO table (…) VALUES ($1, …) tail`; the bytes where `N` is the length.
pub const fn insert_text<const N: usize>(table: &str, columns: &[&str], tail: &str) -> ([u8; N], usize) {
    let mut text = Text::<N> { bytes: [0; N], length: 0 }.put("INSERT INTO ").put(table).put(" (");
    let mut at = 0;
    while at < columns.len() {
        text = text.put(if at == 0 { "" } else { ", " }).put(columns[at]);
        at += 1;
    }
    text = text.put(") VALUES (");
    at = 0;
    while at < columns.len() {
        text = text.put(if at == 0 { "$" } else { ", $" }).number(at + 1);
        at += 1;
    }
    text = text.put(")").put(if tail.is_empty() { "" } else { " " }).put(tail);
    (text.bytes, text.length)
}

const fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut at = 0;
    while at < one.len() {
        if one[at] != other[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// Length and bytes of `ON CONFLICT (keys) DO UPDATE SET column = table.column + excluded.column, …` for
/// the columns that are no keys; the bytes where `N` is the length.
pub const fn adding_text<const N: usize>(table: &str, columns: &[&str], keys: &[&str]) -> ([u8; N], usize) {
    let mut text = Text::<N> { bytes: [0; N], length: 0 }.put("ON CONFLICT (");
    let mut at = 0;
    while at < keys.len() {
        text = text.put(if at == 0 { "" } else { ", " }).put(keys[at]);
        at += 1;
    }
    text = text.put(") DO UPDATE SET ");
    let (mut column, mut sums) = (0, 0);
    while column < columns.len() {
        let (mut key, mut is_key) = (0, false);
        while key < keys.len() {
            is_key = is_key || same(columns[column], keys[key]);
            key += 1;
        }
        if !is_key {
            text = text.put(if sums == 0 { "" } else { ", " }).put(columns[column]).put(" = ").put(table);
            text = text.put(".").put(columns[column]).put(" + excluded.").put(columns[column]);
            sums += 1;
        }
        column += 1;
    }
    (text.bytes, text.length)
}

/// Length and bytes of `SELECT … FROM from tail`; the bytes where `N` is the length.
pub const fn select_text<const N: usize>(alias: &str, columns: &[&str], from: &str, tail: &str) -> ([u8; N], usize) {
    let mut text = Text::<N> { bytes: [0; N], length: 0 }.put("SELECT ");
    let mut at = 0;
    while at < columns.len() {
        text = text.put(if at == 0 { "" } else { ", " });
        if !alias.is_empty() {
            text = text.put(alias).put(".");
        }
        text = text.put(columns[at]);
        at += 1;
    }
    text = text.put(" FROM ").put(from);
    if !alias.is_empty() {
        text = text.put(" ").put(alias);
    }
    text = text.put(if tail.is_empty() { "" } else { " " }).put(tail);
    (text.bytes, text.length)
}

/// Length and bytes of `update RETURNING …`; the bytes where `N` is the length.
pub const fn returning_text<const N: usize>(update: &str, columns: &[&str]) -> ([u8; N], usize) {
    let mut text = Text::<N> { bytes: [0; N], length: 0 }.put(update).put(" RETURNING ");
    let mut at = 0;
    while at < columns.len() {
        text = text.put(if at == 0 { "" } else { ", " }).put(columns[at]);
        at += 1;
    }
    (text.bytes, text.length)
}

/// The text of such bytes.
pub const fn as_text(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => panic!("a statement is text"),
    }
}

/// `table! { pub struct Order in "orders" { … } }`: a row of one table, written and read whole.
/// `in "orders" or "ON CONFLICT … DO NOTHING"` says what an INSERT does where the row is there already;
/// `in "sums" adding on ["day"]` adds its other columns to those of that row.
macro_rules! table {
    ($(#[$meta:meta])* $vis:vis struct $name:ident in $table:literal $(or $tail:literal)? $(adding on [$($key:literal),+])? {
        $($(#[$fmeta:meta])* $fvis:vis $field:ident: $type:ty,)*
    }) => {
        $crate::db::row! {
            $(#[$meta])*
            $vis struct $name { $($(#[$fmeta])* $fvis $field: $type,)* }
        }

        impl $name {
            /// The columns, in the order of the fields.
            pub(crate) const COLUMNS: &'static [&'static str] = &[$($crate::db::column(stringify!($field)),)*];
            #[allow(dead_code, reason = "some tables are only written")]
            pub(crate) const FROM: &'static str = $table;
        }

        impl $crate::db::Table for $name {
            const INSERT: &'static str = {
                const TAIL: &str = $crate::db::tail!($table, $name, $($tail)? $(adding [$($key),+])?);
                const LENGTH: usize = $crate::db::insert_text::<0>($table, $name::COLUMNS, TAIL).1;
                const BYTES: [u8; LENGTH] = $crate::db::insert_text::<LENGTH>($table, $name::COLUMNS, TAIL).0;
                $crate::db::as_text(&BYTES)
            };

            fn values(&self) -> Vec<$crate::db::Value> {
                vec![$($crate::db::Bound::bound(&self.$field),)*]
            }
        }

        ::inventory::submit! {
            $crate::db::Declared {
                name: concat!("insert into ", $table),
                sql: <$name as $crate::db::Table>::INSERT,
                place: concat!(file!(), ":", line!()),
            }
        }
        ::inventory::submit! {
            $crate::db::closed::Columns {
                table: $table,
                columns: &[$($crate::db::closed::Column {
                    name: $crate::db::column(stringify!($field)),
                    words: <$type as $crate::db::Bound>::words,
                },)*],
            }
        }
    };
}
pub(crate) use table;

/// What an INSERT does where the row is there already.
macro_rules! tail {
    ($table:literal, $name:ident,) => {
        ""
    };
    ($table:literal, $name:ident, $tail:literal) => {
        $tail
    };
    ($table:literal, $name:ident, adding $keys:tt) => {{
        const KEYS: &[&str] = &$keys;
        const LENGTH: usize = $crate::db::adding_text::<0>($table, $name::COLUMNS, KEYS).1;
        const BYTES: [u8; LENGTH] = $crate::db::adding_text::<LENGTH>($table, $name::COLUMNS, KEYS).0;
        $crate::db::as_text(&BYTES)
    }};
}
pub(crate) use tail;

/// `view! { pub struct Listed from "orders o JOIN …" { id: OrderId = "o.id", … } }`: a row read from several
/// tables; the text behind a field is what it is in SQL, where that is not the column of its name.
macro_rules! view {
    ($(#[$meta:meta])* $vis:vis struct $name:ident from $from:literal {
        $($(#[$fmeta:meta])* $fvis:vis $field:ident: $type:ty $(= $sql:literal)?,)*
    }) => {
        $crate::db::row! {
            $(#[$meta])*
            $vis struct $name { $($(#[$fmeta])* $fvis $field: $type,)* }
        }

        impl $name {
            /// What is selected, in the order of the fields.
            pub(crate) const COLUMNS: &'static [&'static str] =
                &[$(concat!($($sql, " AS ",)? stringify!($field)),)*];
            /// The tables.
            pub(crate) const FROM: &'static str = $from;
        }
    };
}
pub(crate) use view;

/// `select!(Order, "WHERE id = $1")`: the text that reads such rows; `select!(Order as o, "JOIN …")` where
/// the table needs a name beside others.
macro_rules! select {
    ($name:ident, $tail:literal) => {
        $crate::db::select!(@ $name, "", $tail)
    };
    ($name:ident as $alias:ident, $tail:literal) => {
        $crate::db::select!(@ $name, stringify!($alias), $tail)
    };
    (@ $name:ident, $alias:expr, $tail:literal) => {{
        const LENGTH: usize = $crate::db::select_text::<0>($alias, $name::COLUMNS, $name::FROM, $tail).1;
        const BYTES: [u8; LENGTH] = $crate::db::select_text::<LENGTH>($alias, $name::COLUMNS, $name::FROM, $tail).0;
        $crate::db::as_text(&BYTES)
    }};
}
pub(crate) use select;

/// `returning!(Order, "UPDATE … SET … WHERE id = $1")`: the text that changes a row and reads it whole.
macro_rules! returning {
    ($name:ident, $update:literal) => {{
        const LENGTH: usize = $crate::db::returning_text::<0>($update, $name::COLUMNS).1;
        const BYTES: [u8; LENGTH] = $crate::db::returning_text::<LENGTH>($update, $name::COLUMNS).0;
        $crate::db::as_text(&BYTES)
    }};
}
pub(crate) use returning;

#[cfg(test)]
mod tests {
    use super::Table;

    table! {
        struct Crate in "crates" or "ON CONFLICT (id) DO NOTHING" {
            id: String,
            weight_g: Option<i64>,
            full: bool,
            r#ref: String,
        }
    }

    table! {
        struct Weighed in "weighed" adding on ["day"] {
            day: String,
            crates: i64,
            weight_g: i64,
        }
    }

    #[test]
    fn a_table_of_sums_adds_what_is_no_key() {
        assert_eq!(
            Weighed::INSERT,
            "INSERT INTO weighed (day, crates, weight_g) VALUES ($1, $2, $3) ON CONFLICT (day) DO UPDATE SET \
             crates = weighed.crates + excluded.crates, weight_g = weighed.weight_g + excluded.weight_g"
        );
        let one = Weighed { day: "2026-11-28".to_owned(), crates: 1, weight_g: 5_000 };
        assert_eq!((one.day.len(), one.crates, one.weight_g), (10, 1, 5_000));
    }

    view! {
        struct Stack from "crates c JOIN piles p ON p.id = c.pile_id" {
            id: String = "c.id",
            height: i64,
        }
    }

    #[test]
    fn a_tables_statements_name_its_columns_in_the_order_of_its_fields() {
        assert_eq!(
            Crate::INSERT,
            "INSERT INTO crates (id, weight_g, full, ref) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING"
        );
        assert_eq!(select!(Crate, "WHERE id = $1"), "SELECT id, weight_g, full, ref FROM crates WHERE id = $1");
        assert_eq!(select!(Crate as c, ""), "SELECT c.id, c.weight_g, c.full, c.ref FROM crates c");
        let stack = "SELECT c.id AS id, height FROM crates c JOIN piles p ON p.id = c.pile_id WHERE height > $1";
        assert_eq!(select!(Stack, "WHERE height > $1"), stack);
        let stacked = Stack { id: "a".to_owned(), height: 2 };
        assert_eq!((stacked.id.as_str(), stacked.height), ("a", 2));
        let full = Crate { id: "a".to_owned(), weight_g: None, full: true, r#ref: String::new() };
        let filled = "UPDATE crates SET full = TRUE WHERE id = $1 RETURNING id, weight_g, full, ref";
        assert_eq!(returning!(Crate, "UPDATE crates SET full = TRUE WHERE id = $1"), filled);
        assert_eq!(full.values().len(), Crate::COLUMNS.len());
    }
}
