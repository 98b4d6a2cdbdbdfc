//! How many statements and commits this process ran: what a call costs, for tests and measurements.

use std::sync::atomic::{AtomicU64, Ordering};

static STATEMENTS: AtomicU64 = AtomicU64::new(0);
static COMMITS: AtomicU64 = AtomicU64::new(0);

/// Statements and commits since the process began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// All that was sent to a database but BEGIN, COMMIT and the like.
    pub statements: u64,
    /// Commits of transactions that write.
    pub commits: u64,
}

/// The counts so far.
pub fn counts() -> Counts {
    Counts { statements: STATEMENTS.load(Ordering::Relaxed), commits: COMMITS.load(Ordering::Relaxed) }
}

/// Words by which transactions begin and end.
const ENDS: [&str; 5] = ["BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE"];

pub(super) fn statement(sql: &str) {
    if !ENDS.iter().any(|word| sql.starts_with(word)) {
        STATEMENTS.fetch_add(1, Ordering::Relaxed);
    }
}

pub(super) fn commit() {
    COMMITS.fetch_add(1, Ordering::Relaxed);
}
