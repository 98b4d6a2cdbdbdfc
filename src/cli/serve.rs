//! `serve`: the whole market in one process.

use std::process::ExitCode;

use crate::{app::App, config::Config, kernel::Result};

pub async fn run(config: Config) -> Result<ExitCode> {
    crate::app::log_to_stderr();
    let app = App::build(config).await?;
    let running = app.start().await?;
    running.until_stopped().await;
    Ok(ExitCode::SUCCESS)
}
