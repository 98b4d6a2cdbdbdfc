//! `audit`: every invariant recomputed from the rows of one snapshot, a line for each.

use std::process::ExitCode;

use crate::{
    app, audit,
    config::Config,
    db::{Conn, audit::Finding},
    kernel::{At, Clock, Result},
};

/// Runs the command.
pub async fn run(config: Config) -> Result<ExitCode> {
    let db = app::open_existing(&config).await?;
    let mut snapshot = db.long_snapshot().await?;
    let holds = told(&mut snapshot, Clock::System.now()).await;
    snapshot.rollback().await?;
    db.close().await;
    Ok(if holds? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Audits what a transaction sees and prints a line for each check; answers whether all hold.
pub async fn told(conn: &mut Conn, now: At) -> Result<bool> {
    let mut faults = 0;
    let found = audit::each_in(conn, now, |finding| {
        faults += i64::from(finding.faults > 0);
        say!("{}", line(finding));
    });
    let checks = found.await?.len();
    match faults {
        0 => say!("all {checks} checks hold"),
        _ => say!("{faults} of {checks} checks do NOT hold"),
    }
    Ok(faults == 0)
}

fn line(finding: &Finding) -> String {
    let Finding { name, invariant, says, faults, example } = finding;
    match faults {
        0 => format!("ok     {invariant:<4} {name:<22} {says}"),
        _ => format!("FAULT  {invariant:<4} {name:<22} {says}: {faults} at fault, for example {example}"),
    }
}
