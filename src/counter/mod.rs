//! The public counter (公开计数) and the journal (公开流水) that it is the sum of.
//!
//! Owns `journal_entries`, `rollups`, `rollup_schemes`. A sale, receipt or refund reaches the ledger with an
//! outbox row; `seal`, run by one leased job, turns the rows into journal entries without personal data
//! (`told` says which, `entry`: RFC 8785 form, SHA-256, each naming the hash before it) and adds them to the
//! sums by cut, span and dimensions (`sums`) in the same transaction. So the figures (`figures`), and the
//! reports that read the same sums, are the journal's sum at the head that they name (I14). `verify`
//! recomputes them from the entries alone, `rebuild` from the ledger; `live` tells pages when they change;
//! `read` pages through the journal.

pub mod audit;
mod cut;
pub mod entry;
pub mod figures;
mod live;
pub mod read;
pub mod rebuild;
pub mod rollup;
pub mod seal;
mod sums;
pub mod told;
pub mod verify;

pub use cut::{Cut, Grain};
pub use entry::{Entry, EntryKind, GENESIS};
pub use figures::Figures;
pub use live::Live;
