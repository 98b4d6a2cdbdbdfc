//! Reports that nobody waits for any more end, and while they run nobody else waits for them.

use std::{
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use yanxi::{
    db::{Db, Engine, q},
    web,
};

use crate::support::{Desk, Shop, on_both};

on_both! {
    reports_keep_nobody_waiting_and_end_with_their_caller,
    a_report_ends_when_its_client_hangs_up,
}

/// What no engine ever comes to the end of.
const ENDLESS: &str = "WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i > 0)
    SELECT CAST(count(*) AS BIGINT) FROM n";

/// Statements of reports that PostgreSQL works on, or that wait for a lock.
const RUNNING: &str = "SELECT CAST(count(*) AS BIGINT) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'yanxi reports' AND state = 'active'";

const PATIENCE: Duration = Duration::from_secs(30);

async fn until<F: Future<Output = bool>>(what: &str, holds: impl Fn() -> F) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < PATIENCE, "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn running(db: &Db) -> i64 {
    let (count,): (i64,) = q(RUNNING).one(&mut db.read().await.unwrap()).await.unwrap();
    count
}

async fn endless(db: Db) {
    let mut reading = db.report().await.unwrap();
    let counted = q(ENDLESS).one::<(i64,)>(&mut reading).await;
    panic!("an endless report came to {counted:?}");
}

async fn reports_keep_nobody_waiting_and_end_with_their_caller(shop: Arc<Shop>) {
    let desk = &Desk::open(shop.clone()).await;
    let report = || async { desk.get("bureau", "/bureau/reports/summary").await.status };
    let drawn = [tokio::spawn(endless(shop.trade.db.clone())), tokio::spawn(endless(shop.trade.db.clone()))];
    until("one report more waits for a while and is told so", || async { report().await == 503 }).await;

    let begun = Instant::now();
    let number = shop.placed(&[("P01-1", 1)], None).await.number;
    shop.pay(&number).await;
    shop.seal().await;
    assert_eq!(desk.visitor("").get("/products").await.status, 200);
    assert_eq!(desk.visitor("coop-a").get("/coop").await.status, 200);
    assert_eq!(desk.get("", "/counter").await.status, 200);
    assert!(begun.elapsed() < PATIENCE, "somebody waited for a report");
    assert!(drawn.iter().all(|task| !task.is_finished()), "a report ended by itself");

    for task in drawn {
        task.abort();
    }
    until("its connections are free again", || async { report().await == 200 }).await;
    if shop.trade.db.engine() == Engine::Postgres {
        until("the server computes nothing", || async { running(&shop.trade.db).await == 0 }).await;
    }
}

/// PostgreSQL only, where a lock holds a report up for as long as the test likes.
async fn a_report_ends_when_its_client_hangs_up(shop: Arc<Shop>) {
    let db = &shop.trade.db;
    if db.engine() != Engine::Postgres {
        return;
    }
    let desk = Desk::open(shop.clone()).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = web::router(&desk.market).unwrap();
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    let mut lock = db.begin().await.unwrap();
    q("LOCK TABLE rollups IN ACCESS EXCLUSIVE MODE").exec(&mut lock).await.unwrap();
    let token = desk.signed_up("another", yanxi::identity::Role::Bureau, None).await.1;
    let asked = crate::support::http()
        .get(format!("http://{address}/api/v1/bureau/reports/summary"))
        .header("Authorization", format!("Bearer {token}"));
    let client = tokio::spawn(asked.send());
    until("the report runs", || async { running(db).await == 1 }).await;
    client.abort();
    until("the server gave the report up", || async { running(db).await == 0 }).await;
    lock.rollback().await.unwrap();
    serving.abort();
}
