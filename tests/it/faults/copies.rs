//! Backups taken while people buy, put back into either database; damaged ones are told (R2, R3).

use std::{os::unix::fs::FileExt, path::Path, process::Output, time::Duration};

use yanxi::{
    db::{Db, Engine, q},
    kernel::Random,
};

use super::{load::Load, on_both_programs};
use crate::support::{Market, long};

on_both_programs! {
    backups_under_load_audit_and_go_into_either_database,
    a_changed_byte_is_told_and_nothing_is_restored,
}

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}\n{}", text(&output.stdout), text(&output.stderr))
}

fn restore(market: &Market, file: &Path, to: &str) -> Output {
    let mut command = market.command(&["restore", file.to_str().unwrap()]);
    command.env("DATABASE_URL", to).env_remove("YANXI_DEMO").output().unwrap()
}

async fn counted(db: Db) -> (i64, i64, i64) {
    let sql = "SELECT (SELECT CAST(count(*) AS BIGINT) FROM orders) AS a,
        (SELECT CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT) FROM ledger_entries) AS b,
        (SELECT CAST(count(*) AS BIGINT) FROM journal_entries) AS c";
    let row = q(sql).one(&mut db.read().await.unwrap()).await.unwrap();
    db.close().await;
    row
}

async fn backups_under_load_audit_and_go_into_either_database(engine: Engine) {
    let Some(market) = Market::start(engine, &[]).await else { return };
    let load = Load::paced(&market, 3, Duration::from_millis(100)).await;
    let folder = market.folder.path().to_owned();
    let copies = if long() { 50 } else { 3 };
    for n in 0..copies {
        let file = folder.join(format!("copy{n}.db"));
        let made = tokio::task::block_in_place(|| market.done(&["backup", file.to_str().unwrap()]));
        assert!(made.status.success(), "{}", said(&made));
        let again = market.done(&["backup", file.to_str().unwrap()]);
        assert!(!again.status.success() && said(&again).contains("exists already"), "{}", said(&again));
    }
    load.end().await;
    let file = folder.join(format!("copy{}.db", copies - 1));
    for into in [Engine::Sqlite, Engine::Postgres] {
        let Some(url) = market.empty(into).await else { continue };
        let restored = tokio::task::block_in_place(|| restore(&market, &file, &url));
        assert!(restored.status.success(), "{}", said(&restored));
        // Read as a copy is: opened as a market's own, the file would change and match its hash no more.
        let source = counted(Db::open_copy(&file).await.unwrap()).await;
        assert!(source.0 > 0);
        assert_eq!(counted(Db::open(&url, None).await.unwrap()).await, source);
        let over = tokio::task::block_in_place(|| restore(&market, &folder.join("copy0.db"), &url));
        assert!(!over.status.success() && said(&over).contains("holds a market"), "{}", said(&over));
        Market::forget(&url).await;
    }
    market.end().await;
}

async fn a_changed_byte_is_told_and_nothing_is_restored(engine: Engine) {
    let Some(market) = Market::prepared(engine, &[]).await else { return };
    let file = market.folder.path().join("copy.db");
    let made = market.done(&["backup", file.to_str().unwrap()]);
    assert!(made.status.success(), "{}", said(&made));
    let bytes = std::fs::File::options().read(true).write(true).open(&file).unwrap();
    let length = bytes.metadata().unwrap().len();
    let mut random = Random::Seeded(3);
    for _ in 0..10 {
        let place = random.below(length).unwrap();
        let mut byte = [0];
        bytes.read_exact_at(&mut byte, place).unwrap();
        bytes.write_all_at(&[byte[0] ^ 1], place).unwrap();
        let url = market.empty(Engine::Sqlite).await.unwrap();
        let refused = restore(&market, &file, &url);
        assert!(!refused.status.success(), "byte {place} of {length}: {}", said(&refused));
        assert!(said(&refused).contains("nothing was restored"), "{}", said(&refused));
        assert!(!Path::new(url.trim_start_matches("sqlite:")).exists());
        bytes.write_all_at(&byte, place).unwrap();
    }
    market.end().await;
}
