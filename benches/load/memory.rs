//! Resident memory with the demonstration's goods, after a first start and a later one, and with a big
//! catalogue.

use std::{
    path::Path,
    time::{Duration, Instant},
};

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
    let folder = tempfile::tempdir()?;
    one(plan, folder.path(), "demonstration, first start").await?;
    one(plan, folder.path(), "demonstration, later start").await?;
    if plan.products > 0 {
        let folder = tempfile::tempdir()?;
        let begun = Instant::now();
        let mut seed = app::yanxi(folder.path(), None);
        let status = seed.args(["seed", "--products", &plan.products.to_string()]).status()?;
        ensure!(status.success(), "yanxi seed --products {} failed", plan.products);
        println!("<!-- {} products made in {:.0?} -->", plan.products, begun.elapsed());
        one(plan, folder.path(), &format!("{} products", plan.products)).await?;
    }
    Ok(())
}

async fn one(plan: &Plan, folder: &Path, goods: &str) -> Result<()> {
    let server = Server::app(folder, None).await?;
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
    let start = server.started_in.as_secs_f64();
    println!("| {goods} | {start:.2} | {rest} | {now} | {most} | {} |", figures.cells());
    Ok(())
}
