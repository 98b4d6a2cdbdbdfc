//! Whom a report is drawn for.

use crate::kernel::{At, Lang};

/// For whom a report is drawn, and when.
#[derive(Clone, Copy, Debug)]
pub struct Sight {
    /// The instant now.
    pub now: At,
    /// Language of heads and labels.
    pub lang: Lang,
    /// Whether the database is a demonstration.
    pub demo: bool,
}
