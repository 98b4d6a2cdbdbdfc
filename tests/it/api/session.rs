//! Signing in, out and up over HTTP: tokens, cookies, lockout.

use std::sync::Arc;

use serde_json::json;
use yanxi::db::Engine;

use crate::support::site::{Site, at_site};

const SECURE: &str = "https://market.example.cn";
const PLAIN: &str = "http://127.0.0.1:8080";

#[test]
fn tokens_and_cookies_sqlite() {
    at_site(Engine::Sqlite, PLAIN, tokens_and_cookies);
}

#[test]
fn tokens_and_cookies_postgres() {
    at_site(Engine::Postgres, PLAIN, tokens_and_cookies);
}

#[test]
fn https_makes_cookies_host_only_sqlite() {
    at_site(Engine::Sqlite, SECURE, https_makes_cookies_host_only);
}

#[test]
fn guessing_is_locked_out_sqlite() {
    at_site(Engine::Sqlite, PLAIN, guessing_is_locked_out);
}

#[test]
fn guessing_is_locked_out_postgres() {
    at_site(Engine::Postgres, PLAIN, guessing_is_locked_out);
}

async fn tokens_and_cookies(site: Arc<Site>) {
    site.shopper("shopper").await;
    let mut browser = site.visitor();
    let body = json!({"login": "shopper", "password": "yanxi-demo"}).to_string();
    let answer = browser.api("POST", "/session", &[], &body).await;
    let entered = answer.json();
    assert_eq!(
        (answer.status, entered["user"]["role"].as_str(), entered["user"]["name"].as_str()),
        (200, Some("shopper"), Some("林女士"))
    );
    let cookie = &answer.set_cookies[0];
    assert!(cookie.starts_with("yanxi_session=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"));
    assert_eq!(browser.api("GET", "/orders", &[], "").await.status, 200, "the cookie signs in");

    let mut program = site.visitor();
    assert_eq!(program.api("GET", "/orders", &[], "").await.status, 401);
    program.bearer = entered["token"].as_str().map(str::to_owned);
    assert_eq!(program.api("GET", "/orders", &[], "").await.status, 200);
    assert_eq!(program.api("GET", "/admin/coupons", &[], "").await.status, 403);
    assert_eq!(program.api("DELETE", "/session", &[], "").await.status, 204);
    assert_eq!(program.api("GET", "/orders", &[], "").await.status, 401, "a closed session is closed everywhere");
    assert_eq!(browser.api("GET", "/orders", &[], "").await.status, 401);

    let mut new = site.visitor();
    let weak = json!({"login": "a", "password": "short", "name": ""}).to_string();
    let refused = new.api("POST", "/shoppers", &[], &weak).await;
    assert_eq!((refused.status, refused.json()["errors"].as_array().unwrap().len()), (422, 3));
    let good = json!({"login": "lin.wuxi", "password": "luochuan-2026", "name": "林"}).to_string();
    assert_eq!(new.api("POST", "/shoppers", &[], &good).await.status, 201);
    let taken = new.api("POST", "/shoppers", &[], &good).await;
    assert_eq!((taken.status, taken.json()["code"].as_str()), (409, Some("login_taken")));
    let unknown = new
        .api("POST", "/shoppers", &[], r#"{"login":"x.y","password":"luochuan-2026","name":"x","role":"operator"}"#)
        .await;
    assert_eq!((unknown.status, unknown.json()["errors"][0]["field"].as_str()), (422, Some("role")));
    let foreign = new
        .api("POST", "/session", &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")], &good)
        .await;
    assert_eq!(foreign.status, 403);
}

async fn https_makes_cookies_host_only(site: Arc<Site>) {
    site.shopper("shopper").await;
    let mut browser = site.visitor();
    let body = json!({"login": "shopper", "password": "yanxi-demo"}).to_string();
    let answer = browser.api("POST", "/session", &[], &body).await;
    let cookie = &answer.set_cookies[0];
    assert!(
        cookie.starts_with("__Host-yanxi_session=") && cookie.contains("; Secure") && cookie.contains("Path=/;"),
        "{cookie}"
    );
    assert_eq!(browser.api("GET", "/orders", &[], "").await.status, 200);
    let fields = [("sku", "P02-1"), ("qty", "1")].map(|(k, v)| (k.to_owned(), v.to_owned()));
    browser.post("/cart", &fields).await;
    let checkout = browser.get("/checkout").await;
    assert!(checkout.set_cookies[0].starts_with("__Host-checkout="), "{:?}", checkout.set_cookies);
}

async fn guessing_is_locked_out(site: Arc<Site>) {
    site.shopper("shopper").await;
    let mut guesser = site.visitor();
    let mut last = 0;
    for n in 0..8 {
        let body = json!({"login": "shopper", "password": format!("wrong-guess-{n}")}).to_string();
        last = guesser.api("POST", "/session", &[], &body).await.status;
    }
    assert_eq!(last, 429);
    let right = json!({"login": "shopper", "password": "yanxi-demo"}).to_string();
    let locked = guesser.api("POST", "/session", &[], &right).await;
    assert_eq!(
        (locked.status, locked.json()["code"].as_str()),
        (429, Some("sign_in_locked")),
        "the right one is locked too"
    );
    site.shop.trade.clock.advance(2 * yanxi::kernel::time::HOUR);
    assert_eq!(guesser.api("POST", "/session", &[], &right).await.status, 200);
}
