//! The program's shell commands over a shop: whatever zone the machine is in, days are those of China.

use std::process::Command;

use yanxi::{db::Engine, kernel::At};

use crate::support::{Base, Shop, runtime};

/// Runs a command over the base in a time zone; its standard output.
fn told(base: &Base, zone: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yanxi"));
    command.args(arguments).env_clear().env("TZ", zone).env("DATABASE_URL", &base.url);
    let done = command.env("YANXI_DATA", base.folder.path()).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

async fn days_stay_those_of_china(engine: Engine) {
    let Some(base) = Base::fresh(engine).await else { return };
    let shop = Shop::open(&base).await;
    shop.trade.clock.set(At::parse("2026-10-31T15:50:00Z").unwrap());
    let (one, two) = (shop.placed(&[("P01-1", 1)], None).await, shop.placed(&[("P01-1", 2)], None).await);
    for (number, at) in [(one.number, "2026-10-31T15:59:59Z"), (two.number, "2026-10-31T16:00:00Z")] {
        shop.trade.clock.set(At::parse(at).unwrap());
        shop.pay(&number).await;
    }
    shop.seal().await;
    for zone in ["UTC", "America/New_York", "Asia/Shanghai", "Pacific/Kiritimati"] {
        let days = ["--from", "2026-10-01", "--to", "2026-11-30", "--by", "day"];
        let csv = told(&base, zone, &[&["report", "summary", "--format", "csv"], &days[..]].concat());
        let rows: Vec<&str> =
            csv.lines().filter(|line| line.starts_with("2026-1") && line.contains(",2026-1")).collect();
        assert_eq!(rows.len(), 2, "{zone}: {csv}");
        assert!(rows[0].starts_with("2026-10-31,2026-10-31,89.90,"), "{zone}: {csv}");
        assert!(rows[1].starts_with("2026-11-01,2026-11-01,179.80,"), "{zone}: {csv}");
        let json = told(&base, zone, &[&["report", "summary", "--format", "json"], &days[..]].concat());
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["totals"]["net_paid_fen"], 26_970, "{zone}");
        let table = told(&base, zone, &["report", "bridge", "--from", "2026-11-01", "--to", "2026-11-01"]);
        assert!(table.contains("有效销售额"), "{table}");
    }
    shop.trade.db.close().await;
    base.remove().await;
}

#[test]
fn days_stay_those_of_china_sqlite() {
    runtime().block_on(days_stay_those_of_china(Engine::Sqlite));
}

#[test]
fn days_stay_those_of_china_postgres() {
    runtime().block_on(days_stay_those_of_china(Engine::Postgres));
}
