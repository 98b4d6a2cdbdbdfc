//! Who does something, when, and with which randomness.

use super::{At, PersonId, Random};

/// Who acts: a role, and the person where one is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// `shopper`, `guest`, `coop`, `clerk`, `bureau`, `operator`, `provider` or `system`.
    pub role: &'static str,
    /// The person, if signed in.
    pub person: Option<PersonId>,
}

impl Actor {
    /// The market itself: jobs and generators.
    pub const SYSTEM: Self = Self { role: "system", person: None };
    /// The payment provider.
    pub const PROVIDER: Self = Self { role: "provider", person: None };
    /// A buyer who is not signed in.
    pub const GUEST: Self = Self { role: "guest", person: None };
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
