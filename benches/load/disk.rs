//! Disk of an order: the same market with and without generated ones.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::{Plan, app, orders::sqlite_file, postgres::Database};

/// Products of the market whose disk is measured.
const PRODUCTS: usize = 1000;

/// Prints the bytes of an order on each engine.
pub async fn measure(plan: &Plan) -> Result<()> {
    let orders = plan.disk_orders;
    println!("\n| disk of an order, {orders} generated ones on {PRODUCTS} products | bytes |\n| --- | --: |");
    let folder = tempfile::tempdir()?;
    seed(folder.path(), None, ("--products", PRODUCTS))?;
    let before = file(folder.path())?;
    seed(folder.path(), None, ("--orders", orders))?;
    println!("| SQLite | {} |", (file(folder.path())? - before) / orders as u64);
    if let Some(database) = Database::create().await? {
        let folder = tempfile::tempdir()?;
        seed(folder.path(), Some(&database.url), ("--products", PRODUCTS))?;
        let before = database.bytes().await?;
        seed(folder.path(), Some(&database.url), ("--orders", orders))?;
        println!("| PostgreSQL | {} |", (database.bytes().await? - before) / orders as u64);
        database.remove().await?;
    }
    Ok(())
}

fn seed(folder: &Path, url: Option<&str>, (what, count): (&str, usize)) -> Result<()> {
    let status = app::yanxi(folder, url).args(["seed", what, &count.to_string()]).status()?;
    ensure!(status.success(), "yanxi seed {what} {count} failed");
    Ok(())
}

/// Bytes of the SQLite file and what stands beside it.
fn file(folder: &Path) -> Result<u64> {
    let url = sqlite_file(folder);
    let path = url.strip_prefix("sqlite:").context("a file")?;
    let size = |path: &str| std::fs::metadata(path).map_or(0, |meta| meta.len());
    Ok(size(path) + size(&format!("{path}-wal")))
}
