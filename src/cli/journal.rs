//! `journal verify`: anyone recomputes the public figures, without the database, and holds a running market's
//! counter against them.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Args, Subcommand};

use crate::{
    counter::{
        Figures,
        verify::{Verified, Verifier},
    },
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
    /// A running market, for example <https://market.example.cn>; its counter must say what its journal says.
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
        say!("{fault}");
        return Ok(ExitCode::FAILURE);
    }
    print(&verifier.sums());
    Ok(ExitCode::SUCCESS)
}

/// What does not fit, in words.
fn broken(fault: &str) -> String {
    format!("the journal does not hold: {fault}")
}

/// Inner error: the first line that does not fit.
fn from_file(file: &PathBuf, verifier: &mut Verifier) -> Result<std::result::Result<(), String>> {
    let opened = std::fs::File::open(file).map_err(|e| Error::fault(format!("{}: {e}", file.display())))?;
    for line in BufReader::new(opened).lines() {
        let line = line?;
        if !line.is_empty()
            && let Err(fault) = verifier.line(&line)
        {
            return Ok(Err(broken(&fault)));
        }
    }
    Ok(Ok(()))
}

/// The counter is asked first: the journal that is read afterwards holds the counter's head, and what was
/// sealed meanwhile stands behind it.
async fn from_url(url: &str, verifier: &mut Verifier) -> Result<std::result::Result<(), String>> {
    // A second installation, as in tests, leaves the first in place.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().build().map_err(|e| Error::fault(e.to_string()))?;
    let base = url.trim_end_matches('/');
    let told = text(&client, &format!("{base}/api/v1/counter")).await?;
    let told: Figures = match serde_json::from_str(&told) {
        Ok(told) => told,
        Err(error) => return Ok(Err(format!("the counter cannot be read: {error}"))),
    };
    let mut differences = None;
    loop {
        let before = verifier.entries();
        if before == told.head.seq {
            differences = Some(verifier.sums().differences(&told));
        }
        // A page ends at the counter's head, where the figures are compared.
        let most = if told.head.seq > before { (told.head.seq - before).min(5000) } else { 5000 };
        let page = text(&client, &format!("{base}/api/v1/journal?after={before}&limit={most}")).await?;
        for line in page.lines().filter(|line| !line.is_empty()) {
            if let Err(fault) = verifier.line(line) {
                return Ok(Err(broken(&fault)));
            }
        }
        if verifier.entries() == before {
            break;
        }
    }
    Ok(match differences {
        None => Err(format!("the counter names entry {}, the journal ends at {}", told.head.seq, verifier.entries())),
        Some(differences) if differences.is_empty() => {
            say!("the counter at entry {} says what the journal says", told.head.seq);
            Ok(())
        }
        Some(differences) => Err(format!("the counter does not say what the journal says: {}", differences.join("; "))),
    })
}

async fn text(client: &reqwest::Client, address: &str) -> Result<String> {
    let unreachable = |e: reqwest::Error| Error::fault(format!("{address}: {e}"));
    let answer = client.get(address).send().await.and_then(reqwest::Response::error_for_status).map_err(unreachable)?;
    answer.text().await.map_err(unreachable)
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
