//! The shape of an audit: named checks over one snapshot, each telling what does not hold.
//!
//! A check is a statement that answers one row, its `subject`, for each fault, and nothing while the
//! invariant holds. Capabilities keep theirs in `audit.rs`; `yanxi audit` runs them all. Nothing is
//! written. Work that is underway (outbox rows, refunds on their way) is never a fault.

use super::{Conn, Query, audit_log, closed, q, row};
use crate::kernel::{At, Day, Result};

/// One check.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    /// Its name, `capability.what`.
    pub name: &'static str,
    /// The invariant it holds, as docs name it.
    pub invariant: &'static str,
    /// What must hold, in words.
    pub says: &'static str,
    /// The statement that answers the faults.
    pub sql: &'static str,
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Name of the check.
    pub name: &'static str,
    /// The invariant.
    pub invariant: &'static str,
    /// What must hold.
    pub says: &'static str,
    /// How many faults.
    pub faults: i64,
    /// One of them; empty while the invariant holds.
    pub example: String,
}

/// Declares checks, `I1 "name", "what must hold" = "statement";`, as `CHECKS`.
macro_rules! checks {
    ($($invariant:ident $name:literal, $says:literal = $sql:expr;)*) => {
        /// What is checked here.
        pub const CHECKS: &[$crate::db::audit::Check] = &[$(
            $crate::db::audit::Check { name: $name, invariant: stringify!($invariant), says: $says, sql: $sql },
        )*];
        $( ::inventory::submit! {
            $crate::db::Declared { name: $name, sql: $sql, place: concat!(file!(), ":", line!()) }
        } )*
    };
}
pub(crate) use checks;

checks! {
    I17 "market.kind", "a database is demonstration or real, and has the rows that processes share" =
        "SELECT 'kind' AS subject WHERE NOT EXISTS (SELECT 1 FROM market WHERE key = 'kind' AND value IN ('demo', 'real'))
         UNION ALL SELECT 'version catalogue' AS subject WHERE NOT EXISTS (SELECT 1 FROM version WHERE name = 'catalogue')";
    I17 "audit_log.count", "the audit log has every act that was counted" =
        "SELECT 'acts' AS subject FROM audit_turn
         WHERE n <> COALESCE((SELECT MAX(seq) FROM audit_log), 0) OR n <> (SELECT CAST(count(*) AS BIGINT) FROM audit_log)";
    I3 "market.idempotency", "a kept key has the first answer with it" =
        "SELECT scope || ' ' || key AS subject FROM idempotency_keys
         WHERE answer IS NULL";
}

row! {
    struct Faults {
        faults: i64,
        example: String,
    }
}

impl Check {
    /// A check that code makes by walking through rows, not one statement.
    pub const fn walk(invariant: &'static str, name: &'static str, says: &'static str) -> Self {
        Self { name, invariant, says, sql: "" }
    }

    /// Runs it.
    pub async fn run(&self, conn: &mut Conn) -> Result<Finding> {
        self.run_text(self.sql, conn).await
    }

    async fn run_text(&self, sql: &str, conn: &mut Conn) -> Result<Finding> {
        let sql = format!(
            "SELECT CAST(count(*) AS BIGINT) AS faults, COALESCE(MIN(subject), '') AS example FROM ({sql}) AS at_fault",
        );
        let found: Faults = Query::composed(sql, Vec::new()).one(conn).await?;
        Ok(self.finding(found.faults, found.example))
    }

    /// Its finding.
    pub fn finding(&self, faults: i64, example: String) -> Finding {
        Finding { name: self.name, invariant: self.invariant, says: self.says, faults, example }
    }

    /// Its finding from a list of subjects at fault.
    pub fn finding_of(&self, faults: &[String]) -> Finding {
        let example = faults.first().cloned().unwrap_or_default();
        self.finding(i64::try_from(faults.len()).unwrap_or(i64::MAX), example)
    }

    /// A check whose statement answers `(day, first instant, last instant)`: each instant must lie in
    /// its day in Asia/Shanghai (I18).
    pub async fn run_days(&self, conn: &mut Conn) -> Result<Finding> {
        let days: Vec<(String, At, At)> = q(self.sql).all(conn).await?;
        let holds = |(day, first, last): &(String, At, At)| {
            day.parse::<Day>().is_ok_and(|day| first.day() == day && last.day() == day)
        };
        let faults: Vec<String> = days.into_iter().filter(|row| !holds(row)).map(|row| row.0).collect();
        Ok(self.finding_of(&faults))
    }
}

/// Runs checks in turn.
pub async fn run(checks: &[Check], conn: &mut Conn) -> Result<Vec<Finding>> {
    let mut found = Vec::with_capacity(checks.len());
    for check in checks {
        found.push(check.run(conn).await?);
    }
    Ok(found)
}

/// What holds of all tables, those that all share, and the chain of the audit log (I17, I19).
pub async fn shared(conn: &mut Conn) -> Result<Vec<Finding>> {
    let mut found = run(CHECKS, conn).await?;
    found.push(WORDS.run_text(&closed::strangers(), conn).await?);
    found.push(log_chain(conn).await?);
    Ok(found)
}

/// Its statement is made of the declared tables.
const WORDS: Check = Check::walk("I19", "market.words", "a column of a closed set holds a word of that set");

/// The audit log is one chain.
const LOG_CHAIN: Check =
    Check::walk("I17", "audit_log.chain", "each act in the audit log follows the hash of the act before it");

async fn log_chain(conn: &mut Conn) -> Result<Finding> {
    let broken = audit_log::walk(conn).await?.broken;
    Ok(LOG_CHAIN.finding(i64::from(broken.is_some()), broken.map_or_else(String::new, |seq| format!("row {seq}"))))
}
