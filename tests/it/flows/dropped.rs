//! A transaction whose client hung up, at whatever point: nobody after it is inside it.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::Arc,
    task::Poll,
    time::Duration,
};

use yanxi::{
    db::{Db, Engine, q},
    kernel::Result,
};

use crate::support::{Shop, on_both, shop::write};

on_both! {
    whatever_of_a_transaction_is_dropped_its_connection_is_clean,
    whoever_ended_before_a_dropped_load_is_told_what_became_of_it,
}

/// Runs a future until it has waited `waits` times, then drops it; its answer where it was done before.
async fn dropped_after<T>(waits: usize, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut waited = 0;
    poll_fn(move |context| match future.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending if waited == waits => Poll::Ready(None),
        Poll::Pending => {
            waited += 1;
            Poll::Pending
        }
    })
    .await
}

const PUT: &str = "INSERT INTO seeds (part, detail, loaded_at) VALUES ($1, '', 1)";
const ALL: &str = "SELECT CAST(count(*) AS BIGINT) FROM seeds";

/// More often no transaction here waits.
const MOST_WAITS: usize = 8;

#[derive(Clone, Copy, Debug)]
enum Kind {
    Committed,
    RolledBack,
    Unhurried,
    Snapshot,
    LongSnapshot,
}

async fn run(db: &Db, kind: Kind, part: String) -> Result<()> {
    let mut tx = match kind {
        Kind::Snapshot => db.snapshot().await?,
        Kind::LongSnapshot => db.long_snapshot().await?,
        _ => db.begin().await?,
    };
    match kind {
        Kind::Snapshot | Kind::LongSnapshot => {
            let _: (i64,) = q(ALL).one(&mut tx).await?;
            return tx.commit().await;
        }
        Kind::Unhurried => tx.unhurried().await?,
        Kind::Committed | Kind::RolledBack => {}
    }
    q(PUT).bind(part).exec(&mut tx).await?;
    if matches!(kind, Kind::RolledBack) { tx.rollback().await } else { tx.commit().await }
}

/// PostgreSQL's other connections, which are in a transaction or run a statement.
const BUSY: &str = "SELECT CAST(count(*) AS BIGINT) FROM pg_stat_activity WHERE datname = current_database()
    AND backend_type = 'client backend' AND state <> 'idle' AND pid <> pg_backend_pid()";

/// What was on its way when it was dropped comes to its end, and no connection stays inside.
async fn all_end(db: &Db, part: &str) {
    if db.engine() == Engine::Sqlite {
        return;
    }
    let mut busy = 0;
    for _ in 0..100 {
        // Each of two tells of the other.
        let (mut one, mut other) = (db.read().await.unwrap(), db.read().await.unwrap());
        let (first,): (i64,) = q(BUSY).one(&mut one).await.unwrap();
        let (second,): (i64,) = q(BUSY).one(&mut other).await.unwrap();
        busy = first + second;
        if busy == 0 {
            return;
        }
        drop((one, other));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{part}: {busy} connections are still busy");
}

/// Several connections at once see the same rows, also one that was committed just now.
async fn all_see_what_was_committed(db: &Db, part: &str) {
    let mut tx = db.begin().await.unwrap();
    q(PUT).bind(part).exec(&mut tx).await.unwrap();
    let (all,): (i64,) = q(ALL).one(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    let mut held = Vec::new();
    for _ in 0..4 {
        let mut conn = db.read().await.unwrap();
        let (seen,): (i64,) = q(ALL).one(&mut conn).await.unwrap();
        assert_eq!(seen, all, "{part}");
        held.push(conn);
    }
}

async fn whatever_of_a_transaction_is_dropped_its_connection_is_clean(shop: Arc<Shop>) {
    let db = &shop.trade.db;
    for kind in [Kind::Committed, Kind::RolledBack, Kind::Unhurried, Kind::Snapshot, Kind::LongSnapshot] {
        let mut dropped = 0;
        // How often it waits is the machine's; each point is met several times.
        for turn in 0..4 * MOST_WAITS {
            let part = format!("{kind:?} {turn}");
            match dropped_after(turn % MOST_WAITS, run(db, kind, part.clone())).await {
                Some(done) => done.unwrap(),
                None => dropped += 1,
            }
            all_end(db, &part).await;
            all_see_what_was_committed(db, &format!("after {part}")).await;
        }
        assert!(dropped >= 4, "{kind:?} was dropped {dropped} times only");
    }
}

async fn whoever_ended_before_a_dropped_load_is_told_what_became_of_it(shop: Arc<Shop>) {
    for waits in 0..6 {
        let part = format!("small {waits}");
        let mut small = shop.trade.db.begin().await.unwrap();
        q(PUT).bind(&part).exec(&mut small).await.unwrap();
        let db = shop.trade.db.clone();
        let load =
            tokio::spawn(async move { dropped_after(waits, run(&db, Kind::Unhurried, format!("load {waits}"))).await });
        tokio::task::yield_now().await;
        small.commit().await.unwrap();
        load.await.unwrap().transpose().unwrap();
        all_end(&shop.trade.db, &part).await;
        all_see_what_was_committed(&shop.trade.db, &format!("after {part}")).await;
        write(&shop.trade.db, &["DELETE FROM seeds WHERE part LIKE 'small%'"]).await;
    }
}
