//! A payment, and money that is to go back, as the provider sees them.

use crate::kernel::{At, Fen, closed_set};

/// What the provider says of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Waits for the payer.
    Open,
    /// The payer has acted; the result is not there yet, and it can't be given up meanwhile.
    Processing,
    /// Captured then, so much.
    Captured(At, Fen),
    /// Refused; the payer may try again.
    Refused,
    /// Given up there: nothing comes any more.
    Cancelled,
}

closed_set! {
    /// Where money that is to go back stands at the provider.
    pub enum BackState {
        /// Taken on, not there yet.
        Pending = "pending",
        /// With the payer.
        Succeeded = "succeeded",
        /// It stays here: the provider or the payer's bank refused it, perhaps after a success.
        Failed = "failed",
    }
}

/// Money that is to go back, as the provider sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoingBack {
    /// The provider's name for it.
    pub reference: String,
    pub state: BackState,
    /// Since when.
    pub at: At,
}
