//! The market's router over a shop, asked in process: every role signed in, no socket.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::Request,
};
use serde_json::Value;
use tower::ServiceExt;
use yanxi::{
    catalogue::{self, Shelf},
    config::Config,
    counter::Live,
    identity::{NewPerson, Person, Role, create_person, session},
    kernel::{Actor, CoopId, Step},
    search::{Engine, Published},
    web::{self, Market, Parts},
};

use super::{
    Shop,
    api::{Answer, key},
    site::Visitor,
};

/// The router, and who is signed in.
pub struct Desk {
    pub shop: Arc<Shop>,
    pub market: Market,
    router: Router,
    tokens: BTreeMap<&'static str, String>,
}

/// What handlers see of a shop.
pub async fn market_of(shop: &Shop, config: Config) -> Parts {
    let trade = shop.trade.clone();
    let mut conn = trade.db.read().await.unwrap();
    let snapshot = catalogue::load(&mut conn, trade.clock.now()).await.unwrap();
    Parts {
        search: Engine::new(&Published(&snapshot)),
        shelf: Shelf::new(snapshot),
        counter: Live::read(&trade.db, trade.clock.now(), false).await.unwrap(),
        trade,
        config: Arc::new(config),
        demo: false,
        limits: web::limits::Limits::default(),
        pages: web::pages::Cache::default(),
        sound: Arc::new(std::sync::atomic::AtomicBool::new(true)),
    }
}

/// Who can ask: `(name, role, cooperative)`.
const PEOPLE: [(&str, Role, Option<&str>); 7] = [
    ("shopper", Role::Shopper, None),
    ("rival", Role::Shopper, None),
    ("coop-a", Role::Coop, Some("c1")),
    ("coop-b", Role::Coop, Some("c2")),
    ("clerk", Role::Clerk, None),
    ("bureau", Role::Bureau, None),
    ("operator", Role::Operator, None),
];

impl Desk {
    /// A desk over a shop, with a person of every role.
    pub async fn open(shop: Arc<Shop>) -> Self {
        let market = Market::from(market_of(&shop, Config::read(&BTreeMap::new()).unwrap()).await);
        let router = web::router(&market).unwrap();
        let mut desk = Self { shop, market, router, tokens: BTreeMap::new() };
        for (name, role, coop) in PEOPLE {
            let token = desk.signed_up(name, role, coop).await.1;
            desk.tokens.insert(name, token);
        }
        desk
    }

    /// A new person with an open session.
    pub async fn signed_up(&self, login: &str, role: Role, coop: Option<&str>) -> (Person, String) {
        let new = NewPerson {
            login: login.to_owned(),
            name: login.to_owned(),
            role,
            coop: coop.map(|id| CoopId(id.to_owned())),
            outlet: None,
            password_hash: "none".to_owned(),
        };
        let trade = &self.shop.trade;
        let mut step = Step::new(trade.clock.now(), Actor::SYSTEM);
        let mut tx = trade.db.begin().await.unwrap();
        let person = create_person(&mut tx, new, &mut step).await.unwrap();
        let opened = session::open_for(&mut tx, person, &mut step).await.unwrap();
        tx.commit().await.unwrap();
        (opened.person, opened.token)
    }

    /// A person of the desk, or nobody, with a browser.
    pub fn visitor(&self, who: &str) -> Visitor {
        Visitor::of(self.router.clone(), self.tokens.get(who).cloned())
    }

    /// Takes one request; `who` is a person of the desk, a token, or nobody.
    pub async fn ask(&self, who: &str, method: &str, path: &str, body: Option<String>) -> Answer {
        self.send((who, "application/json"), (method, path), &key(), body).await
    }

    /// The same with a body of another kind.
    pub async fn ask_as(&self, as_kind: (&str, &str), method: &str, path: &str, body: String) -> Answer {
        self.send(as_kind, (method, path), &key(), Some(body)).await
    }

    /// POST below `/api/v1` under a key.
    pub async fn keyed(&self, who: &str, path: &str, key: &str, body: String) -> Answer {
        self.send((who, "application/json"), ("POST", &format!("/api/v1{path}")), key, Some(body)).await
    }

    async fn send(
        &self,
        (who, kind): (&str, &str),
        (method, path): (&str, &str),
        key: &str,
        body: Option<String>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("Idempotency-Key", key);
        let token = self.tokens.get(who).map_or(who, String::as_str);
        if !token.is_empty() {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        if body.is_some() {
            request = request.header("Content-Type", kind);
        }
        let request = request.body(body.map_or_else(Body::empty, Body::from)).unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let kind = answer.headers().get("content-type").and_then(|v| v.to_str().ok()).unwrap_or("").to_owned();
        let bytes = to_bytes(answer.into_body(), 64 << 20).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Answer { status, kind, body }
    }

    /// A signed message of the provider.
    pub async fn webhook(&self, signature: &str, body: &str) -> Answer {
        let request =
            Request::builder().method("POST").uri("/api/v1/webhooks/stripe").header("Stripe-Signature", signature);
        let answer = self.router.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        Answer { status: answer.status().as_u16(), kind: String::new(), body: Value::Null }
    }

    /// GET below `/api/v1`.
    pub async fn get(&self, who: &str, path: &str) -> Answer {
        self.ask(who, "GET", &format!("/api/v1{path}"), None).await
    }

    /// POST below `/api/v1`.
    pub async fn post(&self, who: &str, path: &str, body: Value) -> Answer {
        self.ask(who, "POST", &format!("/api/v1{path}"), Some(body.to_string())).await
    }

    /// PATCH below `/api/v1`.
    pub async fn patch(&self, who: &str, path: &str, body: Value) -> Answer {
        self.ask(who, "PATCH", &format!("/api/v1{path}"), Some(body.to_string())).await
    }
}
