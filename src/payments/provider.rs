//! The seam to whoever moves the money. Stripe takes the sandbox's place when it is configured.

use super::{Opened, Payment, Seen, sandbox::Sandbox};
use crate::{
    db::Db,
    kernel::{At, Fen, RefundId, Result},
};

/// A provider of payments.
#[derive(Clone)]
pub enum Provider {
    /// The demonstration's own, which acts as Stripe does.
    Sandbox(Sandbox),
}

impl Provider {
    /// Makes a payment known to the provider; its id is the idempotency key, so that a repeat gets the same answer.
    /// Never within a transaction: it is a call over the network.
    pub async fn open(&self, db: &Db, payment: &Payment) -> Result<Opened> {
        match self {
            Self::Sandbox(sandbox) => sandbox.open(db, payment).await,
        }
    }

    /// Asks after a payment.
    pub async fn look(&self, db: &Db, reference: &str) -> Result<Seen> {
        match self {
            Self::Sandbox(sandbox) => sandbox.look(db, reference).await,
        }
    }

    /// Sends money back; the refund's id is the idempotency key, so that a repeat does nothing.
    pub async fn refund(&self, db: &Db, reference: &str, refund: &RefundId, order: (Fen, At)) -> Result<String> {
        match self {
            Self::Sandbox(sandbox) => sandbox.refund(db, reference, refund, order).await,
        }
    }

    /// Secret of the signatures on its events.
    pub fn webhook_secret(&self) -> &str {
        match self {
            Self::Sandbox(sandbox) => &sandbox.secret,
        }
    }
}
