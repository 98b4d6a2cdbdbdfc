//! Roles: what a person may do, denied where not named.

use crate::kernel::{ActorRole, closed_set};

closed_set! {
    /// The role of an account; each has exactly one.
    pub enum Role {
        /// Buys.
        Shopper = "shopper" ["买家", "Shopper"],
        /// Works for a cooperative (合作社).
        Coop = "coop" ["合作社", "Cooperative"],
        /// Sells at a hall counter (专馆店员).
        Clerk = "clerk" ["店员", "Clerk"],
        /// Reads reports for the commerce bureau (商务局).
        Bureau = "bureau" ["商务局", "Bureau"],
        /// Runs the market (运营).
        Operator = "operator" ["运营", "Operator"],
    }
}

impl Role {
    /// Whether the role is staff: sessions are short and acts are logged.
    pub fn is_staff(self) -> bool {
        self != Self::Shopper
    }
}

impl From<Role> for ActorRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Shopper => Self::Shopper,
            Role::Coop => Self::Coop,
            Role::Clerk => Self::Clerk,
            Role::Bureau => Self::Bureau,
            Role::Operator => Self::Operator,
        }
    }
}
