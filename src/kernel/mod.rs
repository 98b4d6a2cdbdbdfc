//! Values and rules without I/O: money, weight, time, ids, languages, refusals.
//!
//! Everything here is pure; every other module builds on it and it uses none of them.
//! Raw strings and numbers become these types at the edge (`parse`), so inner code
//! needs no further checks. A business "no" is a [`Refusal`], a broken machine an [`Error`].

pub mod actor;
pub mod closed_set;
pub mod error;
pub mod hash;
pub mod id;
pub mod kinds;
pub mod lang;
pub mod money;
pub mod network;
pub mod parse;
pub mod random;
pub mod refusal;
pub mod season;
pub mod term;
pub mod time;
pub mod typed;
pub mod weight;

pub use actor::{Actor, ActorRole, Step};
pub use closed_set::{ClosedSet, Named};
pub use error::{Error, Result};
pub use id::*;
pub use kinds::{BuyerClass, Carrier, Channel, Fulfilment, RegionLevel, ReturnClass};
pub use lang::Lang;
pub use money::{Bp, Fen};
pub use network::Network;
pub use random::Random;
pub use refusal::{Code, Refusal};
pub use season::Season;
pub use term::Term;
pub use time::{At, Clock, Day};
pub use typed::{CreditCode, Phone, Qty, RegionCode, SkuCode, TaxNo};
pub use weight::Grams;

pub(crate) use closed_set::closed_set;
