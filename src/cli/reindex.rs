//! `reindex`: the index of every running process is built anew beside the one in use, and swapped in.

use std::{process::ExitCode, time::Instant};

use crate::{
    catalogue,
    config::Config,
    kernel::{Clock, Result},
    search::{Index, Meili, Published, docs},
};

pub async fn run(config: Config) -> Result<ExitCode> {
    let db = super::database::open(&config).await?;
    let snapshot = catalogue::load(&mut db.read().await?, Clock::System.now()).await?;
    let begun = Instant::now();
    let index = Index::build(&Published(&snapshot));
    say!("{} products indexed in {} ms", index.len(), begun.elapsed().as_millis());
    if let Some(meili) = &config.meili {
        let begun = Instant::now();
        let sent = Meili::new(&meili.url, meili.key.as_deref())?.refill(&docs(&snapshot)).await?;
        say!("Meilisearch took {sent} products in {} ms", begun.elapsed().as_millis());
    }
    // The index of a process lives in its memory: it builds its own when this rises.
    catalogue::bump(&db).await?;
    say!("running processes build theirs within a second or two");
    db.close().await;
    Ok(ExitCode::SUCCESS)
}
