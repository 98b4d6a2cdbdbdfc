//! `journal verify --url` before a market that lies: a proxy in front of the real router changes what is told.

use std::{
    process::{Command, Output},
    sync::Arc,
};

use axum::{
    body::to_bytes,
    extract::Request,
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
};
use serde_json::Value;
use yanxi::{counter::seal, web};

use crate::support::{Desk, Shop, on_both};

on_both! {
    a_counter_or_a_journal_that_lies_is_a_no,
}

/// What a proxy makes of an answer, by its path.
type Lie = Arc<dyn Fn(&str, String) -> String + Send + Sync>;

async fn proxied(lie: Lie, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let answer = next.run(request).await;
    let status = answer.status();
    let body = to_bytes(answer.into_body(), 16 << 20).await.unwrap();
    (status, lie(&path, String::from_utf8(body.to_vec()).unwrap())).into_response()
}

/// Runs the command against the desk's market behind a proxy.
async fn verified(desk: &Desk, lie: Lie) -> Output {
    let router = web::router(&desk.market).unwrap();
    let router = router.layer(from_fn(move |request: Request, next: Next| proxied(lie.clone(), request, next)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    let mut command = Command::new(env!("CARGO_BIN_EXE_yanxi"));
    command.args(["journal", "verify", "--url", &url]).env_clear();
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    serving.abort();
    output
}

/// A lie about the counter's JSON.
fn counter(change: impl Fn(&mut Value) + Send + Sync + 'static) -> Lie {
    Arc::new(move |path, body| {
        if path != "/api/v1/counter" {
            return body;
        }
        let mut told: Value = serde_json::from_str(&body).unwrap();
        change(&mut told);
        told.to_string()
    })
}

async fn sold(shop: &Shop, items: &[(&str, i64)]) {
    let number = shop.placed(items, None).await.number;
    shop.pay(&number).await;
    seal::block(&shop.trade.db, shop.trade.clock.now(), 100).await.unwrap();
}

fn add(told: &mut Value, pointer: &str, more: i64) {
    let place = told.pointer_mut(pointer).unwrap();
    *place = (place.as_i64().unwrap() + more).into();
}

async fn a_counter_or_a_journal_that_lies_is_a_no(shop: Arc<Shop>) {
    sold(&shop, &[("P01-1", 2), ("P02-1", 1)]).await;
    sold(&shop, &[("P01-1", 1)]).await;
    let desk = Desk::open(shop.clone()).await;
    let last = desk.get("", "/counter").await.body["head"]["seq"].as_i64().unwrap();
    let before = desk.get("", "/counter").await.body.to_string();
    let honest = verified(&desk, Arc::new(|_, body| body)).await;
    assert!(honest.status.success(), "{honest:?}");
    let lies: Vec<(&str, Lie)> = vec![
        ("1.00 more", counter(|told| add(told, "/all/net_paid_fen", 100))),
        ("1.00 more today", counter(|told| add(told, "/today/net_paid_fen", 100))),
        ("100 orders more", counter(|told| add(told, "/all/orders", 100))),
        ("100 orders more this year", counter(|told| add(told, "/year/orders", 100))),
        ("another county", counter(|told| told["by_county"][0]["county"] = "610699".into())),
        ("a county left out", counter(|told| drop(told["by_county"].as_array_mut().unwrap().pop()))),
        ("another head", counter(|told| told["head"]["hash"] = "0".repeat(64).into())),
        ("no counter", Arc::new(|path, body| if path == "/api/v1/counter" { "{}".to_owned() } else { body })),
        (
            "the last line kept back",
            Arc::new(move |path, body| {
                let kept = |line: &&str| path != "/api/v1/journal" || !line.contains(&format!("\"seq\":{last}}}"));
                body.lines().filter(kept).collect::<Vec<_>>().join("\n")
            }),
        ),
    ];
    for (what, lie) in lies {
        let told = verified(&desk, lie).await;
        assert!(!told.status.success(), "{what}: {told:?}");
    }
    sold(&shop, &[("P02-1", 1)]).await;
    let stale = verified(&desk, counter(move |told| *told = serde_json::from_str(&before).unwrap())).await;
    assert!(stale.status.success(), "sealing that moved on is no lie: {stale:?}");
}
