//! `serve`: the whole market in one process.

use std::{os::unix::process::CommandExt, process::ExitCode};

use crate::{
    app::{self, App},
    config::Config,
    db::Db,
    kernel::{Clock, Result},
};

pub async fn run(config: Config) -> Result<ExitCode> {
    app::log_to_stderr();
    let db = open(&config).await?;
    let app = App::on(db, config, Clock::System).await?;
    let running = app.start().await?;
    running.until_stopped().await;
    Ok(ExitCode::SUCCESS)
}

/// The database with its seeds. What loading them took, neither the allocator nor SQLite's page
/// cache gives back (170 MB), so a first start then begins anew: same process, same arguments.
async fn open(config: &Config) -> Result<Db> {
    let (db, loaded) = app::open_seeded(config, &Clock::System).await?;
    if !loaded {
        return Ok(db);
    }
    db.close().await;
    let error = begin_anew();
    tracing::warn!(%error, "the program could not begin anew; it serves with what loading left in memory");
    Ok(app::open_seeded(config, &Clock::System).await?.0)
}

/// Puts this program in its own place; returns only where that fails.
fn begin_anew() -> std::io::Error {
    match std::env::current_exe() {
        Ok(program) => std::process::Command::new(program).args(std::env::args_os().skip(1)).exec(),
        Err(error) => error,
    }
}
