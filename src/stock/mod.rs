//! Stock (库存): what is on hand where, what is held for unpaid orders, and every movement.
//!
//! Owns `stock_levels`, `stock_holds`, `stock_holders`, `stock_movements`, `batches`. An order holds its units when it is
//! placed, takes them when it is paid, and releases them when it ends unpaid, each exactly once;
//! every change is a guarded UPDATE in key order, so that two buyers never get the last box (I1). Units lie at a
//! location, `online` or an outlet, and move between two by a pair of movements (`transfer`).

pub mod adjust;
pub mod audit;
pub mod batch;
pub mod hold;
pub mod holder;
pub mod level;
pub mod movement;
pub mod trace;
pub mod transfer;

pub use level::{Demand, ONLINE};
