//! Many rows in one statement: fewer round trips beat a faster disk (each costs some 25 µs).

use super::{Conn, Query, Table, Value};
use crate::kernel::{Error, Result};

/// Values of one statement that both engines take (SQLite's limit is 32,766).
const MOST_VALUES: usize = 30_000;

/// Longest list that is written out; a longer one is bound as one value, whatever its length.
const MOST_LISTED: usize = 1024;

/// Rows for one declared `INSERT INTO t (…) VALUES ($1, …) [ON CONFLICT …]`.
pub struct Rows {
    head: &'static str,
    tail: &'static str,
    width: usize,
    values: Vec<Value>,
}

impl Rows {
    /// Reads the single-row statement that names the table and its columns.
    pub fn of(insert: &'static str) -> Result<Self> {
        let broken = || Error::fault(format!("not an insert of one row: {insert}"));
        let (head, rest) = insert.split_once("VALUES").ok_or_else(broken)?;
        let (row, tail) = rest.split_once(')').ok_or_else(broken)?;
        Ok(Self { head, tail, width: row.matches('$').count(), values: Vec::new() })
    }

    /// Rows for a declared table.
    pub fn to<T: Table>() -> Result<Self> {
        Self::of(T::INSERT)
    }

    /// Adds a row of the declared table.
    pub fn add<T: Table>(&mut self, row: &T) {
        self.values.extend(row.values());
    }

    /// Adds a row; its values stand in the order of the columns.
    pub fn push<const N: usize>(&mut self, row: [Value; N]) -> Result<()> {
        if N != self.width {
            return Err(Error::fault(format!("{N} values for {} columns: {}", self.width, self.head)));
        }
        self.values.extend(row);
        Ok(())
    }

    /// Whether no row was added.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Inserts all rows, in as few statements as the engines allow; answers the number inserted.
    pub async fn exec(self, conn: &mut Conn) -> Result<u64> {
        let Self { head, tail, width, mut values } = self;
        let mut changed = 0;
        let most = MOST_VALUES / width.max(1) * width;
        while !values.is_empty() {
            let rest = values.split_off(values.len().min(most));
            let sql = format!("{head} VALUES {} {tail}", marks(conn, values.len() / width, width));
            changed += Query::composed(sql, values).exec(conn).await?;
            values = rest;
        }
        Ok(changed)
    }
}

/// Inserts one row; answers whether it was taken (`on_conflict` may say no).
pub async fn insert<T: Table>(conn: &mut Conn, row: &T) -> Result<bool> {
    Ok(insert_all(conn, std::slice::from_ref(row)).await? == 1)
}

/// Inserts rows in as few statements as the engines allow; answers how many were taken.
pub async fn insert_all<'r, T: Table + 'r>(conn: &mut Conn, rows: impl IntoIterator<Item = &'r T>) -> Result<u64> {
    let mut all = Rows::to::<T>()?;
    for row in rows {
        all.add(row);
    }
    all.exec(conn).await
}

/// Rows of parameters as the engine reads them fastest: SQLite looks a `$n` up among all before it,
/// which makes a statement of many rows quadratic, and takes a bare `?` as the next.
pub(super) fn marks(conn: &Conn, rows: usize, width: usize) -> String {
    match conn {
        Conn::Sqlite(_) => {
            let row = format!("({})", vec!["?"; width].join(","));
            vec![row; rows].join(",")
        }
        Conn::Postgres(_) => places(rows, width),
    }
}

fn places(rows: usize, width: usize) -> String {
    use std::fmt::Write;

    let mut text = String::with_capacity(rows * width * 6);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..width {
            let comma = if column == 0 { "" } else { "," };
            let _ = write!(text, "{comma}${}", row * width + column + 1);
        }
        text.push(')');
    }
    text
}

/// `IN (…)` lists: the declared text holds `($1)`, and the list is written in its place, padded
/// to the next power of two with its last value so that few shapes of the statement exist. Engines take
/// 32,766 or 65,535 values at most, so a long list is one JSON text that the engine reads.
pub(super) fn in_list(sql: &'static str, list: Vec<Value>) -> Query {
    if list.len() > MOST_LISTED {
        return in_text(sql, &list);
    }
    let wide = list.len().next_power_of_two();
    let last = list.last().cloned();
    let mut values = list;
    if let Some(last) = last {
        values.resize(wide, last);
    }
    let list = if values.is_empty() { "(NULL)".to_owned() } else { places(1, values.len()) };
    Query::composed(sql.replacen("($1)", &list, 1), values)
}

fn in_text(sql: &'static str, list: &[Value]) -> Query {
    let numbers = matches!(list.first(), Some(Value::Int(_)));
    let list: Vec<serde_json::Value> = list
        .iter()
        .map(|value| match value {
            Value::Int(n) => (*n).into(),
            Value::Bool(yes) => (*yes).into(),
            Value::Text(text) => text.as_deref().into(),
        })
        .collect();
    let text = serde_json::Value::from(list).to_string();
    let of = |items: &str| sql.replacen("($1)", &format!("(SELECT {items})"), 1);
    let value = if numbers { "CAST(value AS BIGINT)" } else { "value" };
    let on_postgres = of(&format!("{value} FROM json_array_elements_text(CAST($1 AS json))"));
    Query::composed_for_each(of("value FROM json_each($1)"), on_postgres, vec![text.into()])
}

impl Query {
    /// Writes a list in the place of the `IN ($n)` that follows the parameters bound so far: the last of the text.
    #[must_use]
    pub fn and_list<V: Into<Value>>(self, list: impl IntoIterator<Item = V>) -> Self {
        let (sql, mut values) = self.into_parts();
        let place = values.len() + 1;
        let mut list: Vec<Value> = list.into_iter().map(Into::into).collect();
        if let Some(last) = list.last().cloned() {
            list.resize(list.len().next_power_of_two(), last);
        }
        let places: Vec<String> = (place..place + list.len()).map(|n| format!("${n}")).collect();
        let places = if places.is_empty() { "NULL".to_owned() } else { places.join(",") };
        values.extend(list);
        Self::composed(sql.replacen(&format!("(${place})"), &format!("({places})"), 1), values)
    }

    /// A declared statement with one `IN ($1)` and no other parameter, over a list of any length.
    pub fn with_list<V: Into<Value>>(sql: &'static str, list: impl IntoIterator<Item = V>) -> Self {
        in_list(sql, list.into_iter().map(Into::into).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_through_the_rows() {
        assert_eq!(places(2, 3), "($1,$2,$3),($4,$5,$6)");
        let mut listed = super::super::q("UPDATE t SET a = $1 WHERE b = $2 AND c IN ($3)").bind(1_i64).bind(2_i64);
        listed = listed.and_list([3_i64, 4, 5]);
        let (sql, values) = listed.into_parts();
        assert_eq!((sql.as_str(), values.len()), ("UPDATE t SET a = $1 WHERE b = $2 AND c IN ($3,$4,$5,$6)", 6));
        let rows = Rows::of("INSERT INTO t (a, b) VALUES ($1, $2) ON CONFLICT DO NOTHING").unwrap();
        assert_eq!((rows.width, rows.tail), (2, " ON CONFLICT DO NOTHING"));
    }
}
