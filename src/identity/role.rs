//! Roles: what a person may do, denied where not named.

use crate::kernel::closed_set;

closed_set! {
    /// The role of an account; each has exactly one.
    pub enum Role {
        /// Buys.
        Shopper = "shopper",
        /// Works for a cooperative (合作社).
        Coop = "coop",
        /// Sells at a hall counter (专馆店员).
        Clerk = "clerk",
        /// Reads reports for the commerce bureau (商务局).
        Bureau = "bureau",
        /// Runs the market (运营).
        Operator = "operator",
    }
}

impl Role {
    /// Whether the role is staff: sessions are short and acts are logged.
    pub fn is_staff(self) -> bool {
        self != Self::Shopper
    }
}
