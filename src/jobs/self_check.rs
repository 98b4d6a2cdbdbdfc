//! The market looks at itself: the SQLite file when a process starts, everything once a night. What
//! does not hold is an ERROR in the log and a number in the metrics (R3).

use std::sync::atomic::{AtomicI64, Ordering};

use crate::{
    audit,
    db::copy,
    kernel::{At, Result, time::HOUR},
    web::Market,
};

/// The hour in Shanghai in which the market is quiet.
const QUIET: i64 = 3;
const DAY: i64 = 24 * HOUR;
/// Shanghai is ahead of UTC by so much.
const AHEAD: i64 = 8 * HOUR;

/// Night of the last whole check of this process.
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

/// The whole file and every invariant, in the quiet hour.
pub async fn turn(market: Market) -> Result<usize> {
    let Some(tonight) = night(market.now()).filter(|night| LAST.load(Ordering::SeqCst) != *night) else {
        return Ok(0);
    };
    LAST.store(tonight, Ordering::SeqCst);
    note_damage(&market, copy::damage(&mut market.db().read().await?, "PRAGMA integrity_check(1)").await?);
    let mut faults = 0_u32;
    let found = audit::each(market.db(), market.now(), |finding| {
        if finding.faults > 0 {
            faults += 1;
            tracing::error!(check = finding.name, faults = finding.faults, example = finding.example, "audit");
        }
    });
    let checks = found.await?.len();
    metrics::gauge!("yanxi_audit_faults").set(f64::from(faults));
    tracing::info!(checks, faults, "the nightly audit");
    Ok(checks)
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
