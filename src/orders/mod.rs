//! Orders (订单): from a quote to goods received, one order for several cooperatives.
//!
//! Owns `orders`, `order_contacts`, `seller_orders`, `order_lines`, `line_parts`, `order_events`,
//! `shipments`, `shipment_lines`, `shipment_scans`, `refunds`, `refund_lines`. Invariants I2, I4, I5, I7, I8.
//! The way of an order: `place` turns a quote into rows and holds stock; `pay` opens a payment;
//! `payment_result` is the one path on which a payment's result reaches the order (webhook, browser and
//! poller call it); `ship` and `receive` move the goods; `end` cancels and expires; `refund`
//! promises money back, sends it, and books it. Each verb is one transaction that also posts to
//! the ledger (`books`) and leaves outbox rows; `draft` builds an order's rows and `record` inserts
//! them, for one order or many; `past` writes whole past lives for generators; `read` and `view` answer.

pub mod account;
pub mod audit;
pub mod books;
pub mod draft;
pub mod end;
pub mod listing;
pub mod past;
mod past_rows;
pub mod pay;
pub mod payment_result;
pub mod place;
pub mod read;
pub mod receive;
pub mod record;
pub mod refund;
mod refund_split;
pub mod ship;
pub mod state;
pub mod statement;
mod store;
pub mod view;

use crate::{
    db::{Db, Work, idempotency},
    kernel::{Actor, Clock, Step},
    payments::Provider,
};

pub use state::{OrderState, SellerOrderState};

/// What every verb of orders needs; cheap to clone.
#[derive(Clone)]
pub struct Trade {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Who moves the money.
    pub provider: Provider,
    /// Idempotency keys that run in this process.
    pub keys: idempotency::Running,
    /// Seconds for which an unpaid order holds stock (`YANXI_HOLD_SECONDS`).
    pub hold_seconds: i64,
}

impl Trade {
    /// A unit of work of an actor.
    pub fn work(&self, by: Actor, key: Option<&idempotency::Key>) -> Work {
        let (db, clock, running) = (self.db.clone(), self.clock.clone(), self.keys.clone());
        Work { db, clock, by, key: key.cloned(), running }
    }

    /// A step of this instant by an actor.
    pub fn step(&self, by: Actor) -> Step {
        Step::new(self.clock.now(), by)
    }
}
