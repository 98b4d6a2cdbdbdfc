//! Load bench: `cargo bench --bench load [-- --seconds N --rounds N --connections N --orders N --products N --disk-orders N --only PART --beside PROGRAM]`.
//!
//! `app` starts the program itself on a free port with demonstration data in a temporary folder;
//! `bare` is an axum server in a process of its own that answers the very same bytes; `client`
//! loads either over connections that stay open; `pages` and `orders` say what is asked for; `purchases` buys, from
//! the quote to the paid order; `disk` weighs an order.
//! Program and bare server take turns in rounds of the same run, so that a busy machine slows both.
//! PostgreSQL joins where `TEST_POSTGRES_URL` names a server (tests/run starts one).
#![allow(clippy::disallowed_methods, reason = "a bench reads the machine's clock and its own arguments")]

mod app;
mod bare;
mod client;
mod disk;
mod memory;
mod orders;
mod pages;
mod postgres;
mod purchases;
mod raw;
mod report;
mod shop;

use std::time::Duration;

/// The program's allocator, so that the bare server does not differ in it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What the run is asked to do.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Length of one turn.
    pub turn: Duration,
    /// Turns of each side.
    pub rounds: usize,
    /// Connections that stay open.
    pub connections: usize,
    /// Orders in one turn.
    pub orders: usize,
    /// Products of the memory measurement with a big catalogue; 0 leaves it out.
    pub products: usize,
    /// Orders of the measurement of their disk.
    pub disk_orders: usize,
    /// `pages`, `orders`, `purchases`, `disk`, `memory`, or all.
    pub only: Option<String>,
    /// Another build of the program, whose purchases take turns with this one's.
    pub beside: Option<String>,
}

impl Plan {
    fn wants(&self, part: &str) -> bool {
        self.only.as_deref().is_none_or(|only| only == part)
    }
}

fn plan(mut arguments: impl Iterator<Item = String>) -> anyhow::Result<Plan> {
    let mut plan = Plan {
        turn: Duration::from_secs(2),
        rounds: 3,
        connections: 16,
        orders: 1000,
        products: 0,
        disk_orders: 20_000,
        only: None,
        beside: None,
    };
    while let Some(name) = arguments.next() {
        let mut number = || -> anyhow::Result<usize> {
            let value = arguments.next().unwrap_or_default();
            value.parse().map_err(|_| anyhow::anyhow!("{name} takes a number, not {value:?}"))
        };
        match name.as_str() {
            "--bench" => {}
            "--seconds" => plan.turn = Duration::from_secs(number()? as u64),
            "--rounds" => plan.rounds = number()?.max(1),
            "--connections" => plan.connections = number()?.max(1),
            "--orders" => plan.orders = number()?,
            "--products" => plan.products = number()?,
            "--disk-orders" => plan.disk_orders = number()?.max(1),
            "--only" => plan.only = arguments.next(),
            "--beside" => plan.beside = arguments.next(),
            _ => anyhow::bail!("unknown argument {name}"),
        }
    }
    Ok(plan)
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("bare") => return run(bare::serve(arguments.get(1).map_or("", String::as_str))),
        // `cargo test --benches` and listings start it without `--bench`: nothing is timed there.
        _ if !arguments.iter().any(|a| a == "--bench") => {
            println!("the load bench runs with: cargo bench --bench load");
            return Ok(());
        }
        _ => {}
    }
    run(bench(plan(arguments.into_iter())?))
}

fn run(work: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}

async fn bench(plan: Plan) -> anyhow::Result<()> {
    report::machine(&plan);
    if plan.wants("pages") {
        pages::measure(&plan).await?;
    }
    if plan.wants("orders") {
        orders::measure(&plan, None).await?;
        match postgres::Database::create().await? {
            Some(database) => {
                let done = orders::measure(&plan, Some(&database)).await;
                database.remove().await?;
                done?;
            }
            None => println!("\nskipped: orders on PostgreSQL, because TEST_POSTGRES_URL names no server"),
        }
    }
    if plan.wants("purchases") {
        purchases::measure(&plan).await?;
    }
    if plan.wants("disk") {
        disk::measure(&plan).await?;
    }
    if plan.wants("memory") {
        memory::measure(&plan).await?;
    }
    Ok(())
}
