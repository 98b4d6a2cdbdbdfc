//! A payment as its provider sees it.

use crate::kernel::{At, Fen};

/// What the provider says of a payment when it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// No result yet.
    Open,
    /// Captured then, so much.
    Captured(At, Fen),
    Refused,
}
