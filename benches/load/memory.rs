//! Resident memory with the demonstration's goods and with a big catalogue.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::{
    Plan,
    app::{self, Server},
    client::{self, Call, Calls},
    report::Figures,
};

/// Pages that a visitor of a big catalogue asks for, each query new.
const PAGES: [&str; 4] = [
    "/products?min_fen=",
    "/products?q=%E8%8B%B9%E6%9E%9C&min_fen=",
    "/api/v1/products?q=lcpg&min_fen=",
    "/products?county=luochuan&min_fen=",
];

/// Prints memory at rest and after a load, for the demonstration and for `--products`.
pub async fn measure(plan: &Plan) -> Result<()> {
    println!(
        "\n| goods | start s | MB at rest | MB after load | MB at most | yanxi/s | p50 ms | p99 ms | µs of processor |"
    );
    println!("| --- | --: | --: | --: | --: | --: | --: | --: | --: |");
    one(plan, 0).await?;
    if plan.products > 0 {
        one(plan, plan.products).await?;
    }
    Ok(())
}

async fn one(plan: &Plan, products: usize) -> Result<()> {
    let folder = tempfile::tempdir()?;
    if products > 0 {
        let begun = Instant::now();
        let mut seed = app::yanxi(folder.path(), None);
        let status = seed.args(["seed", "--products", &products.to_string()]).status()?;
        ensure!(status.success(), "yanxi seed --products {products} failed");
        println!("<!-- {products} products made in {:.0?} -->", begun.elapsed());
    } else {
        drop(Server::app(folder.path(), None).await?);
    }
    let server = Server::app(folder.path(), None).await?;
    let rest = server.memory().unwrap_or_default().0;
    let calls: Calls =
        std::sync::Arc::new(|n| Some(Call::get(format!("{}{}", PAGES[n % PAGES.len()], n / PAGES.len()))));
    client::load(server.address, plan.connections, Duration::from_millis(500), &calls).await?;
    let before = server.processor_time();
    let mut turn = client::load(server.address, plan.connections, plan.turn, &calls).await?;
    turn.processor = before.zip(server.processor_time()).map(|(from, to)| to.saturating_sub(from));
    let mut figures = Figures::default();
    figures.add(turn);
    let (now, most) = server.memory().unwrap_or_default();
    let goods = if products > 0 { format!("{products} products") } else { "demonstration".to_owned() };
    let start = server.started_in.as_secs_f64();
    println!("| {goods} | {start:.2} | {rest} | {now} | {most} | {} |", figures.cells());
    Ok(())
}
