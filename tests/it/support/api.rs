//! The market over HTTP, as a program outside sees it.

use serde_json::{Value, json};
use yanxi::kernel::Random;

/// A client with its owner's token, if it has one.
#[derive(Clone)]
pub struct Api {
    url: String,
    http: reqwest::Client,
    bearer: Option<String>,
    order: Option<String>,
}

/// An answer: status, content type and body (JSON, or its text).
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub kind: String,
    pub body: Value,
}

/// A client that gives up after ten seconds.
pub fn http() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let wait = std::time::Duration::from_secs(10);
    reqwest::Client::builder().timeout(wait).redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

/// A fresh idempotency key.
pub fn key() -> String {
    Random::System.salt().unwrap()
}

impl Api {
    /// Anyone.
    pub fn of(url: &str) -> Self {
        Self { url: url.to_owned(), http: http(), bearer: None, order: None }
    }

    /// The bearer of an order's token.
    pub fn with_order(&self, token: &str) -> Self {
        Self { order: Some(token.to_owned()), ..self.clone() }
    }

    /// A demonstration account, signed in.
    pub async fn signed_in(&self, login: &str) -> Self {
        let body = json!({"login": login, "password": "yanxi-demo"});
        let answer = self.post("/session", body).await;
        assert!(matches!(answer.status, 200 | 201), "sign in {login}: {answer:?}");
        let token = answer.body["token"].as_str().unwrap().to_owned();
        Self { bearer: Some(token), ..self.clone() }
    }

    /// Sends any request below `/api/v1`; `None` where the connection broke.
    pub async fn send(&self, method: &str, path: &str, key: Option<&str>, body: Option<String>) -> Option<Answer> {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.http.request(method, format!("{}/api/v1{path}", self.url));
        if let Some(token) = &self.bearer {
            request = request.bearer_auth(token);
        }
        if let Some(token) = &self.order {
            request = request.header("X-Order-Token", token);
        }
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        if let Some(body) = body {
            request = request.header("Content-Type", "application/json").body(body);
        }
        let answer = request.send().await.ok()?;
        let status = answer.status().as_u16();
        let kind = answer.headers().get("content-type").and_then(|v| v.to_str().ok()).unwrap_or("").to_owned();
        let text = answer.text().await.ok()?;
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Some(Answer { status, kind, body })
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None, None).await.expect("an answer")
    }

    /// POST with a fresh idempotency key.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path, Some(&key()), Some(body.to_string())).await.expect("an answer")
    }

    /// A quote to a district of Wuxi; answers its id.
    pub async fn quote(&self, items: &[(&str, i64)]) -> Answer {
        self.post("/quotes", quote_body(items)).await
    }

    /// Opens a payment of an order at the sandbox and lets it succeed.
    pub async fn pay(&self, number: &str) {
        let paying = self.post(&format!("/orders/{number}/payments"), json!({"method": "sandbox"})).await;
        assert!(paying.status < 300, "{paying:?}");
        let id = paying.body["payment_id"].as_str().unwrap();
        let settled = self.post(&format!("/sandbox/payments/{id}"), json!({"outcome": "succeeded"})).await;
        assert!(settled.status < 300, "{settled:?}");
    }

    /// An order as its owner sees it.
    pub async fn order(&self, number: &str) -> Value {
        let order = self.get(&format!("/orders/{number}")).await;
        assert_eq!(order.status, 200, "{order:?}");
        order.body
    }
}

/// A request for a quote.
pub fn quote_body(items: &[(&str, i64)]) -> Value {
    let items: Vec<Value> = items.iter().map(|(sku, qty)| json!({"sku": sku, "qty": qty})).collect();
    json!({"items": items, "address": {"region_code": "320213", "street": "人民中路 1 号"}})
}

/// A request to place a quote.
pub fn place_body(quote: &str) -> Value {
    json!({"quote_id": quote, "contact": {"name": "王芳", "phone": "13800000077"}})
}
