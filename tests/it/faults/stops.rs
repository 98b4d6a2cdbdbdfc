//! A graceful stop, and clients that hang up in the middle of their request.

use std::{
    io::Write,
    net::{Shutdown, TcpStream},
    time::Duration,
};

use serde_json::Value;
use yanxi::db::Engine;

use super::{load::Load, on_both_programs};
use crate::support::{
    Api, Market,
    api::{key, place_body},
};

on_both_programs! {
    a_stop_answers_what_runs_and_ends_in_time,
    a_client_that_hangs_up_still_has_its_order,
}

async fn a_stop_answers_what_runs_and_ends_in_time(engine: Engine) {
    let Some(mut market) = Market::start(engine, &[]).await else { return };
    let load = Load::start(&market, 4).await;
    load.told.reach(5).await;
    let (exit, took) = tokio::task::block_in_place(|| market.stop());
    assert!(exit.success(), "{exit}: {}", market.told());
    assert!(took < Duration::from_secs(10), "stopping took {took:?}");
    market.run().await;
    load.end().await;
    market.audit();
    market.end().await;
}

/// The request is sent whole and the connection closed at once: the order is placed all the same, and
/// the same key brings its answer.
async fn a_client_that_hangs_up_still_has_its_order(engine: Engine) {
    let Some(market) = Market::start(engine, &[]).await else { return };
    let api = Api::of(&market.url);
    let address = market.url.trim_start_matches("http://").to_owned();
    let mut quotes = Vec::new();
    for _ in 0..40 {
        let quote = api.quote(&[("P19-1", 1)]).await;
        let id = quote.body["quote_id"].as_str().unwrap_or_else(|| panic!("{quote:?}")).to_owned();
        let (key, body) = (key(), place_body(&id).to_string());
        let head = format!(
            "POST /api/v1/orders HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
             Idempotency-Key: {key}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut line = TcpStream::connect(&address).unwrap();
        line.write_all(head.as_bytes()).unwrap();
        line.shutdown(Shutdown::Both).unwrap();
        quotes.push((key, body));
    }
    let mut numbers = std::collections::BTreeSet::new();
    for (key, body) in quotes {
        let answer = loop {
            let answer = api.send("POST", "/orders", Some(&key), Some(body.clone())).await.unwrap();
            if answer.body["code"] != "idempotency_key_running" {
                break answer;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        assert_eq!(answer.status, 201, "{answer:?}");
        let Value::String(number) = &answer.body["number"] else { panic!("{answer:?}") };
        assert!(numbers.insert(number.clone()));
    }
    market.audit();
    market.end().await;
}
