//! Columns that hold a word of a closed set. SQL does not list the words again: the types write and read
//! them, and the audit finds a word that the set has not (I19).

use std::fmt::Write;

/// The columns of a declared table.
pub struct Columns {
    pub table: &'static str,
    pub columns: &'static [Column],
}

/// A column.
pub struct Column {
    pub name: &'static str,
    /// The words it may have; none where its type is no closed set.
    pub words: fn() -> Vec<&'static str>,
}

inventory::collect!(Columns);

/// Every column of a closed set as `(table, column)`, for the test that harms each.
pub fn columns() -> impl Iterator<Item = (&'static str, &'static str)> {
    let tables = inventory::iter::<Columns>.into_iter();
    tables.flat_map(|of| {
        let closed = of.columns.iter().filter(|column| !(column.words)().is_empty());
        closed.map(|column| (of.table, column.name))
    })
}

/// The statement that answers each row with a word that its set has not; each table is read once.
pub(super) fn strangers() -> String {
    let tables = inventory::iter::<Columns>.into_iter();
    tables.filter_map(of_table).collect::<Vec<_>>().join(" UNION ALL ")
}

fn of_table(of: &Columns) -> Option<String> {
    let (mut told, mut found) = (format!("'{}'", of.table), Vec::new());
    for column in of.columns {
        let words = (column.words)();
        if words.is_empty() {
            continue;
        }
        let (name, list) = (column.name, words.join("', '"));
        let stranger = format!("{name} NOT IN ('{list}')");
        let _ = write!(told, " || CASE WHEN {stranger} THEN ' {name} ' || {name} ELSE '' END");
        found.push(stranger);
    }
    let found = (!found.is_empty()).then(|| found.join(" OR "))?;
    Some(format!("SELECT {told} AS subject FROM {} WHERE {found}", of.table))
}
