//! Households that a cooperative works with: what they are, and what binds them to it.

use crate::kernel::closed_set;

closed_set! {
    /// What a household is in the register of the villages.
    pub enum HouseholdKind {
        /// Out of poverty (脱贫户).
        PovertyAlleviated = "poverty_alleviated",
        /// Watched, that it does not fall back (监测户).
        Monitored = "monitored",
        /// Any other (一般农户).
        General = "general",
    }
}

closed_set! {
    /// What binds a household to its cooperative (联农带农机制).
    pub enum HouseholdLink {
        /// It sells to the cooperative.
        Purchase = "purchase",
        /// It works there.
        Work = "work",
        /// It has a share of the gain.
        Dividend = "dividend",
        /// It leases out its land.
        Lease = "lease",
        /// The cooperative tends its land for it.
        Trust = "trust",
    }
}
