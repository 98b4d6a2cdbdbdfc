//! What every handler can reach.

use std::{
    ops::Deref,
    sync::{Arc, atomic::AtomicBool},
};

use super::limits::Limits;
use crate::{catalogue::Shelf, config::Config, counter::Live, db::Db, kernel::At, orders::Trade, search::Engine};

/// The market as handlers see it: one pointer, cloned several times for each request.
#[derive(Clone)]
pub struct State(Arc<Market>);

impl Deref for State {
    type Target = Market;

    fn deref(&self) -> &Market {
        &self.0
    }
}

impl From<Market> for State {
    fn from(market: Market) -> Self {
        Self(Arc::new(market))
    }
}

/// What a running market consists of.
#[derive(Clone)]
pub struct Market {
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

impl Market {
    /// The database.
    pub fn db(&self) -> &Db {
        &self.trade.db
    }

    /// The instant now.
    pub fn now(&self) -> At {
        self.trade.clock.now()
    }
}
