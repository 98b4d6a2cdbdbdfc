//! A cooperative's statement in pages, as a whole and as a file; and what of the ledger it reads.

use std::sync::Arc;

use sqlx::{AssertSqlSafe, Connection, Row, SqlSafeStr, SqliteConnection};
use yanxi::{
    db::{Engine, declared},
    kernel::{Code, CoopId},
    orders::statement::{Asked, Moved},
};

use crate::support::{Base, Desk, Shop, on_both, runtime};

on_both! {
    pages_and_files_are_the_whole_statement,
}

const DAYS: &str = "from=2026-11-01&to=2027-10-31";

fn asked() -> Asked {
    let day = |text: &str| text.parse().unwrap();
    Asked::of(&CoopId("c1".to_owned()), (day("2026-11-01"), day("2027-10-31"))).unwrap()
}

fn told(rows: &[Moved]) -> Vec<String> {
    rows.iter().map(|row| serde_json::to_string(row).unwrap()).collect()
}

async fn pages_and_files_are_the_whole_statement(shop: Arc<Shop>) {
    for (day, units) in [("2026-11-01", 1), ("2026-11-02", 2), ("2026-11-02", 3), ("2027-02-20", 1)] {
        shop.trade.clock.set(yanxi::kernel::At::parse(&format!("{day}T12:00:00+08:00")).unwrap());
        let number = shop.placed(&[("P01-1", units), ("P02-1", 1)], None).await.number;
        shop.pay(&number).await;
    }
    shop.seal().await;
    let asked = asked();
    let mut reading = shop.trade.db.report().await.unwrap();
    let whole = asked.whole(&mut reading, 8).await.unwrap();
    assert_eq!(whole.len(), 8, "a line and its freight for each order: {whole:?}");
    assert!(whole.is_sorted_by_key(Moved::place));

    let refused = asked.whole(&mut reading, 7).await.unwrap_err();
    assert_eq!(refused.refusal().map(|refusal| refusal.code), Some(Code::ReportTooLong));
    for most in [1, 3, 8] {
        let (mut paged, mut after) = (Vec::new(), None);
        loop {
            let page = asked.page(&mut reading, after.as_ref(), most).await.unwrap();
            assert!(page.rows.len() <= most);
            after = page.rows.last().map(Moved::place).map(|place| place.to_string().parse().unwrap());
            paged.extend(page.rows);
            if !page.more {
                break;
            }
        }
        assert_eq!(told(&paged), told(&whole), "pages of {most}");
    }
    let totals = asked.totals(&mut reading).await.unwrap();
    assert_eq!(totals.qty, whole.iter().map(|row| row.qty).sum::<i64>());
    let net: i64 = whole.iter().map(|row| row.net().unwrap().0).sum();
    assert_eq!(totals.net_fen.0, net);
    reading.end(Ok(())).await.unwrap();

    let desk = Desk::open(shop.clone()).await;
    let answer = desk.get("coop-a", &format!("/coop/statements?{DAYS}")).await;
    assert_eq!((answer.status, answer.body["rows"].as_array().unwrap().len()), (200, 8));
    assert_eq!((&answer.body["totals"]["net_fen"], &answer.body["totals"]["qty"]), (&net.into(), &totals.qty.into()));
    let file = desk.get("coop-a", &format!("/coop/statements?{DAYS}&format=csv")).await;
    let lines: Vec<&str> = file.body.as_str().unwrap().lines().collect();
    assert!(lines[0].starts_with("\u{feff}"), "{}", lines[0]);
    for (line, row) in lines[1..].iter().zip(&whole) {
        assert!(line.starts_with(&format!("{},{},", row.day, row.number)), "{line}");
        assert!(line.ends_with(&row.net().unwrap().yuan()), "{line}");
    }
    assert_eq!(desk.get("coop-a", &format!("/coop/statements?{DAYS}&format=xlsx")).await.status, 200);
    let mut visitor = desk.visitor("coop-a");
    let behind = visitor.get(&format!("/coop/statement?{DAYS}&after={}", whole[5].place())).await;
    assert_eq!((behind.status, behind.count("tbody tr")), (200, 2));
    assert_eq!(visitor.get(&format!("/coop/statement?{DAYS}&after=yesterday")).await.status, 422);
}

#[test]
fn a_statement_finds_its_rows_by_its_own_dimensions_and_days() {
    runtime().block_on(async {
        let base = Base::fresh(Engine::Sqlite).await.unwrap();
        let mut conn = SqliteConnection::connect(base.url.trim_start_matches("sqlite:")).await.unwrap();
        let own = declared().filter(|statement| statement.place.starts_with("src/orders/statement.rs"));
        let mut seen = 0;
        for statement in own {
            let sql = format!("EXPLAIN QUERY PLAN {}", statement.sql.replace("($2)", "($2, $3, $4, $5)"));
            let steps = sqlx::query(AssertSqlSafe(sql).into_sql_str()).fetch_all(&mut conn).await.unwrap();
            let steps: Vec<String> = steps.iter().map(|row| row.get("detail")).collect();
            let has = |step: &str| steps.iter().any(|told| told.contains(step));
            assert!(has("SEARCH d USING COVERING INDEX dimensions_coop (coop_id=?)"), "{steps:?}");
            assert!(has("SEARCH e USING INDEX ledger_entries_day (day=? AND dimension_id=?)"), "{steps:?}");
            assert!(!has("SCAN"), "{}: {steps:?}", statement.name);
            seen += 1;
        }
        assert_eq!(seen, 2);
    });
}
