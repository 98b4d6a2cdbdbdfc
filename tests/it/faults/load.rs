//! Mixed traffic that never gives up: an unanswered request is sent again with the same key until it
//! is answered, and what was answered is remembered.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio::{sync::RwLock, task::JoinHandle};
use yanxi::kernel::Random;

use crate::support::{
    Api, Market,
    api::{Answer, key, place_body, quote_body},
};

/// SKUs of two cooperatives that are for sale all autumn, and their cooperatives' accounts.
pub const GOODS: [(&str, &str); 2] = [("P01-1", "coop01"), ("P19-1", "coop03")];

/// An order that was answered 201.
#[derive(Clone)]
pub struct Kept {
    pub number: String,
    pub owner: Api,
    pub settled: bool,
}

/// What the traffic was told.
#[derive(Default)]
pub struct Told {
    pub orders: Mutex<Vec<Kept>>,
    pub shipped: AtomicU32,
    pub refunds: AtomicU32,
    pub faults: Mutex<BTreeSet<String>>,
}

/// How long the load may take to get somewhere: a test that hangs ends, one on a busy machine does not.
pub const PATIENCE: Duration = Duration::from_mins(2);

impl Told {
    /// Waits until so many orders were answered in all.
    pub async fn reach(&self, orders: usize) {
        self.until(|told| told.orders.lock().unwrap().len() >= orders).await;
    }

    /// Waits until something was shipped and something refunded.
    pub async fn each_act_happened(&self) {
        self.until(|told| told.shipped.load(Ordering::SeqCst) > 0 && told.refunds.load(Ordering::SeqCst) > 0).await;
    }

    async fn until(&self, done: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        while !done(self) {
            assert!(begun.elapsed() < PATIENCE, "the load gets nowhere");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Traffic that runs until it is ended; a writer of `gate` makes it pause between two requests.
pub struct Load {
    pub told: Arc<Told>,
    pub gate: Arc<RwLock<()>>,
    over: Arc<AtomicBool>,
    workers: Vec<JoinHandle<()>>,
}

struct Worker {
    api: Api,
    operator: Api,
    coops: Vec<Api>,
    told: Arc<Told>,
    gate: Arc<RwLock<()>>,
    over: Arc<AtomicBool>,
    pause: Duration,
    random: Random,
}

impl Load {
    /// Starts `n` workers against a market, as fast as they are answered.
    pub async fn start(market: &Market, n: u64) -> Self {
        Self::paced(market, n, Duration::ZERO).await
    }

    /// Starts `n` workers, each of which rests between two acts: what runs long must not grow without end.
    pub async fn paced(market: &Market, n: u64, pause: Duration) -> Self {
        let api = Api::of(&market.url);
        let operator = api.signed_in("operator").await;
        let mut coops = Vec::new();
        for (sku, login) in GOODS {
            let coop = api.signed_in(login).await;
            stock_up(&coop, sku).await;
            coops.push(coop);
        }
        let load = Self { told: Arc::default(), gate: Arc::default(), over: Arc::default(), workers: Vec::new() };
        let worker = |seed| Worker {
            api: api.clone(),
            operator: operator.clone(),
            coops: coops.clone(),
            told: load.told.clone(),
            gate: load.gate.clone(),
            over: load.over.clone(),
            pause,
            random: Random::Seeded(seed),
        };
        let workers = (1..=n).map(|seed| tokio::spawn(worker(seed).run())).collect();
        Self { workers, ..load }
    }

    /// Lets each worker finish what it does; none may have met a fault.
    pub async fn end(self) -> Arc<Told> {
        self.over.store(true, Ordering::SeqCst);
        for worker in self.workers {
            worker.await.unwrap();
        }
        let faults = self.told.faults.lock().unwrap().clone();
        assert!(faults.is_empty(), "{faults:#?}");
        self.told
    }
}

/// Puts enough of a SKU on its shelf that the traffic does not end for want of it.
async fn stock_up(coop: &Api, sku: &str) {
    let products = coop.get("/coop/products?per_page=100").await;
    let id = find(&products.body, sku);
    let id = id.unwrap_or_else(|| panic!("{sku} is not its cooperative's: {products:?}"));
    let added = coop.post(&format!("/coop/skus/{id}/stock"), json!({"delta": 100_000, "reason": "load"})).await;
    assert!(added.status < 300, "{added:?}");
}

/// The id of the object in any depth whose `sku` (or `code`) is this one.
fn find(value: &Value, sku: &str) -> Option<String> {
    match value {
        Value::Array(items) => items.iter().find_map(|item| find(item, sku)),
        Value::Object(map) => {
            let named = ["sku", "code"].iter().any(|name| map.get(*name).and_then(Value::as_str) == Some(sku));
            let id = ["id", "sku_id"].iter().find_map(|name| map.get(*name).and_then(Value::as_str));
            match (named, id) {
                (true, Some(id)) => Some(id.to_owned()),
                _ => map.values().find_map(|inner| find(inner, sku)),
            }
        }
        _ => None,
    }
}

impl Worker {
    async fn run(mut self) {
        while !self.over.load(Ordering::SeqCst) {
            match self.random.below(10).unwrap() {
                0..=5 => self.buy().await,
                6 | 7 => self.ship().await,
                8 => self.refund().await,
                _ => self.look().await,
            }
            tokio::time::sleep(self.pause).await;
        }
    }

    /// Sends until answered; a broken connection and a 503 are sent again, unchanged.
    async fn insist(&self, api: &Api, method: &str, path: &str, body: Option<Value>) -> Answer {
        let key = key();
        let body = body.map(|b| b.to_string());
        loop {
            {
                let _open = self.gate.read().await;
                if let Some(answer) = api.send(method, path, Some(&key), body.clone()).await {
                    if answer.status >= 500 && answer.status != 503 {
                        let fault = format!("{method} {path}: {} {}", answer.status, answer.body);
                        self.told.faults.lock().unwrap().insert(fault);
                    }
                    let running = answer.body["code"] == "idempotency_key_running";
                    if answer.status != 503 && !running {
                        return answer;
                    }
                }
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    async fn buy(&mut self) {
        let both = self.random.below(2).unwrap() == 0;
        let qty = 1 + i64::try_from(self.random.below(3).unwrap()).unwrap();
        let items: Vec<(&str, i64)> = GOODS.iter().take(if both { 2 } else { 1 }).map(|(sku, _)| (*sku, qty)).collect();
        let quote = self.insist(&self.api, "POST", "/quotes", Some(quote_body(&items))).await;
        let Some(id) = quote.body["quote_id"].as_str() else { return self.strange("quote", &quote) };
        let placed = self.insist(&self.api, "POST", "/orders", Some(place_body(id))).await;
        let (Some(number), Some(token)) = (placed.body["number"].as_str(), placed.body["token"].as_str()) else {
            return self.strange("place", &placed);
        };
        let owner = self.api.with_order(token);
        let kept = Kept { number: number.to_owned(), owner: owner.clone(), settled: false };
        self.told.orders.lock().unwrap().push(kept);
        match self.random.below(8).unwrap() {
            0 => {
                self.insist(&owner, "POST", &format!("/orders/{number}/cancel"), Some(json!({}))).await;
            }
            1 => {}
            _ => self.pay(&owner, number).await,
        }
    }

    async fn pay(&mut self, owner: &Api, number: &str) {
        let path = format!("/orders/{number}/payments");
        let paying = self.insist(owner, "POST", &path, Some(json!({"method": "sandbox"}))).await;
        let Some(id) = paying.body["payment_id"].as_str() else { return self.strange("pay", &paying) };
        let path = format!("/sandbox/payments/{id}");
        let settled = self.insist(owner, "POST", &path, Some(json!({"outcome": "succeeded"}))).await;
        if settled.status < 300 {
            let mut orders = self.told.orders.lock().unwrap();
            if let Some(kept) = orders.iter_mut().find(|kept| kept.number == number) {
                kept.settled = true;
            }
        }
    }

    async fn ship(&mut self) {
        let coop = self.coops[usize::try_from(self.random.below(self.coops.len() as u64).unwrap()).unwrap()].clone();
        let waiting = self.insist(&coop, "GET", "/coop/orders?state=to_ship&per_page=20", None).await;
        let Some(items) = waiting.body["items"].as_array().filter(|items| !items.is_empty()) else { return };
        let place = usize::try_from(self.random.below(items.len() as u64).unwrap()).unwrap();
        let Some(id) = items[place]["id"].as_str() else { return self.strange("coop order", &waiting) };
        let parcel = json!({"carrier": "zto", "tracking_no": format!("ZT{}", self.random.code(12).unwrap())});
        let sent = self.insist(&coop, "POST", &format!("/coop/orders/{id}/shipments"), Some(parcel)).await;
        if sent.status < 300 {
            self.told.shipped.fetch_add(1, Ordering::SeqCst);
            let scan = json!({"kind": "delivered", "at": now(), "source": "carrier_file"});
            self.insist(&self.operator, "POST", &format!("/coop/orders/{id}/shipments/1/scans"), Some(scan)).await;
        }
    }

    async fn refund(&mut self) {
        let paid: Vec<String> = {
            let orders = self.told.orders.lock().unwrap();
            orders.iter().rev().filter(|kept| kept.settled).take(20).map(|kept| kept.number.clone()).collect()
        };
        if paid.is_empty() {
            return;
        }
        let number = &paid[usize::try_from(self.random.below(paid.len() as u64).unwrap()).unwrap()];
        let body = json!({"amount_fen": 1 + self.random.below(3000).unwrap(), "reason": "load"});
        let back = self.insist(&self.operator, "POST", &format!("/admin/orders/{number}/refunds"), Some(body)).await;
        if back.status < 300 {
            self.told.refunds.fetch_add(1, Ordering::SeqCst);
        }
    }

    async fn look(&mut self) {
        for path in ["/products?q=苹果", "/counter", "/journal?limit=5"] {
            self.insist(&self.api, "GET", path, None).await;
        }
    }

    fn strange(&self, what: &str, answer: &Answer) {
        if answer.status != 409 {
            self.told.faults.lock().unwrap().insert(format!("{what}: {answer:?}"));
        }
    }
}

/// The wall clock, as a carrier's file has it.
fn now() -> String {
    yanxi::kernel::Clock::System.now().rfc3339()
}
