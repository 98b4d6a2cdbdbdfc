//! Orders (订单): from a quote to goods received, one order for several cooperatives.
//!
//! Owns `orders`, `order_contacts`, `seller_orders`, `order_lines`, `line_discounts`, `line_parts`, `order_events`,
//! `shipments`, `shipment_lines`, `shipment_scans`, `refunds`, `refund_tenders`, `refund_lines`. Invariants I2, I4, I5, I7, I8.
//! The way of an order: `place` turns a quote into rows and holds stock; `pay` opens a payment;
//! `hear` takes what the provider says by itself, `ask` what it answers (browser's return, poller), and `payment_result` is the one path
//! on which a payment's result reaches the order; `sell` is the door to the books; `ship` and `receive` move the goods, `deliver` is the door of receipts; `cancel` and `expire` end it (`unpaid`); `refund`
//! promises money back, sends it, and books it. Each verb is one transaction (`pay` and `refund`, which ask a provider, several) that also posts to
//! the ledger (`books`) and leaves outbox rows. `record` declares the tables' rows, `draft` builds those of
//! a new order, `store` writes them, for one order or many; `read`, `listing`, `find` and `view` answer.

pub mod account;
pub mod ask;
pub mod audit;
pub mod books;
pub mod cancel;
pub mod deliver;
pub mod draft;
pub mod expire;
pub mod find;
pub mod hear;
pub mod kinds;
pub mod listing;
pub mod odd;
pub mod pay;
pub mod payment_result;
pub mod place;
pub mod read;
pub mod receive;
pub mod record;
pub mod reference;
pub mod refund;
pub mod review;
pub mod sell;
pub mod ship;
pub mod state;
pub mod statement;
pub mod store;
pub mod token;
mod unpaid;
pub mod view;

use crate::{
    db::{Db, Work, idempotency},
    kernel::{Actor, Clock, Step},
    payments::Providers,
};

pub use state::{OrderState, SellerOrderState};

/// What every verb of orders needs; cheap to clone.
#[derive(Clone)]
pub struct Trade {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Who moves the money, by method.
    pub providers: Providers,
    /// Idempotency keys that run in this process.
    pub keys: idempotency::Running,
    /// Makes the bearer tokens of orders.
    pub tokens: token::OrderTokens,
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
