//! `report`: the bureau's reports from the shell.

use std::{io::Write, process::ExitCode};

use clap::Args;

use crate::{
    app,
    config::Config,
    kernel::{Clock, Error, Lang, Result},
    reports::{
        self, Ask, Sight,
        export::{Format, export},
    },
};

#[derive(Args)]
pub struct Asked {
    /// summary, lines, bridge, channels, coops, households or series.
    kind: String,
    /// First day; it counts.
    #[arg(long)]
    from: String,
    /// Last day; it counts.
    #[arg(long)]
    to: String,
    /// county, pairing, category, product, coop, channel, outlet, `buyer_class`, district, scheme, day, week or month; at most twice.
    #[arg(long)]
    by: Vec<String>,
    /// table, csv, xlsx or json.
    #[arg(long, default_value = "table")]
    format: String,
}

pub async fn run(config: Config, asked: Asked) -> Result<ExitCode> {
    let format = Format::try_from(asked.format.as_str())
        .map_err(|_| Error::fault(format!("--format: {:?} is none of table, csv, xlsx, json", asked.format)))?;
    let now = Clock::System.now();
    let days = (Some(asked.from.as_str()), Some(asked.to.as_str()));
    if reports::Kind::try_from(asked.kind.as_str()).is_err() {
        return Err(Error::fault(format!("report: there is no kind {:?}; kinds are {}", asked.kind, kinds())));
    }
    let ask = Ask::parse(&asked.kind, days, &asked.by, Vec::new(), now.day())?;
    let db = super::database::open(&config).await?;
    let sight = Sight { now, lang: Lang::ZhCn, demo: app::is_demo(&db).await? };
    let report = reports::draw(&db, &ask, sight).await?;
    let mut out = std::io::stdout().lock();
    out.write_all(&export(&report, format)?)?;
    if format == Format::Json {
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn kinds() -> String {
    reports::Kind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ")
}
