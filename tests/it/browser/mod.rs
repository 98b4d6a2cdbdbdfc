//! The market in a real browser, at the size of a phone and of a desk: what people touch.
//!
//! Each test starts the program on a seeded copy, a chromedriver of its own on a free port, and ends
//! both. Nothing waits for luck: every step waits for what it needs, within a limit.

mod buying;
mod pages;
mod screenshots;
mod window;

pub use window::{DESK, PHONE, SMALL, Window};
use yanxi::db::Engine;

use crate::support::{Market, runtime};

/// Runs a story in a browser over a fresh demonstration market; skips where there is no browser.
fn story<F: Future<Output = ()>>(tell: impl FnOnce(Market) -> F) {
    if !window::at_hand() {
        return;
    }
    runtime().block_on(async {
        let Some(market) = Market::start(Engine::Sqlite, &[]).await else { return };
        tell(market).await;
    });
}
