//! The façade over a real SQLite file: transactions, rows, keys. PostgreSQL runs the same in tests/it.

use super::{Db, Query, Rows, idempotency, migrate, q, select, table, tx};
use crate::kernel::{At, Clock, Code, Error, Random};

async fn fresh() -> (tempfile::TempDir, Db) {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&format!("sqlite:{}", folder.path().join("t.db").display()), None).await.unwrap();
    migrate::run(&db, At(0)).await.unwrap();
    (folder, db)
}

async fn count(db: &Db) -> i64 {
    let row: (i64,) = q("SELECT CAST(count(*) AS BIGINT) FROM lease").one(&mut db.read().await.unwrap()).await.unwrap();
    row.0
}

const LEASE: &str = "INSERT INTO lease (name, holder, until_at) VALUES ($1, $2, $3)";

#[tokio::test]
async fn migrations_run_once() {
    let (_folder, db) = fresh().await;
    assert_eq!(migrate::run(&db, At(1)).await.unwrap(), 0);
}

#[tokio::test]
async fn a_dropped_or_failed_transaction_leaves_nothing() {
    let (_folder, db) = fresh().await;
    let mut open = db.begin().await.unwrap();
    q(LEASE).bind("a").bind("x").bind(1).exec(&mut open).await.unwrap();
    drop(open);
    let failed: Result<(), Error> = tx!(db, tx, {
        q(LEASE).bind("b").bind("x").bind(1).exec(&mut tx).await?;
        Err(Error::fault("no"))
    });
    assert!(failed.is_err());
    assert_eq!(count(&db).await, 0);
}

#[tokio::test]
async fn many_rows_go_in_together_and_lists_find_them() {
    let (_folder, db) = fresh().await;
    let inserted = tx!(db, tx, {
        let mut rows = Rows::of(LEASE)?;
        for n in 0..25_000_i64 {
            rows.push([format!("job{n}").into(), "x".into(), n.into()])?;
        }
        rows.exec(&mut tx).await
    });
    assert_eq!(inserted.unwrap(), 25_000);
    let sql = "SELECT name FROM lease WHERE name IN ($1) ORDER BY name";
    let list = Query::with_list(sql, ["job3", "job7", "nothing"]);
    let found: Vec<(String,)> = list.all(&mut db.read().await.unwrap()).await.unwrap();
    assert_eq!(found.len(), 2);
}

#[tokio::test]
async fn a_list_longer_than_the_engine_takes_values_is_bound_as_one() {
    let (_folder, db) = fresh().await;
    let codes = (0..100_000).map(|n| format!("job \"{n}\""));
    let sql = "SELECT name FROM lease WHERE name IN ($1)";
    tx!(db, tx, { q(LEASE).bind("job \"77777\"").bind("x").bind(1).exec(&mut tx).await }).unwrap();
    let conn = &mut db.read().await.unwrap();
    let found: Vec<(String,)> = Query::with_list(sql, codes).all(conn).await.unwrap();
    assert_eq!(found, [("job \"77777\"".to_owned(),)]);
    let numbers = Query::with_list("SELECT name FROM lease WHERE until_at IN ($1)", 0..20_000_i64);
    assert_eq!(numbers.all::<(String,)>(conn).await.unwrap().len(), 1);
}

#[tokio::test]
async fn append_only_tables_refuse_change() {
    let (_folder, db) = fresh().await;
    let done = tx!(db, tx, {
        let act = super::audit_log::Act { person: None, role: "system", action: "a", subject: "s", detail: "" };
        super::audit_log::add(&mut tx, act, At(1)).await
    });
    done.unwrap();
    let mut tx = db.begin().await.unwrap();
    assert!(q("UPDATE audit_log SET detail = 'x'").exec(&mut tx).await.is_err());
    assert!(q("DELETE FROM audit_log").exec(&mut tx).await.is_err());
}

#[tokio::test]
async fn a_key_gives_the_first_answer_and_refuses_another_body() {
    let (_folder, db) = fresh().await;
    let key = |body: &str| idempotency::Key {
        scope: "person:1".into(),
        key: "k".into(),
        operation: "placeOrder",
        body_hash: body.into(),
        twin: idempotency::Twin::Told,
    };
    let answer = "{}".to_owned();
    let now = Clock::System.now();
    let kept = tx!(db, tx, { idempotency::keep(&mut tx, &key("a"), &answer, now).await });
    assert!(kept.unwrap());
    let conn = &mut db.read().await.unwrap();
    assert_eq!(idempotency::find(conn, &key("a")).await.unwrap(), Some(answer));
    let other = idempotency::find(conn, &key("b")).await.unwrap_err();
    assert_eq!(other.refusal().map(|r| r.code), Some(Code::KeyReused));
    let running = idempotency::Running::default();
    let first = running.start(&key("a"));
    assert!(running.start(&key("a")).is_err());
    drop(first);
    assert!(running.start(&key("a")).is_ok());
    let _ = Random::System;
}

#[tokio::test]
async fn a_backup_holds_every_row_and_goes_only_into_an_empty_database() {
    let (folder, db) = fresh().await;
    let fill = "INSERT INTO market (key, value) VALUES ('kind', 'demo')";
    let county = "INSERT INTO counties (code, slug, name, short_name, name_en, origin_832, story, story_en, position)
                  VALUES ('610629', 'luochuan', '洛川县', '洛川', 'Luochuan', FALSE, '', '', 1)";
    let _: () = tx!(db, tx, {
        q(fill).exec(&mut tx).await?;
        q(county).exec(&mut tx).await.map(|_| ())
    })
    .unwrap();
    let file = folder.path().join("copy.db");
    super::copy::backup(&db, &file, At(0)).await.unwrap();
    assert!(super::copy::backup(&db, &file, At(0)).await.is_err(), "an existing file is not overwritten");
    let (_other, empty) = fresh().await;
    let copied = Db::open_copy(&file).await.unwrap();
    super::copy::whole(&copied).await.unwrap();
    super::copy::restore(&copied, &empty, At(0)).await.unwrap().commit().await.unwrap();
    let sql = "SELECT name, origin_832, position FROM counties";
    let row: (String, bool, i64) = q(sql).one(&mut empty.read().await.unwrap()).await.unwrap();
    assert_eq!(row, ("洛川县".to_owned(), false, 1));
    assert!(super::copy::restore(&copied, &empty, At(0)).await.is_err(), "a market is not overwritten");
}

#[tokio::test]
async fn transactions_that_wait_together_end_in_few_commits_and_fail_alone() {
    let (_folder, db) = fresh().await;
    let before = super::counts().commits;
    let mut running = tokio::task::JoinSet::new();
    for n in 0..64_i64 {
        let db = db.clone();
        running.spawn(async move {
            let done: Result<(), Error> = tx!(db, tx, {
                q(LEASE).bind(format!("job{n}")).bind("x").bind(n).exec(&mut tx).await?;
                if n % 4 == 0 { Err(Error::fault("no")) } else { Ok(()) }
            });
            // What was answered is there for all who read.
            let sql = "SELECT CAST(count(*) AS BIGINT) FROM lease WHERE until_at = $1";
            let row: (i64,) = q(sql).bind(n).one(&mut db.read().await.unwrap()).await.unwrap();
            assert_eq!((row.0, done.is_ok()), (i64::from(n % 4 != 0), n % 4 != 0), "{n}");
        });
    }
    while let Some(done) = running.join_next().await {
        done.unwrap();
    }
    assert_eq!(count(&db).await, 48);
    let commits = super::counts().commits - before;
    assert!((3..=20).contains(&commits), "{commits} commits");
}

#[tokio::test]
async fn a_turn_that_is_dropped_is_undone_alone_and_holds_nobody_up() {
    let (_folder, db) = fresh().await;
    let mut first = db.begin().await.unwrap();
    q(LEASE).bind("kept").bind("x").bind(1).exec(&mut first).await.unwrap();
    let other = db.clone();
    let hung_up = tokio::spawn(async move {
        let mut tx = other.begin().await.unwrap();
        q(LEASE).bind("dropped").bind("x").bind(1).exec(&mut tx).await.unwrap();
        std::future::pending::<()>().await;
    });
    let gone = tokio::spawn({
        let db = db.clone();
        async move { db.begin().await.map(|_| ()) }
    });
    tokio::task::yield_now().await;
    let kept = tokio::spawn(first.commit());
    while !kept.is_finished() && count(&db).await == 0 {
        gone.abort();
        hung_up.abort();
        tokio::task::yield_now().await;
    }
    kept.await.unwrap().unwrap();
    let _: () = tx!(db, tx, { q(LEASE).bind("after").bind("x").bind(1).exec(&mut tx).await.map(|_| ()) }).unwrap();
    let names: Vec<(String,)> =
        q("SELECT name FROM lease ORDER BY name").all(&mut db.read().await.unwrap()).await.unwrap();
    assert_eq!(names, [("after".to_owned(),), ("kept".to_owned(),)]);
}

table! {
    #[derive(Debug)]
    struct Leased in "lease" {
        name: String,
        holder: crate::kernel::ActorRole,
        until_at: At,
    }
}

#[tokio::test]
async fn a_word_that_a_closed_set_has_not_is_a_fault_of_reading() {
    let (_folder, db) = fresh().await;
    tx!(db, tx, { q(LEASE).bind("a").bind("landlord").bind(1).exec(&mut tx).await }).unwrap();
    let read = q(select!(Leased, "WHERE name = $1")).bind("a").opt::<Leased>(&mut db.read().await.unwrap()).await;
    assert!(format!("{:?}", read.unwrap_err()).contains("landlord is no "));
}
