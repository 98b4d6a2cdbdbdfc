//! What every test starts from: a fresh database of either engine, and a small shop in it.
//!
//! `on_both! { a_test, … }` runs `async fn a_test(shop: Arc<Shop>)` on SQLite and on PostgreSQL.
//! PostgreSQL is the server of `TEST_POSTGRES_URL` (tests/run starts one); without it a test says
//! its name and that it was skipped.

pub mod api;
pub mod base;
pub mod desk;
pub mod edits;
pub mod market;
pub mod meili;
pub mod shop;
pub mod site;

use std::{
    future::Future,
    io::Write,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

pub use api::{Api, http};
pub use base::Base;
pub use desk::Desk;
pub use market::Market;
pub use shop::Shop;
use yanxi::db::Engine;

/// Names tests that run on both engines.
macro_rules! on_both {
    ($($name:ident,)*) => { $(
        mod $name {
            #[test]
            fn sqlite() {
                $crate::support::run(yanxi::db::Engine::Sqlite, super::$name);
            }

            #[test]
            fn postgres() {
                $crate::support::run(yanxi::db::Engine::Postgres, super::$name);
            }
        }
    )* };
}
pub(crate) use on_both;

/// Runs a story in a fresh shop on an engine, after which every invariant must hold; skips PostgreSQL where there is none.
pub fn run<F: Future<Output = ()>>(engine: Engine, story: impl FnOnce(Arc<Shop>) -> F) {
    runtime().block_on(async {
        let Some(base) = Base::fresh(engine).await else { return };
        let shop = Arc::new(Shop::open(&base).await);
        story(shop.clone()).await;
        shop.audit().await;
        shop.trade.db.close().await;
        base.remove().await;
    });
}

/// A runtime with two threads, as the smallest server has.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// Says on the terminal which test did not run and why; `cargo test` does not hide it.
pub fn skipped(why: &str) {
    let thread = std::thread::current();
    let line = format!("skipped: {}: {why}\n", thread.name().unwrap_or("a test"));
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}

/// How long this thread has had a processor: what a limit of work is measured by, whoever else works. The
/// wall clock where the kernel does not tell.
pub fn busy() -> Duration {
    static BEGUN: OnceLock<Instant> = OnceLock::new();
    let begun = BEGUN.get_or_init(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|line| line.split_whitespace().next()?.parse().ok());
    nanos.map_or_else(|| begun.elapsed(), Duration::from_nanos)
}

/// Whether the heavy checks run in full (`tests/run --long`).
pub fn long() -> bool {
    variable("YANXI_TEST_LONG").is_some()
}

/// A variable of the test run's environment.
#[expect(clippy::disallowed_methods, reason = "tests are configured by their runner, not by config.rs")]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
