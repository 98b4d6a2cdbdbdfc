//! What a purchase costs the database: statements and commits of each call.

use std::sync::Arc;

use serde_json::json;
use yanxi::db::{Engine, counts};

use crate::support::{
    api::{place_body, quote_body},
    site::{Page, Site, Visitor, at_site},
};

const HERE: &str = "http://127.0.0.1:8080";

#[test]
fn a_purchase_is_few_statements_sqlite() {
    at_site(Engine::Sqlite, HERE, purchase);
}

#[test]
fn a_purchase_is_few_statements_postgres() {
    at_site(Engine::Postgres, HERE, purchase);
}

/// Counts of one call, by name.
struct Cost {
    call: &'static str,
    statements: u64,
    commits: u64,
}

async fn call(
    visitor: &mut Visitor,
    costs: &mut Vec<Cost>,
    (name, method, path): (&'static str, &str, &str),
    heads: &[(&str, &str)],
    body: &str,
) -> Page {
    let before = counts();
    let page = visitor.api(method, path, heads, body).await;
    let after = counts();
    assert!(page.status < 300, "{name}: {}", page.text);
    let (statements, commits) = (after.statements - before.statements, after.commits - before.commits);
    costs.push(Cost { call: name, statements, commits });
    page
}

async fn purchase(site: Arc<Site>) {
    let mut guest = site.visitor();
    let mut costs = Vec::new();
    let items = quote_body(&[("P01-1", 2), ("P02-1", 1)]).to_string();
    let quote = call(&mut guest, &mut costs, ("quote", "POST", "/quotes"), &[], &items).await.json();
    let place = place_body(quote["quote_id"].as_str().unwrap()).to_string();
    let key = [("idempotency-key", "order")];
    let order = call(&mut guest, &mut costs, ("order", "POST", "/orders"), &key, &place).await.json();
    let (number, token) = (order["number"].as_str().unwrap(), order["token"].as_str().unwrap());
    let heads = [("idempotency-key", "payment"), ("x-order-token", token)];
    let path = format!("/orders/{number}/payments");
    let method = json!({ "method": "sandbox" }).to_string();
    let payment = call(&mut guest, &mut costs, ("pay", "POST", &path), &heads, &method).await.json();
    let path = format!("/sandbox/payments/{}", payment["payment_id"].as_str().unwrap());
    let outcome = json!({ "outcome": "succeeded" }).to_string();
    call(&mut guest, &mut costs, ("settle", "POST", &path), &[], &outcome).await;
    let path = format!("/orders/{number}");
    let read = call(&mut guest, &mut costs, ("read", "GET", &path), &[("x-order-token", token)], "").await;
    assert_eq!(read.json()["state"], "paid");
    let told: Vec<String> =
        costs.iter().map(|cost| format!("{} {}/{}", cost.call, cost.statements, cost.commits)).collect();
    let all: u64 = costs.iter().map(|cost| cost.statements).sum();
    println!("{all} statements: {}", told.join(", "));
    assert!(all <= 40, "{all} statements: {}", told.join(", "));
    assert!(costs.iter().all(|cost| cost.call != "read" || cost.statements <= 4), "{}", told.join(", "));
}
