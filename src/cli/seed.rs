//! `seed`: loads what a first start loads, or generates a market of a size for load tests.

use std::process::ExitCode;

use crate::{
    app,
    config::Config,
    kernel::{Clock, Error, Result},
    seeds::{
        self,
        generate::{Size, generate},
    },
};

#[derive(clap::Args)]
pub struct Args {
    /// The demonstration, where the database is new.
    #[arg(long)]
    demo: bool,
    /// So many generated products.
    #[arg(long, default_value_t = 0)]
    products: u64,
    /// So many past orders over a year.
    #[arg(long, default_value_t = 0)]
    orders: u64,
    /// So many rows of the ledger and journal without orders behind them; an audit then finds no orders.
    #[arg(long, default_value_t = 0)]
    ledger_lines: u64,
    /// The same seed generates the same market on the same day.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

pub async fn run(mut config: Config, args: Args) -> Result<ExitCode> {
    if args.demo {
        config.demo = config.demo.or(Some(true));
    }
    let clock = Clock::System;
    let db = app::open_database(&config, &clock).await?;
    let demo = app::is_demo(&db).await?;
    let Args { products, orders, ledger_lines, seed, .. } = args;
    let size = Size { products, orders, ledger_lines, seed };
    let generating = products + orders + ledger_lines > 0;
    if generating && !demo {
        return Err(Error::fault(
            "seed: only a demonstration takes generated goods and orders; use --demo on a new one",
        ));
    }
    let loaded = seeds::load(&db, demo, clock.now()).await?;
    say!("{}", if loaded { "the seeds are loaded" } else { "the seeds were loaded before" });
    if generating {
        generate(&db, size, clock.now()).await?;
    }
    db.close().await;
    Ok(ExitCode::SUCCESS)
}
