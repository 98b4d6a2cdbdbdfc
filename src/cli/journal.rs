//! `journal verify`: anyone recomputes the public figures, without the database.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Args, Subcommand};

use crate::{
    counter::verify::{Verified, Verifier},
    kernel::{Error, Fen, Result},
};

#[derive(Subcommand)]
pub enum Command {
    /// Check the hash chain and recompute the figures from it.
    Verify(Source),
}

#[derive(Args)]
pub struct Source {
    /// A downloaded journal, one entry a line.
    #[arg(long, conflicts_with = "url")]
    file: Option<PathBuf>,
    /// A running market, for example <https://market.example.cn>.
    #[arg(long)]
    url: Option<String>,
}

pub async fn run(Command::Verify(source): Command) -> Result<ExitCode> {
    let mut verifier = Verifier::default();
    let read = match (source.file, source.url) {
        (Some(file), _) => from_file(&file, &mut verifier)?,
        (None, Some(url)) => from_url(&url, &mut verifier).await?,
        (None, None) => {
            let listen = "http://127.0.0.1:8080".to_owned();
            from_url(&listen, &mut verifier).await?
        }
    };
    if let Err(fault) = read {
        say!("the journal does not hold: {fault}");
        return Ok(ExitCode::FAILURE);
    }
    print(&verifier.sums());
    Ok(ExitCode::SUCCESS)
}

/// Inner error: the first line that does not fit.
fn from_file(file: &PathBuf, verifier: &mut Verifier) -> Result<std::result::Result<(), String>> {
    let opened = std::fs::File::open(file).map_err(|e| Error::fault(format!("{}: {e}", file.display())))?;
    for line in BufReader::new(opened).lines() {
        let line = line?;
        if !line.is_empty()
            && let Err(fault) = verifier.line(&line)
        {
            return Ok(Err(fault));
        }
    }
    Ok(Ok(()))
}

async fn from_url(url: &str, verifier: &mut Verifier) -> Result<std::result::Result<(), String>> {
    // A second installation, as in tests, leaves the first in place.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().build().map_err(|e| Error::fault(e.to_string()))?;
    let base = url.trim_end_matches('/');
    let mut after = 0;
    loop {
        let page = format!("{base}/api/v1/journal?after={after}&limit=5000");
        let unreachable = |e: reqwest::Error| Error::fault(format!("{base}: {e}"));
        let answer =
            client.get(page).send().await.and_then(reqwest::Response::error_for_status).map_err(unreachable)?;
        let text = answer.text().await.map_err(unreachable)?;
        let before = after;
        for line in text.lines().filter(|line| !line.is_empty()) {
            if let Err(fault) = verifier.line(line) {
                return Ok(Err(fault));
            }
            after += 1;
        }
        if after == before {
            return Ok(Ok(()));
        }
    }
}

fn print(sums: &Verified) {
    let yuan = |fen: i64| Fen(fen).yuan();
    say!("entries    {}", sums.entries);
    say!("head       {}", sums.head);
    for (name, fen) in [
        ("gross", sums.gross),
        ("refunds", sums.refunds),
        ("net", sums.net),
        ("effective", sums.effective),
        ("excluded", sums.excluded),
    ] {
        say!("{name:<10} {} ({fen} fen)", yuan(fen));
    }
    say!("orders     {}", sums.orders);
    say!("by_county");
    for (county, fen) in &sums.by_county {
        say!("  {county:<8} {} ({fen} fen)", yuan(*fen));
    }
    say!("the chain holds");
}
