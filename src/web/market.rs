//! What every handler can reach.

use std::{
    ops::Deref,
    sync::{Arc, atomic::AtomicBool},
};

use super::limits::Limits;
use crate::{
    catalogue::Shelf,
    config::Config,
    counter::Live,
    db::{Db, Work, idempotency::Key},
    kernel::{Actor, At, Lang},
    orders::Trade,
    reports::Sight,
    search::Engine,
};

/// The market as handlers see it: one pointer, cloned several times for each request.
#[derive(Clone)]
pub struct Market(Arc<Parts>);

impl Deref for Market {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl From<Parts> for Market {
    fn from(market: Parts) -> Self {
        Self(Arc::new(market))
    }
}

/// What a running market consists of.
#[derive(Clone)]
pub struct Parts {
    /// Orders and all they need: database, clock, provider, keys.
    pub trade: Trade,
    /// What is published, in memory.
    pub shelf: Shelf,
    /// Search over it.
    pub search: Engine,
    /// The public counter's figures as they change.
    pub counter: Live,
    /// The environment.
    pub config: Arc<Config>,
    /// Whether this database is a demonstration.
    pub demo: bool,
    /// Requests by client address.
    pub limits: Limits,
    /// Rendered public pages.
    pub pages: super::pages::Cache,
    /// Whether the database file was found whole; a damaged one takes the process off duty.
    pub sound: Arc<AtomicBool>,
}

impl Parts {
    /// The database.
    pub fn db(&self) -> &Db {
        &self.trade.db
    }

    /// A unit of work of an actor.
    pub fn work(&self, by: Actor, key: Option<Key>) -> Work {
        Work { key, ..self.trade.work(by, None) }
    }

    /// For whom a report is drawn, and when.
    pub fn sight(&self, lang: Lang) -> Sight {
        Sight { now: self.now(), lang, demo: self.demo }
    }

    /// The instant now.
    pub fn now(&self) -> At {
        self.trade.clock.now()
    }
}
