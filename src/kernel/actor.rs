//! Who does something, when, and with which randomness.

use super::{At, PersonId, Random, closed_set};

closed_set! {
    /// In which role somebody acts, as an order's way and the log of acts tell it.
    pub enum ActorRole {
        /// A buyer with an account.
        Shopper = "shopper" ["买家", "buyer"],
        /// A buyer without one.
        Guest = "guest" ["买家", "buyer"],
        Coop = "coop" ["合作社", "cooperative"],
        /// A hall's counter.
        Clerk = "clerk" ["店员", "clerk"],
        /// The commerce bureau.
        Bureau = "bureau" ["商务局", "bureau"],
        /// Who runs the market.
        Operator = "operator" ["平台", "market"],
        Provider = "provider" ["支付机构", "payment provider"],
        /// The market itself: jobs and generators.
        System = "system" ["系统", "system"],
    }
}

/// Who acts: a role, and the person where one is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    pub role: ActorRole,
    /// The person, if signed in.
    pub person: Option<PersonId>,
}

impl Actor {
    /// The market itself: jobs and generators.
    pub const SYSTEM: Self = Self { role: ActorRole::System, person: None };
    /// The payment provider.
    pub const PROVIDER: Self = Self { role: ActorRole::Provider, person: None };
    /// A buyer who is not signed in.
    pub const GUEST: Self = Self { role: ActorRole::Guest, person: None };
}

/// One act: its instant, its actor, and the random that make its ids.
#[derive(Clone, Debug)]
pub struct Step {
    pub at: At,
    pub by: Actor,
    /// Ids and tokens.
    pub random: Random,
}

impl Step {
    /// An act of the real market, with the system's randomness.
    pub fn new(at: At, by: Actor) -> Self {
        Self { at, by, random: Random::System }
    }
}
