//! Ordering over the API: idempotency keys, worked vectors, owners.

use std::sync::Arc;

use serde_json::{Value, json};
use yanxi::{
    db::{
        Engine,
        idempotency::{Key, Twin},
    },
    kernel::hash::sha256_hex,
};

use crate::support::{
    api::{place_body, quote_body},
    site::{Site, Visitor, at_site},
};

const HERE: &str = "http://127.0.0.1:8080";

macro_rules! on_site {
    ($($name:ident,)*) => { $(
        mod $name {
            #[test]
            fn sqlite() {
                super::at_site(super::Engine::Sqlite, super::HERE, super::$name);
            }

            #[test]
            fn postgres() {
                super::at_site(super::Engine::Postgres, super::HERE, super::$name);
            }
        }
    )* };
}

on_site! {
    a_key_gives_the_first_answer_again,
    a_twin_that_runs_is_told_so,
    repeats_at_once_of_a_finished_key_all_get_its_answer,
    a_token_is_told_again_and_kept_nowhere,
    coupons_and_returns_follow_the_worked_vectors,
    an_order_is_its_owners_alone,
}

async fn quoted(visitor: &mut Visitor, items: &[(&str, i64)], coupon: Option<&str>) -> Value {
    let mut body = quote_body(items);
    if let Some(code) = coupon {
        body["coupons"] = json!([code]);
    }
    let quote = visitor.api("POST", "/quotes", &[], &body.to_string()).await;
    assert_eq!(quote.status, 200, "{}", quote.text);
    quote.json()
}

fn placing(quote: &Value) -> String {
    place_body(quote["quote_id"].as_str().unwrap()).to_string()
}

async fn a_key_gives_the_first_answer_again(site: Arc<Site>) {
    let mut guest = site.visitor();
    let quote = quoted(&mut guest, &[("P02-1", 1)], None).await;
    let body = placing(&quote);
    let missing = guest.api("POST", "/orders", &[], &body).await;
    assert_eq!((missing.status, missing.json()["code"].as_str()), (422, Some("idempotency_key_needed")));
    let first = guest.api("POST", "/orders", &[("idempotency-key", "one")], &body).await;
    let again = guest.api("POST", "/orders", &[("idempotency-key", "one")], &body).await;
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!(first.json(), again.json());
    let other = body.replace("王芳", "李芳");
    let reused = guest.api("POST", "/orders", &[("idempotency-key", "one")], &other).await;
    assert_eq!((reused.status, reused.json()["code"].as_str()), (422, Some("idempotency_key_reused")));
    let second = guest.api("POST", "/orders", &[("idempotency-key", "two")], &body).await;
    assert_eq!(second.status, 409, "a quote is one order at most: {}", second.text);

    let (placed, number) = (first.json(), first.json()["number"].as_str().unwrap().to_owned());
    let token = placed["token"].as_str().unwrap();
    let path = format!("/orders/{number}/payments");
    let pay = r#"{"method":"sandbox"}"#;
    let bare = guest.api("POST", &path, &[("x-order-token", token)], pay).await;
    assert_eq!(bare.status, 422);
    let heads = [("x-order-token", token), ("idempotency-key", "pay")];
    let first = guest.api("POST", &path, &heads, pay).await;
    let again = guest.api("POST", &path, &heads, pay).await;
    assert_eq!((first.status, first.json()), (201, again.json()));
    assert_eq!(guest.api("POST", &path, &heads, r#"{"method": "sandbox"}"#).await.status, 422);
    assert_eq!(site.shop.stock("P02-1").await, (5, 1));
}

async fn repeats_at_once_of_a_finished_key_all_get_its_answer(site: Arc<Site>) {
    let mut guest = site.visitor();
    let quote = quoted(&mut guest, &[("P02-1", 1)], None).await;
    let body = placing(&quote);
    let first = guest.api("POST", "/orders", &[("idempotency-key", "one")], &body).await;
    for _ in 0..20 {
        let repeats = (0..8).map(|_| {
            let (mut guest, body) = (guest.clone(), body.clone());
            tokio::spawn(async move { guest.api("POST", "/orders", &[("idempotency-key", "one")], &body).await })
        });
        for repeat in repeats.collect::<Vec<_>>() {
            let repeat = repeat.await.unwrap();
            assert_eq!((repeat.status, repeat.json()), (201, first.json()), "{}", repeat.text);
        }
    }
}

async fn a_token_is_told_again_and_kept_nowhere(site: Arc<Site>) {
    let mut guest = site.visitor();
    let quote = quoted(&mut guest, &[("P02-1", 1)], None).await;
    let first = guest.api("POST", "/orders", &[("idempotency-key", "one")], &placing(&quote)).await.json();
    let token = first["token"].as_str().unwrap();
    assert_eq!(token.len(), 64);
    let kept: Vec<(Option<String>,)> = yanxi::db::q("SELECT answer FROM idempotency_keys")
        .all(&mut site.shop.trade.db.read().await.unwrap())
        .await
        .unwrap();
    assert!(kept.iter().all(|row| !row.0.as_deref().unwrap_or_default().contains(token)), "{kept:?}");
    let path = format!("/orders/{}", first["number"].as_str().unwrap());
    assert_eq!(guest.api("GET", &path, &[("x-order-token", token)], "").await.status, 200);
    let other = token.replace(&token[..1], if token.starts_with('0') { "1" } else { "0" });
    assert_eq!(guest.api("GET", &path, &[("x-order-token", &other)], "").await.status, 404);
}

async fn a_twin_that_runs_is_told_so(site: Arc<Site>) {
    let mut guest = site.visitor();
    let quote = quoted(&mut guest, &[("P02-1", 1)], None).await;
    let body = placing(&quote);
    let key = Key {
        scope: format!("quote:{}", quote["quote_id"].as_str().unwrap()),
        key: "one".to_owned(),
        operation: "placeOrder",
        body_hash: sha256_hex(b""),
        twin: Twin::Told,
    };
    let running = site.market.trade.keys.start(&key).unwrap();
    let twin = guest.api("POST", "/orders", &[("idempotency-key", "one")], &body).await;
    assert_eq!((twin.status, twin.json()["code"].as_str()), (409, Some("idempotency_key_running")));
    drop(running);
    assert_eq!(guest.api("POST", "/orders", &[("idempotency-key", "one")], &body).await.status, 201);
}

/// V1 in kind: a coupon over lines by largest remainder; V6: three of a kind, two given back.
async fn coupons_and_returns_follow_the_worked_vectors(site: Arc<Site>) {
    let mut guest = site.visitor();
    let quote = quoted(&mut guest, &[("P01-1", 3)], Some("THIRTY")).await;
    assert_eq!((quote["goods_fen"].as_i64(), quote["discount_fen"].as_i64()), (Some(26_970), Some(3_000)));
    assert_eq!(quote["lines"][0]["payable_fen"], 23_970);

    let even = quoted(&mut guest, &[("P01-1", 1), ("P02-1", 1), ("P03-1", 1)], Some("TWENTY")).await;
    let shares: Vec<i64> =
        even["lines"].as_array().unwrap().iter().map(|l| l["discount_fen"].as_i64().unwrap()).collect();
    // 20.00 over 89.90, 33.50, 199.00 of 322.40.
    assert_eq!(shares, [558, 208, 1234]);

    let placed = guest.api("POST", "/orders", &[("idempotency-key", "v6")], &placing(&quote)).await.json();
    let number = placed["number"].as_str().unwrap().to_owned();
    site.shop.pay(&number).await;
    let order = site.shop.order(&number).await;
    let asked = yanxi::orders::refund::Asked::Lines(vec![yanxi::orders::refund::AskedLine {
        line_no: 1,
        qty: Some(2),
        amount: None,
    }]);
    let by = yanxi::kernel::Actor::SYSTEM;
    let refunding =
        yanxi::orders::refund::refund(&site.shop.trade, &site.shop.trade.work(by, None), &order, (&asked, "V6"))
            .await
            .unwrap();
    assert_eq!(refunding.goods_fen.0, 15_980, "159.80, not 179.80");
    let heads = [("x-order-token", placed["token"].as_str().unwrap())];
    let order = guest.api("GET", &format!("/orders/{number}"), &heads, "").await.json();
    assert_eq!(order["seller_orders"][0]["lines"][0]["refunded_fen"], 15_980);
}

async fn an_order_is_its_owners_alone(site: Arc<Site>) {
    let mut guest = site.visitor();
    let quote = quoted(&mut guest, &[("P02-1", 1)], None).await;
    let placed = guest.api("POST", "/orders", &[("idempotency-key", "a")], &placing(&quote)).await.json();
    let path = format!("/orders/{}", placed["number"].as_str().unwrap());
    for token in ["", "x", &"0".repeat(64)] {
        assert_eq!(guest.api("GET", &path, &[("x-order-token", token)], "").await.status, 404);
        assert_eq!(guest.api("POST", &format!("{path}/cancel"), &[("x-order-token", token)], "").await.status, 404);
    }
    let heads = [("x-order-token", placed["token"].as_str().unwrap())];
    assert_eq!(guest.api("GET", &path, &heads, "").await.status, 200);
    let list = guest.api("GET", "/regions?parent=3202", &[], "").await.json();
    assert_eq!(list["items"][0]["code"], "320213");
}
