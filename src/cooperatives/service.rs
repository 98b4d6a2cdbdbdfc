//! How goods travel.

use crate::kernel::closed_set;

closed_set! {
    /// How goods travel; a cooperative has a freight template for each service that it gives.
    pub enum Service {
        /// At the weather's temperature.
        Ambient = "ambient" ["常温", "Ambient"],
        /// Cold all the way.
        ColdChain = "cold_chain" ["全程冷链", "Cold chain"],
    }
}
