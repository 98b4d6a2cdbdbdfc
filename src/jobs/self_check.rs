//! The market looks at itself: the SQLite file when a process starts, everything once a night. What
//! does not hold is an ERROR in the log and a number in the metrics (R3). The nightly audit is a process of its
//! own, `yanxi audit`: what it needs of memory goes with it, and an audit that breaks off breaks nothing else.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicI64, Ordering},
};

use crate::{
    db::copy,
    kernel::{At, Error, Result, time::HOUR},
    web::Market,
};

/// The hour in Shanghai in which the market is quiet.
const QUIET: i64 = 3;
const DAY: i64 = 24 * HOUR;
/// Shanghai is ahead of UTC by so much.
const AHEAD: i64 = 8 * HOUR;

/// Night of the last whole check that this process saw through.
static LAST: AtomicI64 = AtomicI64::new(-1);

/// The number of a night, during its quiet hour.
fn night(now: At) -> Option<i64> {
    let local = now.0 + AHEAD;
    (local % DAY / HOUR == QUIET).then_some(local / DAY)
}

/// Reads through the SQLite file once, as a process starts; damage takes it off duty.
pub async fn file(market: Market) -> Result<usize> {
    if !market.sound.load(Ordering::SeqCst) {
        return Ok(0);
    }
    note_damage(&market, copy::damage(&mut market.db().read().await?, "PRAGMA quick_check(1)").await?);
    Ok(1)
}

/// What an audit found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Audited {
    pub checks: usize,
    /// Checks that do not hold.
    pub faults: usize,
}

/// The whole file and every invariant, in the quiet hour. An audit that did not come to its end is an error, and
/// is run again at the next turn.
pub async fn turn(market: Market) -> Result<usize> {
    let Some(tonight) = night(market.now()).filter(|night| LAST.load(Ordering::SeqCst) != *night) else {
        return Ok(0);
    };
    note_damage(&market, copy::damage(&mut market.db().read().await?, "PRAGMA integrity_check(1)").await?);
    let mut command = Command::new(program()?);
    // SQLite's temporary files go where there is room for the database itself.
    command.arg("audit").env("SQLITE_TMPDIR", &market.config.data);
    let Audited { checks, faults } = audited(command).await?;
    LAST.store(tonight, Ordering::SeqCst);
    metrics::gauge!("yanxi_audit_faults").set(faults as f64);
    tracing::info!(checks, faults, "the nightly audit");
    Ok(checks)
}

/// This program, also where a new release was put in its place.
fn program() -> Result<PathBuf> {
    let own = Path::new("/proc/self/exe");
    if own.exists() { Ok(own.to_owned()) } else { Ok(std::env::current_exe()?) }
}

/// Runs an audit as a process of its own and reads what it prints; an error where it did not come to its end.
pub async fn audited(mut command: Command) -> Result<Audited> {
    command.stdin(Stdio::null());
    let run = tokio::task::spawn_blocking(move || command.output()).await;
    let output = run.map_err(|e| Error::fault(format!("an audit broke off: {e}")))??;
    let printed = String::from_utf8_lossy(&output.stdout);
    let beginning = |word: &str| printed.lines().filter(|line| line.starts_with(word)).count();
    let (holding, faults) = (beginning("ok "), beginning("FAULT "));
    for fault in printed.lines().filter(|line| line.starts_with("FAULT ")) {
        tracing::error!(fault, "audit");
    }
    let ended = printed.lines().last().is_some_and(|line| line.ends_with(" hold"));
    if ended && output.status.success() == (faults == 0) {
        return Ok(Audited { checks: holding + faults, faults });
    }
    let why = String::from_utf8_lossy(&output.stderr);
    Err(Error::fault(format!("the audit ended with {} and did not tell all: {}", output.status, why.trim())))
}

fn note_damage(market: &Market, damage: Option<String>) {
    if let Some(damage) = damage {
        tracing::error!(damage, "the database file is damaged: stop the market and restore a backup");
        market.sound.store(false, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_night_is_an_hour_of_shanghai() {
        let at = |text| At::parse(text).unwrap();
        assert!(night(at("2026-11-25T03:00:00+08:00")).is_some());
        assert_eq!(night(at("2026-11-25T03:59:59+08:00")), night(at("2026-11-25T03:00:00+08:00")));
        assert_eq!(night(at("2026-11-25T04:00:00+08:00")), None);
        assert_eq!(night(at("2026-11-25T02:59:59+08:00")), None);
    }
}
