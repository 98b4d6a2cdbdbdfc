//! Whole purchases over HTTP, one call after the other: quote, order, payment, its result, reading the order. Another
//! build of the program takes turns, each on a database of its own with as many products.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use yanxi::{
    db::counts,
    kernel::{Actor, Lang, PaymentId},
    orders::{
        hear,
        pay::{self, Tender},
        place, read, view,
    },
    payments::{Method, sandbox::Outcome},
    pricing,
};

use crate::{
    Plan, app,
    app::Server,
    client::{Call, Line, Turn},
    orders::{MORE_STOCK, asked, key_for, placing, sqlite_file, trade},
    postgres::Database,
    raw::Plain,
    report::Figures,
    shop::{baskets, order_of, quote_of},
};

const CALLS: [&str; 5] = ["quote", "order", "pay", "settle", "read"];

/// Prints the table of purchases on each engine.
pub async fn measure(plan: &Plan) -> Result<()> {
    println!("\n| whole purchases of two cooperatives | purchases/s | p50 ms | p99 ms | µs of processor | ratio |");
    println!("| --- | --: | --: | --: | --: | --: |");
    let mut times = vec![on(plan, "SQLite", &[None, None]).await?];
    let (own, other) = (Database::create().await?, Database::create().await?);
    match (&own, &other) {
        (Some(own), Some(other)) => times.push(on(plan, "PostgreSQL", &[Some(own), Some(other)]).await?),
        _ => println!("\nskipped: purchases on PostgreSQL, because TEST_POSTGRES_URL names no server"),
    }
    for database in [own, other].into_iter().flatten() {
        database.remove().await?;
    }
    println!("\n| of a purchase | {} |", CALLS.join(" | "));
    println!("| --- |{}", " --: |".repeat(CALLS.len()));
    for (engine, Shown { calls, costs }) in ["SQLite", "PostgreSQL"].iter().zip(times) {
        println!(
            "| p50 ms on {engine} | {} |",
            calls.map(|figures| format!("{:.2}", figures.percentile(50))).join(" | ")
        );
        println!("| statements/commits on {engine} | {} |", costs.join(" | "));
    }
    Ok(())
}

/// What an engine showed of each call of this build.
struct Shown {
    calls: [Figures; 5],
    /// Statements and commits.
    costs: [String; 5],
}

/// Measures an engine.
async fn on(plan: &Plan, engine: &str, databases: &[Option<&Database>; 2]) -> Result<Shown> {
    let programs = [Some(env!("CARGO_BIN_EXE_yanxi")), plan.beside.as_deref()];
    let mut sides = Vec::new();
    for (program, database) in programs.iter().zip(databases) {
        if let Some(program) = program {
            sides.push(Side::open(plan, program, database.map(|d| d.url.as_str())).await?);
        }
    }
    for round in 0..=plan.rounds {
        for side in &mut sides {
            // The first turn warms up.
            let turns = side.turn(plan).await?;
            if round > 0 {
                side.add(turns);
            }
        }
    }
    for (side, name) in sides.iter().zip(["this build", "the other build"]) {
        println!(
            "| {name} on {engine} | {} | {:.2} |",
            side.whole.cells(),
            side.whole.ratio(&sides[sides.len() - 1].whole)
        );
    }
    let own = sides.swap_remove(0);
    let costs = costs(&own.url, &own.baskets[0]).await?;
    Ok(Shown { calls: own.calls, costs })
}

/// Statements and commits of each call, told of the verbs in this process, where nothing else runs.
async fn costs(url: &str, skus: &[String]) -> Result<[String; 5]> {
    let trade = trade(url).await?;
    let mut last = counts();
    let mut lap = || {
        let now = counts();
        let told = format!("{}/{}", now.statements - last.statements, now.commits - last.commits);
        last = now;
        told
    };
    let id = pricing::quote(&trade.work(Actor::GUEST, None), &asked(skus)?).await?.quote_id.0;
    let quote = lap();
    let key = key_for(&id, "placeOrder");
    let placed = place::place(&trade, &trade.work(Actor::GUEST, Some(&key)), placing(&id)).await?;
    let order = lap();
    let owner = read::Owner { person: None, token: Some(placed.token) };
    let found = read::owned(&mut trade.db.read().await?, &placed.number, &owner).await?;
    let key = key_for(&placed.number, "payOrder");
    let paying = pay::pay(&trade, &trade.work(Actor::GUEST, Some(&key)), &found, Tender::of(Method::Sandbox)).await?;
    let opened = lap();
    hear::settle_at_sandbox(&trade, &PaymentId(paying.payment_id), Outcome::Succeeded).await?;
    let settled = lap();
    let mut conn = trade.db.read().await?;
    let whole = read::owned_whole(&mut conn, &placed.number, &owner).await?;
    view::view_of(&mut conn, whole, Lang::ZhCn, true).await?;
    drop(conn);
    let seen = lap();
    trade.db.close().await;
    Ok([quote, order, opened, settled, seen])
}

/// A build of the program with a market of its own.
struct Side {
    url: String,
    server: Server,
    baskets: Arc<[Vec<String>]>,
    whole: Figures,
    calls: [Figures; 5],
    // Last, so that the program has ended before its folder goes.
    _folder: tempfile::TempDir,
}

/// What one turn showed: of whole purchases, and of each call.
type Turns = (Turn, [Turn; 5]);

impl Side {
    async fn open(plan: &Plan, program: &str, url: Option<&str>) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        if plan.products > 0 {
            seeded(program, folder.path(), url, plan.products)?;
        }
        let server = Server::of(app::program(program, folder.path(), url), folder.path()).await?;
        let url = url.map_or_else(|| sqlite_file(folder.path()), str::to_owned);
        Plain::open(&url, 1).await?.execute(MORE_STOCK).await?;
        let baskets = baskets(server.address).await?.into();
        Ok(Self { url, server, baskets, whole: Figures::default(), calls: Default::default(), _folder: folder })
    }

    async fn turn(&self, plan: &Plan) -> Result<Turns> {
        let (begun, before) = (Instant::now(), self.server.processor_time());
        let mut tasks = JoinSet::new();
        for nth in 0..plan.connections {
            let (baskets, mut line) = (self.baskets.clone(), Line::to(self.server.address).await?);
            let (until, step) = (begun + plan.turn, plan.connections);
            tasks.spawn(async move {
                let mut all = Vec::new();
                while Instant::now() < until {
                    let skus = &baskets[(nth + all.len() * step) % baskets.len()];
                    all.push(purchase(&mut line, skus).await?);
                }
                Ok::<_, anyhow::Error>(all)
            });
        }
        let mut turns: Turns = Turns::default();
        while let Some(done) = tasks.join_next().await {
            for times in done?? {
                turns.0.times.push(times.iter().sum());
                turns.1.iter_mut().zip(times).for_each(|(turn, time)| turn.times.push(time));
            }
        }
        turns.0.took = begun.elapsed();
        turns.0.processor = before.zip(self.server.processor_time()).map(|(from, to)| to.saturating_sub(from));
        for turn in &mut turns.1 {
            turn.took = turns.0.took;
        }
        Ok(turns)
    }

    fn add(&mut self, (whole, calls): Turns) {
        self.whole.add(whole);
        for (figures, turn) in self.calls.iter_mut().zip(calls) {
            figures.add(turn);
        }
    }
}

/// Makes a market of so many products.
fn seeded(program: &str, folder: &Path, url: Option<&str>, products: usize) -> Result<()> {
    let mut seed = app::program(program, folder, url);
    let status = seed.args(["seed", "--products", &products.to_string()]).status()?;
    ensure!(status.success(), "yanxi seed --products {products} failed");
    Ok(())
}

/// Buys a basket; answers the microseconds of each call.
async fn purchase(line: &mut Line, skus: &[String]) -> Result<[u32; 5]> {
    let mut asked = Instant::now();
    let mut lap = || {
        let took = asked.elapsed();
        asked = Instant::now();
        u32::try_from(Duration::as_micros(&took)).unwrap_or(u32::MAX)
    };
    let text = |answer: &Value, name: &str| -> Result<String> {
        Ok(answer[name].as_str().with_context(|| format!("{name} of {answer}"))?.to_owned())
    };
    let id = text(&line.json(&quote_of(skus)).await?, "quote_id")?;
    let quoted = lap();
    let order = line.json(&order_of(&id)).await?;
    let (number, token) = (text(&order, "number")?, text(&order, "token")?);
    let placed = lap();
    let method = json!({"method": "sandbox"}).to_string();
    let pay = Call::post(&format!("/api/v1/orders/{number}/payments"), method, number.clone()).of(&token);
    let payment = text(&line.json(&pay).await?, "payment_id")?;
    let opened = lap();
    let outcome = json!({"outcome": "succeeded"}).to_string();
    line.json(&Call::post(&format!("/api/v1/sandbox/payments/{payment}"), outcome, payment.clone())).await?;
    let settled = lap();
    let read = line.json(&Call::get(format!("/api/v1/orders/{number}")).of(&token)).await?;
    ensure!(read["state"] == "paid", "an order is {}", read["state"]);
    Ok([quoted, placed, opened, settled, lap()])
}
