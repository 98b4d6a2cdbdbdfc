//! The journal, page by page: each entry as its row of the ledger says it, at its place in the chain.

use super::{Entry, GENESIS, told::Names};
use crate::{
    db::{Conn, Query, q, row, statements},
    kernel::{At, Result, hash::number_of_hex},
    ledger,
};

statements! {
    AFTER = "SELECT j.seq, j.hash, j.sealed_at, e.* FROM journal_entries j
             JOIN ledger_entries e ON e.subject_id = j.subject_id AND e.fact = j.fact AND e.n = j.n
             WHERE j.seq > $1 ORDER BY j.seq LIMIT $2";
    LATEST = "SELECT j.seq, j.hash, j.sealed_at, e.* FROM journal_entries j
              JOIN ledger_entries e ON e.subject_id = j.subject_id AND e.fact = j.fact AND e.n = j.n
              ORDER BY j.seq DESC LIMIT $1";
    OF_ORDER = "SELECT j.seq, j.hash, j.sealed_at, e.* FROM orders o
                JOIN journal_entries j ON j.subject_id = o.id
                JOIN ledger_entries e ON e.subject_id = j.subject_id AND e.fact = j.fact AND e.n = j.n
                WHERE o.journal_key = $1 ORDER BY j.seq LIMIT $2";
    HASHES = "SELECT seq, hash FROM journal_entries WHERE seq IN ($1)";
}

row! {
    /// A sealed row of the ledger.
    #[derive(Clone, Debug)]
    pub struct SealedRow {
        pub seq: i64,
        pub hash: String,
        pub sealed_at: At,
        pub row: ledger::Entry,
    }
}

/// An entry as it is published: one line of JSON.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its number.
    pub seq: i64,
    /// The entry in the form of RFC 8785, its hash included.
    pub body: String,
}

/// Entries after `seq`, at most `most`.
pub async fn after(conn: &mut Conn, seq: i64, most: i64) -> Result<Vec<Line>> {
    let rows = sealed_after(conn, seq, most).await?;
    lines(conn, rows).await
}

/// The rows of the ledger behind the entries after `seq`, at most `most`.
pub async fn sealed_after(conn: &mut Conn, seq: i64, most: i64) -> Result<Vec<SealedRow>> {
    q(AFTER).bind(seq).bind(most).all(conn).await
}

/// The newest entries, newest first.
pub async fn latest(conn: &mut Conn, most: i64) -> Result<Vec<Line>> {
    let rows = q(LATEST).bind(most).all(conn).await?;
    lines(conn, rows).await
}

/// The entries of an order, by the reference that its owner holds.
pub async fn of_order(conn: &mut Conn, order_ref: &str, most: i64) -> Result<Vec<Line>> {
    let Some(key) = number_of_hex(order_ref) else { return Ok(Vec::new()) };
    let rows = q(OF_ORDER).bind(key).bind(most).all(conn).await?;
    lines(conn, rows).await
}

async fn lines(conn: &mut Conn, rows: Vec<SealedRow>) -> Result<Vec<Line>> {
    let entries = entries(conn, &rows).await?;
    entries.into_iter().map(|entry| Ok(Line { seq: entry.seq, body: entry.canonical()? })).collect()
}

/// What the journal says of sealed rows.
pub async fn entries(conn: &mut Conn, rows: &[SealedRow]) -> Result<Vec<Entry>> {
    let ledger: Vec<ledger::Entry> = rows.iter().map(|sealed| sealed.row.clone()).collect();
    let names = Names::read(conn, &ledger).await?;
    let hashes: Vec<(i64, String)> =
        Query::with_list(HASHES, rows.iter().map(|sealed| sealed.seq - 1)).all(conn).await?;
    let hashes: std::collections::HashMap<i64, String> = hashes.into_iter().collect();
    let entry = |sealed: &SealedRow| {
        let prev = hashes.get(&(sealed.seq - 1)).cloned().unwrap_or_else(|| GENESIS.to_owned());
        let entry = names.published(&sealed.row, sealed.seq, prev, sealed.sealed_at)?;
        Ok(Entry { hash: sealed.hash.clone(), ..entry })
    };
    rows.iter().map(entry).collect()
}
