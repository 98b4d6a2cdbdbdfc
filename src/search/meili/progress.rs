//! What the leading process knows of the index that it keeps.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Instant,
};

/// What the leading process knows of the index.
#[derive(Default)]
pub struct Progress {
    /// Versions by code as last confirmed; none where nothing is known.
    pub confirmed: Option<BTreeMap<String, u64>>,
    /// Codes that were sent since and may stand in either state.
    pub touched: BTreeSet<String>,
    pub failures: u32,
    /// No attempt before this.
    pub rests_until: Option<Instant>,
}
