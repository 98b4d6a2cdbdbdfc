//! `audit`: every invariant recomputed from the rows of one snapshot; nothing is written.

use std::process::ExitCode;

use crate::{
    catalogue,
    config::Config,
    counter,
    db::{
        Conn, Db,
        audit::{self, Finding},
    },
    identity,
    kernel::{At, Clock, Result},
    ledger, orders, payments, pricing, search, stock,
};

/// Runs the command.
pub async fn run(config: Config) -> Result<ExitCode> {
    let db = crate::app::open_existing(&config).await?;
    let mut snapshot = db.long_snapshot().await?;
    let holds = told(&mut snapshot, Clock::System.now()).await;
    snapshot.rollback().await?;
    db.close().await;
    Ok(if holds? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Audits what a transaction sees and prints a line for each check; answers whether all hold.
pub async fn told(conn: &mut Conn, now: At) -> Result<bool> {
    let mut faults = 0;
    let found = each_in(conn, now, |finding| {
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

/// Runs every check of every capability in one snapshot, telling each finding as it is made.
pub async fn each(db: &Db, now: At, tell: impl FnMut(&Finding)) -> Result<Vec<Finding>> {
    let mut snapshot = db.long_snapshot().await?;
    let found = each_in(&mut snapshot, now, tell).await?;
    snapshot.rollback().await?;
    Ok(found)
}

/// The same as a transaction sees the database.
pub async fn each_in(conn: &mut Conn, now: At, mut tell: impl FnMut(&Finding)) -> Result<Vec<Finding>> {
    let mut all = Vec::new();
    let mut keep = |found: Vec<Finding>| {
        found.iter().for_each(&mut tell);
        all.extend(found);
    };
    keep(audit::shared(conn).await?);
    keep(audit::run(identity::audit::CHECKS, conn).await?);
    keep(audit::run(catalogue::audit::CHECKS, conn).await?);
    keep(audit::run(stock::audit::CHECKS, conn).await?);
    keep(audit::run(pricing::audit::CHECKS, conn).await?);
    keep(audit::run(payments::audit::CHECKS, conn).await?);
    keep(ledger::audit::run(conn).await?);
    keep(orders::audit::run(conn).await?);
    keep(counter::audit::run(conn).await?);
    keep(search::audit::run(conn, now).await?);
    Ok(all)
}
