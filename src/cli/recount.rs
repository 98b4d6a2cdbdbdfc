//! `recount`: the sums of the counter and the reports are made again from the ledger.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use crate::{config::Config, counter::rebuild, kernel::Result};

/// How often progress is told.
const PATIENCE: Duration = Duration::from_secs(2);

pub async fn run(config: Config) -> Result<ExitCode> {
    let db = super::database::open(&config).await?;
    let begun = Instant::now();
    let told = std::sync::Mutex::new(begun);
    rebuild::rebuild(&db, |done, all| {
        let Ok(mut last) = told.lock() else { return };
        if done == all || last.elapsed() >= PATIENCE {
            *last = Instant::now();
            say!("{} {done} of {all} days", bar(done, all));
        }
    })
    .await?;
    say!("the sums are those of the ledger, after {:.1} s", begun.elapsed().as_secs_f64());
    db.close().await;
    Ok(ExitCode::SUCCESS)
}

/// A bar of 20 places.
fn bar(done: usize, all: usize) -> String {
    let full = (20 * done).checked_div(all).unwrap_or(20).min(20);
    format!("[{}{}]", "#".repeat(full), " ".repeat(20 - full))
}
