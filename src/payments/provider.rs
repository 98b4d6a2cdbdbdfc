//! The seam to whoever moves the money: `Provider` has a variant for each, `Providers` are those of one market,
//! one for each method that it offers.

use std::sync::Arc;

use super::{
    Event, GoingBack, Method, Opened, Payment, Seen, event,
    sandbox::{self, Sandbox},
};
use crate::{
    db::{Db, market},
    kernel::{At, Code, Fen, RefundTenderId, Refusal, Result},
};

/// The providers of a market, by the method that each serves. A method without one is not offered.
#[derive(Clone)]
pub struct Providers(Arc<[Provider]>);

impl Providers {
    /// Those of a database: the sandbox, which moves no money, only where it is a demonstration.
    pub async fn of(db: &Db) -> Result<Self> {
        let demo = market::is_demo(&mut db.read().await?).await?.unwrap_or(false);
        let sandbox = if demo { Some(Provider::Sandbox(sandbox::of(db).await?)) } else { None };
        Ok(Self(sandbox.into_iter().collect()))
    }

    /// All of them.
    pub fn each(&self) -> impl Iterator<Item = &Provider> {
        self.0.iter()
    }

    /// The methods that are offered, the first one first.
    pub fn methods(&self) -> impl Iterator<Item = Method> {
        self.0.iter().map(Provider::method)
    }

    /// Who serves a method; refuses one that is not offered.
    pub fn of_method(&self, method: Method) -> Result<&Provider> {
        let found = self.0.iter().find(|provider| provider.method() == method);
        found.ok_or_else(|| Refusal::of_field("method", Code::MethodUnavailable).with("method", method).into())
    }

    /// The sandbox; there is none outside a demonstration.
    pub fn sandbox(&self) -> Result<&Sandbox> {
        let found = self.0.iter().map(|Provider::Sandbox(sandbox)| sandbox).next();
        found.ok_or_else(|| Refusal::new(Code::NotFound).into())
    }

    /// The event of a body that one of the providers signed; refuses everything else alike (A1).
    pub fn event(&self, signature: &str, body: &[u8], now: At) -> Result<Event> {
        let secret = self.0.first().map_or("", Provider::webhook_secret);
        event::open(secret, signature, body, now)
    }
}

/// A provider of payments.
#[derive(Clone)]
pub enum Provider {
    /// The demonstration's own, which acts as Stripe does.
    Sandbox(Sandbox),
}

impl Provider {
    /// The method that it serves.
    pub fn method(&self) -> Method {
        match self {
            Self::Sandbox(_) => Method::Sandbox,
        }
    }

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

    /// Asks after many payments in one question; the answers stand in the order of the names.
    pub async fn look_all(&self, db: &Db, references: &[String]) -> Result<Vec<Seen>> {
        match self {
            Self::Sandbox(sandbox) => sandbox.look_all(db, references).await,
        }
    }

    /// Gives a payment up, so that nothing comes of it any more; answers where it stands then, which is not
    /// cancelled where the payer was faster.
    pub async fn cancel(&self, db: &Db, reference: &str) -> Result<Seen> {
        match self {
            Self::Sandbox(sandbox) => sandbox.cancel(db, reference).await,
        }
    }

    /// Asks after money that is on its way back.
    pub async fn look_back(&self, db: &Db, reference: &str) -> Result<GoingBack> {
        match self {
            Self::Sandbox(sandbox) => sandbox.look_back(db, reference).await,
        }
    }

    /// Sends money back; the id of the refund's tender is the idempotency key, so that a repeat does nothing.
    pub async fn refund(
        &self,
        db: &Db,
        reference: &str,
        tender: &RefundTenderId,
        order: (Fen, At),
    ) -> Result<GoingBack> {
        match self {
            Self::Sandbox(sandbox) => sandbox.refund(db, reference, tender, order).await,
        }
    }

    /// Secret of the signatures on its events.
    fn webhook_secret(&self) -> &str {
        match self {
            Self::Sandbox(sandbox) => &sandbox.secret,
        }
    }
}
