//! Report bench: `cargo bench --bench reports [-- --lines N --products N --rounds N --orders N]`.
//!
//! On each engine a market with generated goods and ledger rows: reports of a year by one and by two dimensions,
//! drawn as the bureau gets them, beside the plain query that adds the ledger's rows up. Both take turns in one
//! run; the middle one of the rounds counts. With generated orders, a cooperative's statement too.
//! PostgreSQL joins where `TEST_POSTGRES_URL` names a server (tests/run starts one).
#![allow(clippy::disallowed_methods, reason = "a bench reads the machine's clock and its own arguments")]

#[path = "../load/postgres.rs"]
#[allow(dead_code, reason = "the load bench weighs its database too")]
mod postgres;

mod plain;
mod statement;

use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail, ensure};
use yanxi::{
    db::{Db, Engine, migrate, q},
    kernel::{Clock, Day, Lang},
    reports::{self, Ask, Cell, Dimension, Kind, Sight},
    seeds::{
        self,
        generate::{Size, generate},
    },
};

/// The program's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What is measured, by its dimensions.
const BY: [&[Dimension]; 9] = [
    &[Dimension::County],
    &[Dimension::Coop],
    &[Dimension::Product],
    &[Dimension::Channel],
    &[Dimension::District],
    &[Dimension::Month],
    &[Dimension::Product, Dimension::County],
    &[Dimension::Product, Dimension::District],
    &[Dimension::Coop, Dimension::Month],
];

#[derive(Clone, Copy, Debug)]
struct Plan {
    /// Ledger rows that are generated.
    lines: u64,
    /// Products that they are of.
    products: u64,
    /// Orders for the statement.
    orders: u64,
    /// Turns of each side.
    rounds: usize,
}

fn plan(mut arguments: impl Iterator<Item = String>) -> Result<Plan> {
    let mut plan = Plan { lines: 300_000, products: 1_000, orders: 5_000, rounds: 5 };
    while let Some(name) = arguments.next() {
        let mut number = || -> Result<u64> {
            let value = arguments.next().unwrap_or_default();
            value.parse().map_err(|_| anyhow!("{name} takes a number, not {value:?}"))
        };
        match name.as_str() {
            "--bench" => {}
            "--lines" => plan.lines = number()?,
            "--products" => plan.products = number()?,
            "--orders" => plan.orders = number()?,
            "--rounds" => plan.rounds = usize::try_from(number()?.max(1))?,
            _ => bail!("unknown argument {name}"),
        }
    }
    Ok(plan)
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --benches` and listings start it without `--bench`: nothing is timed there.
    if !arguments.iter().any(|a| a == "--bench") {
        println!("the report bench runs with: cargo bench --bench reports");
        return Ok(());
    }
    let plan = plan(arguments.into_iter())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let folder = tempfile::tempdir()?;
        measure(&format!("sqlite:{}", folder.path().join("yanxi.db").display()), plan).await?;
        let Some(database) = postgres::Database::create().await? else {
            println!("\nskipped: PostgreSQL, because TEST_POSTGRES_URL names no server");
            return Ok(());
        };
        let done = measure(&database.url, plan).await;
        database.remove().await?;
        done
    })
}

async fn measure(url: &str, plan: Plan) -> Result<()> {
    let db = Db::open(url, None).await?;
    let now = Clock::System.now();
    migrate::run(&db, now).await?;
    seeds::load(&db, true, now).await?;
    let begun = Instant::now();
    let Plan { lines, products, orders, .. } = plan;
    generate(&db, Size { products, orders, ledger_lines: lines, seed: 1 }, now).await?;
    if db.engine() == Engine::Postgres {
        db.maintain("ANALYZE".to_owned()).await?;
    }
    let (rows,): (i64,) = q("SELECT CAST(count(*) AS BIGINT) FROM ledger_entries").one(&mut db.read().await?).await?;
    let engine = match db.engine() {
        Engine::Sqlite => "SQLite",
        Engine::Postgres => "PostgreSQL",
    };
    println!("\n{engine}: {rows} ledger rows on {products} products, generated in {} s", begun.elapsed().as_secs());
    println!("\n| a year by | rows | report ms | plain query ms | times as fast |\n| --- | --: | --: | --: | --: |");
    let today = now.day();
    let year = (today.plus_days(-365), today);
    let sight = Sight { now, lang: Lang::En, demo: true };
    for by in BY {
        side_by_side(&db, year, (by, sight), plan.rounds).await?;
    }
    if orders > 0 {
        statement::measure(&db, year, plan.rounds).await?;
    }
    db.close().await;
    Ok(())
}

/// A report and the plain query beside it, in turns; their net must agree.
async fn side_by_side(db: &Db, year: (Day, Day), (by, sight): (&[Dimension], Sight), rounds: usize) -> Result<()> {
    let kind = if by[0] == Dimension::Month { Kind::Series } else { Kind::Summary };
    let ask = Ask { by: by.to_vec(), ..Ask::of(kind, year) };
    let (mut kept, mut counted, mut rows) = (Vec::new(), Vec::new(), 0);
    for _ in 0..rounds {
        let begun = Instant::now();
        let report = reports::draw(db, &ask, sight).await?;
        kept.push(begun.elapsed());
        let begun = Instant::now();
        let net = plain::net(db, year, by).await?;
        counted.push(begun.elapsed());
        rows = report.rows.len();
        let place = report.columns.iter().position(|column| column.key == "net_paid_fen");
        let drawn = place.and_then(|place| report.totals.get(place));
        ensure!(drawn == Some(&Cell::Money(net)), "the report says {drawn:?}, the ledger {net:?}");
    }
    let (kept, counted) = (middle(kept), middle(counted));
    let names: Vec<&str> = by.iter().map(|dimension| dimension.as_str()).collect();
    let faster = counted.as_secs_f64() / kept.as_secs_f64().max(1e-9);
    println!("| {} | {rows} | {} | {} | {faster:.1} |", names.join(", "), ms(kept), ms(counted));
    Ok(())
}

fn middle(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn ms(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1000.0)
}
