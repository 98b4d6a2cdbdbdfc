//! The seam to whoever moves the money. Stripe takes the sandbox's place when it is configured.

use super::{Seen, sandbox::Sandbox};
use crate::{
    db::{Db, Tx},
    kernel::{At, Fen, PaymentId, RefundId, Result},
};

/// A provider of payments.
#[derive(Clone)]
pub enum Provider {
    /// The demonstration's own, which acts as Stripe does.
    Sandbox(Sandbox),
}

impl Provider {
    /// The provider's name for a payment, told before the first call so that a crash loses nothing.
    pub fn reference(&self, payment: &PaymentId) -> String {
        match self {
            Self::Sandbox(_) => format!("pi_sandbox_{payment}"),
        }
    }

    /// Page on which the payer pays.
    pub fn pay_page(&self, payment: &PaymentId) -> String {
        match self {
            Self::Sandbox(_) => format!("/pay/{payment}"),
        }
    }

    /// Makes the payment known to the provider.
    pub async fn open(&self, tx: &mut Tx, reference: &str, amount: Fen) -> Result<()> {
        match self {
            Self::Sandbox(sandbox) => sandbox.open(tx, reference, amount).await,
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
