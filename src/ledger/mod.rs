//! The ledger (账本): every movement of money once, as one row from a debit to a credit account.
//!
//! Owns `ledger_entries`. A capability that changes money calls `post` in the transaction of the
//! change (I6, I14); each posted fact also leaves an outbox row, from which the sealer
//! makes the public journal. Rows are never changed; a correction is another row.

pub mod audit;
pub mod post;

pub use post::{Entry, Kind};

/// Version of the definitions by which figures are folded from the ledger (C27).
pub const DEFINITION_VERSION: &str = "2026-1";
