//! `seed`: loads what a first start loads, without serving.

use std::process::ExitCode;

use crate::{
    app,
    config::Config,
    kernel::{Clock, Result},
    seeds,
};

#[derive(clap::Args)]
pub struct Args {
    /// The demonstration, where the database is new.
    #[arg(long)]
    demo: bool,
}

pub async fn run(mut config: Config, args: Args) -> Result<ExitCode> {
    if args.demo {
        config.demo = config.demo.or(Some(true));
    }
    let clock = Clock::System;
    let db = app::open_database(&config, &clock).await?;
    let loaded = seeds::load(&db, app::is_demo(&db).await?, clock.now()).await?;
    println!("{}", if loaded { "the seeds are loaded" } else { "the seeds were loaded before" });
    db.close().await;
    Ok(ExitCode::SUCCESS)
}
