//! `kill -9` between any two of the steps in which a payment is opened: nothing is lost, nothing is made twice (I16).

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use yanxi::db::{Db, Engine, q};

use super::{load::PATIENCE, on_both_programs};
use crate::support::{
    Api, Market,
    api::{key, place_body},
};

on_both_programs! {
    a_kill_between_the_steps_of_a_payment_loses_nothing,
}

const CUT: &[&str] = &[
    // The row is written, the provider is not asked.
    "CREATE TRIGGER cut BEFORE INSERT ON sandbox_intents BEGIN SELECT RAISE(ABORT, 'cut'); END",
    // The provider was asked, its answer is not kept.
    "CREATE TRIGGER cut BEFORE UPDATE OF opened_at ON payments BEGIN SELECT RAISE(ABORT, 'cut'); END",
    // All is kept, the answer is not sent.
    "CREATE TABLE cut (a TEXT)",
];
const UNCUT: &[&str] = &["DROP TRIGGER cut", "DROP TRIGGER cut", "DROP TABLE cut"];
const CUT_FUNCTION: &str =
    "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'cut'; END $$";
const CUT_POSTGRES: &[&str] = &[
    "CREATE TRIGGER cut BEFORE INSERT ON sandbox_intents FOR EACH ROW EXECUTE FUNCTION cut()",
    "CREATE TRIGGER cut BEFORE UPDATE OF opened_at ON payments FOR EACH ROW EXECUTE FUNCTION cut()",
    "CREATE TABLE cut (a TEXT)",
];
const UNCUT_POSTGRES: &[&str] =
    &["DROP TRIGGER cut ON sandbox_intents", "DROP TRIGGER cut ON payments", "DROP TABLE cut"];

async fn does(db: &Db, sql: &'static str) {
    let mut tx = db.begin().await.unwrap();
    q(sql).exec(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
}

/// The state and the id of the order's only payment, and how many payments its provider knows by that id.
async fn kept(db: &Db, number: &str) -> (String, String, i64) {
    let sql = "SELECT p.state, p.id,
          (SELECT CAST(count(*) AS BIGINT) FROM sandbox_intents WHERE provider_ref = 'pi_sandbox_' || p.id) AS there
        FROM payments p JOIN orders o ON o.id = p.order_id WHERE o.number = $1";
    let rows: Vec<(String, String, i64)> = q(sql).bind(number).all(&mut db.read().await.unwrap()).await.unwrap();
    assert_eq!(rows.len(), 1);
    rows.into_iter().next().unwrap()
}

/// A new order and its owner.
async fn ordered(market: &Market) -> (Api, String) {
    let api = Api::of(&market.url);
    let quote = api.quote(&[("P19-1", 1)]).await;
    let placed = api.post("/orders", place_body(quote.body["quote_id"].as_str().unwrap())).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    (api.with_order(placed.body["token"].as_str().unwrap()), placed.body["number"].as_str().unwrap().to_owned())
}

async fn a_kill_between_the_steps_of_a_payment_loses_nothing(engine: Engine) {
    let Some(mut market) = Market::start(engine, &[]).await else { return };
    let sqlite = engine == Engine::Sqlite;
    let (cuts, uncuts) = if sqlite { (CUT, UNCUT) } else { (CUT_POSTGRES, UNCUT_POSTGRES) };
    let db = Db::open(&market.database(), None).await.unwrap();
    if !sqlite {
        does(&db, CUT_FUNCTION).await;
    }
    let body = json!({"method": "sandbox"}).to_string();
    for (cut, stands) in [("created", 0), ("created", 1), ("pending", 1)].into_iter().enumerate() {
        let (owner, number) = ordered(&market).await;
        let (path, key) = (format!("/orders/{number}/payments"), key());
        does(&db, cuts[cut]).await;
        let first = owner.send("POST", &path, Some(&key), Some(body.clone())).await;
        market.kill();
        does(&db, uncuts[cut]).await;
        assert_eq!(first.is_some_and(|answer| answer.status == 201), cut == 2);
        let (state, id, there) = kept(&db, &number).await;
        assert_eq!((state.as_str(), there), stands);
        market.run().await;
        let begun = Instant::now();
        while owner.order(&number).await["payments"][0]["state"] != "pending" {
            assert!(begun.elapsed() < PATIENCE, "cut {cut}: the payment is not made known again");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let again = owner.send("POST", &path, Some(&key), Some(body.clone())).await.unwrap();
        assert_eq!((again.status, &again.body["payment_id"]), (201, &Value::String(id.clone())), "{again:?}");
        let settled = owner.post(&format!("/sandbox/payments/{id}"), json!({"outcome": "succeeded"})).await;
        assert_eq!(settled.body["state"], "succeeded", "{settled:?}");
        assert_eq!(kept(&db, &number).await, ("succeeded".to_owned(), id, 1));
        assert_eq!(owner.order(&number).await["state"], "paid");
    }
    db.close().await;
    market.audit();
    market.end().await;
}
