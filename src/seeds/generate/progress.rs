//! Tells how far a generation is.

use std::time::{Duration, Instant};

/// How often progress is told.
const PATIENCE: Duration = Duration::from_secs(5);

/// Tells from time to time how far a generation is.
pub(super) struct Progress {
    what: &'static str,
    all: u64,
    begun: Instant,
    told: Instant,
}

impl Progress {
    pub(super) fn new(what: &'static str, all: u64) -> Self {
        let begun = Instant::now();
        Self { what, all, begun, told: begun }
    }

    pub(super) fn at(&mut self, done: u64) {
        if done >= self.all || self.told.elapsed() >= PATIENCE {
            self.told = Instant::now();
            println!("{done} of {} {} after {:.1} s", self.all, self.what, self.begun.elapsed().as_secs_f64());
        }
    }
}
