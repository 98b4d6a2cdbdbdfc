//! The ledger (账本): every movement of money once, as one row from a debit to a credit account.
//!
//! Owns `ledger_entries`, `dimensions`, `dimension_schemes` and `closed_months`. A capability that changes money
//! calls `post::post` in the transaction of the change (I6, I14): the rows of a fact, which is booked once for
//! its subject. A fact that counts also leaves an outbox row, from which the sealer makes the public journal and
//! the sums of reports. `dimensions` are what a row is counted by, `closing` decides on which day it is booked,
//! `account` names whose money it is. Rows are never changed; a correction is another row.

pub mod account;
pub mod audit;
pub mod closing;
pub mod dimensions;
pub mod post;

pub use dimensions::Dimensions;
pub use post::{Entry, Kind};

/// Version of the definitions by which figures are folded from the ledger (C27).
pub const DEFINITION_VERSION: &str = "2026-1";
