//! Payments (支付): attempts to pay an order, the provider behind them, its signed events.
//!
//! Owns `payments`, `payment_events`, `sandbox_intents`, `sandbox_refunds`. `state` says which
//! changes a payment may make (I4: a late failure never undoes a success), `store` makes them by
//! guarded updates, `provider` is the seam to whoever moves the money, by method, `sandbox` acts as Stripe
//! does where the database is a demonstration, `event` checks a signature on the raw bytes and reads what happened. What a payment
//! means for its order is decided in `orders`.

pub mod audit;
pub mod event;
pub mod provider;
pub mod sandbox;
mod seen;
pub mod state;
pub mod store;

pub use event::{About, Event, PaymentTold, RefundTold};
pub use provider::{Provider, Providers};
pub use seen::{BackState, GoingBack, Seen};
pub use state::{Method, PaymentState};
pub use store::{EventOutcome, ForPayer, KeptEvent, Opened, Payment};
