//! The journal, page by page.

use crate::{
    db::{Conn, q, row, statements},
    kernel::Result,
};

statements! {
    AFTER = "SELECT seq, body FROM journal_entries WHERE seq > $1 ORDER BY seq LIMIT $2";
    LATEST = "SELECT seq, body FROM journal_entries ORDER BY seq DESC LIMIT $1";
    OF_ORDER = "SELECT seq, body FROM journal_entries WHERE order_ref = $1 ORDER BY seq LIMIT $2";
}

row! {
    /// An entry as it is published: one line of JSON.
    #[derive(Clone, Debug)]
    pub struct Line {
        /// Its number.
        pub seq: i64,
        /// The entry in the form of RFC 8785, its hash included.
        pub body: String,
    }
}

/// Entries after `seq`, at most `most`.
pub async fn after(conn: &mut Conn, seq: i64, most: i64) -> Result<Vec<Line>> {
    q(AFTER).bind(seq).bind(most).all(conn).await
}

/// The newest entries, newest first.
pub async fn latest(conn: &mut Conn, most: i64) -> Result<Vec<Line>> {
    q(LATEST).bind(most).all(conn).await
}

/// The entries of an order, by the reference that its owner holds.
pub async fn of_order(conn: &mut Conn, order_ref: &str, most: i64) -> Result<Vec<Line>> {
    q(OF_ORDER).bind(order_ref).bind(most).all(conn).await
}
