//! What the database is and keeps for itself, by key: its kind for ever, secrets made once.

use super::{Conn, Tx, q, statements};
use crate::kernel::Result;

statements! {
    KEEP = "INSERT INTO market (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING";
    FIND = "SELECT value FROM market WHERE key = $1";
}

/// Keeps a value where the key has none yet.
pub async fn keep_first(tx: &mut Tx, key: &str, value: &str) -> Result<()> {
    q(KEEP).bind(key).bind(value).exec(tx).await.map(|_| ())
}

/// The value of a key.
pub async fn find(conn: &mut Conn, key: &str) -> Result<Option<String>> {
    let row: Option<(String,)> = q(FIND).bind(key).opt(conn).await?;
    Ok(row.map(|row| row.0))
}
