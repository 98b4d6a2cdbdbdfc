//! A connection of either engine.

use std::time::Duration;

use sqlx::{Postgres, Sqlite, pool::PoolConnection};

/// How long a request waits for a connection before it is answered 503.
pub(super) const ACQUIRE: Duration = Duration::from_secs(3);

/// Ends of a transaction.
pub(super) const COMMIT: &str = "COMMIT";
pub(super) const ROLLBACK: &str = "ROLLBACK";

/// Which engine is behind the façade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// SQLite in the data folder.
    Sqlite,
    /// PostgreSQL or an engine that speaks its protocol.
    Postgres,
}

impl Engine {
    /// The Monday of a day in a column of text, for which the engines have no word in common.
    pub fn monday(self, column: &str) -> String {
        match self {
            Self::Sqlite => format!("date({column}, 'weekday 0', '-6 days')"),
            Self::Postgres => format!("to_char(date_trunc('week', CAST({column} AS date)), 'YYYY-MM-DD')"),
        }
    }
}

/// A held connection of either engine.
pub enum Conn {
    Sqlite(PoolConnection<Sqlite>),
    /// To PostgreSQL.
    Postgres(PoolConnection<Postgres>),
}

impl Conn {
    /// Closes the connection instead of giving it back, because its state is not known.
    pub(super) async fn discard(self) {
        let closed = match self {
            Self::Sqlite(conn) => conn.close().await,
            Self::Postgres(conn) => conn.close().await,
        };
        if let Err(error) = closed {
            tracing::debug!(%error, "a connection was dropped instead of closed");
        }
    }

    /// Which engine this connection reaches.
    pub fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }
}
