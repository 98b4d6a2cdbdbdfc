//! What the database is and keeps for itself, by key: its kind for ever, secrets made once.

use super::{Conn, Tx, insert, q, select, statements, table};
use crate::kernel::Result;

statements! {
    FIND = select!(Entry, "WHERE key = $1");
}

table! {
    struct Entry in "market" or "ON CONFLICT (key) DO NOTHING" {
        key: String,
        value: String,
    }
}

/// Key of the kind of a database.
const KIND: &str = "kind";

/// Whether a database is a demonstration or real; none before that was decided, which is once.
pub async fn is_demo(conn: &mut Conn) -> Result<Option<bool>> {
    Ok(find(conn, KIND).await?.map(|kind| kind == "demo"))
}

/// Decides what a database is, where that is not decided yet.
pub async fn decide(tx: &mut Tx, demo: bool) -> Result<()> {
    keep_first(tx, KIND, if demo { "demo" } else { "real" }).await
}

/// Keeps a value where the key has none yet.
pub async fn keep_first(tx: &mut Tx, key: &str, value: &str) -> Result<()> {
    insert(tx, &Entry { key: key.to_owned(), value: value.to_owned() }).await.map(|_| ())
}

/// The value of a key.
pub async fn find(conn: &mut Conn, key: &str) -> Result<Option<String>> {
    let entry: Option<Entry> = q(FIND).bind(key).opt(conn).await?;
    Ok(entry.map(|entry| entry.value))
}
