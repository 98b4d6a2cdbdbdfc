//! What a database error means: try again, come back later, or a fault.

use sqlx::Error as Sql;

use crate::kernel::{Code, Error, Refusal};

/// PostgreSQL: serialization failure, deadlock, lock not available.
const CONFLICT: [&str; 3] = ["40001", "40P01", "55P03"];
/// PostgreSQL: a text with a zero byte. Bodies and queries with one are refused before; it stands in a path,
/// and nothing is named by it.
const NO_TEXT: &str = "22021";
/// PostgreSQL classes: connection, resources, operator intervention (shutdown), system error.
const AWAY: [&str; 4] = ["08", "53", "57", "58"];
/// SQLite primary codes: busy, locked.
const BUSY: [i64; 2] = [5, 6];
/// SQLite primary codes: read-only disk, I/O error, full, cannot open.
const DISK: [i64; 4] = [8, 10, 13, 14];

/// Whether a change was refused because another row has its unique value.
pub(super) fn is_taken(error: &Error) -> bool {
    let Error::Fault(fault) = error else { return false };
    let Some(Sql::Database(inner)) = fault.downcast_ref::<Sql>() else { return false };
    inner.is_unique_violation()
}

impl From<Sql> for Error {
    fn from(error: Sql) -> Self {
        match &error {
            Sql::PoolTimedOut | Sql::PoolClosed | Sql::Io(_) | Sql::Tls(_) | Sql::Protocol(_) | Sql::WorkerCrashed => {
                Self::Unavailable(error.into())
            }
            Sql::Database(inner) => {
                let code = inner.code().unwrap_or_default().into_owned();
                let primary = code.parse::<i64>().map(|c| c & 0xff).ok().filter(|_| code.len() < 5);
                if CONFLICT.contains(&code.as_str()) || primary.is_some_and(|c| BUSY.contains(&c)) {
                    Self::Conflict(error.into())
                } else if code == NO_TEXT {
                    Refusal::new(Code::NotFound).into()
                } else if primary.is_some_and(|c| DISK.contains(&c)) || (code.len() == 5 && AWAY.contains(&&code[..2]))
                {
                    Self::Unavailable(error.into())
                } else {
                    Self::Fault(error.into())
                }
            }
            _ => Self::Fault(error.into()),
        }
    }
}
