//! A small stand-in for Meilisearch's HTTP API that can be slow, broken, forgetful or refuse its tasks.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{delete, get, patch, post},
};
use serde_json::{Value, json};

/// How it behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// As it should.
    Fine,
    /// It answers after three seconds.
    Slow,
    /// It answers 500.
    Broken,
    /// It takes tasks and forgets them.
    LosesTasks,
    /// Its tasks fail.
    FailsTasks,
}

#[derive(Default)]
struct Store {
    indexes: BTreeMap<String, BTreeMap<String, Value>>,
    tasks: Vec<Value>,
    searches: usize,
    /// Fewest products that the index in use has had since it was first filled.
    least: Option<usize>,
}

/// A running stand-in; it ends with its runtime.
#[derive(Clone)]
pub struct Meilisearch {
    /// Its address.
    pub url: String,
    mood: Arc<Mutex<Mood>>,
    store: Arc<Mutex<Store>>,
}

const PRODUCTS: &str = "yanxi_products";

impl Meilisearch {
    /// Starts one in a good mood.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let fake = Self { url, mood: Arc::new(Mutex::new(Mood::Fine)), store: Arc::default() };
        let router = Router::new()
            .route("/indexes", post(create))
            .route("/indexes/{uid}", delete(remove))
            .route("/indexes/{uid}/settings", patch(settings))
            .route("/indexes/{uid}/documents", post(put))
            .route("/indexes/{uid}/documents/delete-batch", post(take_off))
            .route("/indexes/{uid}/documents/{id}", get(document))
            .route("/indexes/{uid}/search", post(search))
            .route("/swap-indexes", post(swap))
            .route("/tasks/{task}", get(task))
            .layer(middleware::from_fn_with_state(fake.clone(), temper))
            .with_state(fake.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        fake
    }

    /// Sets its mood.
    pub fn is(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// How many searches it was asked.
    pub fn searches(&self) -> usize {
        self.store.lock().unwrap().searches
    }

    /// Versions of the documents in use, by product code.
    pub fn versions(&self) -> BTreeMap<String, String> {
        let store = self.store.lock().unwrap();
        let text = |doc: &Value, field: &str| doc[field].as_str().unwrap().to_owned();
        store.indexes[PRODUCTS].values().map(|doc| (text(doc, "code"), text(doc, "version"))).collect()
    }

    /// Fewest products that a search could have found since the first filling.
    pub fn least(&self) -> usize {
        self.store.lock().unwrap().least.unwrap()
    }

    /// Loses everything, as a wiped disk does.
    pub fn wipe(&self) {
        *self.store.lock().unwrap() = Store::default();
    }

    /// Takes a task; `work` says why it fails.
    fn enqueue(&self, kind: &str, work: impl FnOnce(&mut Store) -> Result<(), &'static str>) -> Response {
        let mood = *self.mood.lock().unwrap();
        let mut store = self.store.lock().unwrap();
        let done = match mood {
            Mood::LosesTasks => None,
            Mood::FailsTasks => Some(Err("internal")),
            _ => Some(work(&mut store)),
        };
        let uid = store.tasks.len();
        let at = "2026-11-24T08:00:00Z";
        let base = json!({"uid": uid, "indexUid": PRODUCTS, "type": kind, "details": null, "enqueuedAt": at,
            "startedAt": at, "finishedAt": at, "duration": "PT0.1S", "canceledBy": null, "error": null});
        store.tasks.push(match done {
            None => Value::Null,
            Some(Ok(())) => with(base, "status", json!("succeeded")),
            Some(Err(code)) => with(with(base, "status", json!("failed")), "error", error(code)),
        });
        if let Some(count) = store.indexes.get(PRODUCTS).map(BTreeMap::len).filter(|n| *n > 0 || store.least.is_some())
        {
            store.least = Some(store.least.map_or(count, |least| least.min(count)));
        }
        let info = json!({"taskUid": uid, "indexUid": PRODUCTS, "status": "enqueued", "type": kind, "details": null,
            "enqueuedAt": at});
        (StatusCode::ACCEPTED, Json(info)).into_response()
    }
}

fn with(mut value: Value, field: &str, inner: Value) -> Value {
    value[field] = inner;
    value
}

fn error(code: &str) -> Value {
    json!({"message": "as asked", "code": code, "type": "invalid_request", "link": ""})
}

fn missing(code: &str) -> Response {
    (StatusCode::NOT_FOUND, Json(error(code))).into_response()
}

async fn temper(State(fake): State<Meilisearch>, request: axum::extract::Request, next: Next) -> Response {
    let mood = *fake.mood.lock().unwrap();
    match mood {
        Mood::Slow => tokio::time::sleep(Duration::from_secs(3)).await,
        Mood::Broken => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        _ => {}
    }
    next.run(request).await
}

async fn create(State(fake): State<Meilisearch>, Json(body): Json<Value>) -> Response {
    let uid = body["uid"].as_str().unwrap().to_owned();
    fake.enqueue("indexCreation", |store| match store.indexes.contains_key(&uid) {
        true => Err("index_already_exists"),
        false => {
            store.indexes.insert(uid, BTreeMap::new());
            Ok(())
        }
    })
}

async fn remove(State(fake): State<Meilisearch>, Path(uid): Path<String>) -> Response {
    fake.enqueue("indexDeletion", |store| store.indexes.remove(&uid).map(drop).ok_or("index_not_found"))
}

async fn settings(State(fake): State<Meilisearch>, Path(uid): Path<String>, Json(body): Json<Value>) -> Response {
    assert!(body["searchableAttributes"].as_array().is_some_and(|fields| fields.len() > 5), "{body}");
    fake.enqueue("settingsUpdate", |store| store.indexes.get(&uid).map(drop).ok_or("index_not_found"))
}

async fn put(State(fake): State<Meilisearch>, Path(uid): Path<String>, Json(body): Json<Vec<Value>>) -> Response {
    fake.enqueue("documentAdditionOrUpdate", |store| {
        let index = store.indexes.entry(uid).or_default();
        index.extend(body.into_iter().map(|doc| (doc["id"].as_str().unwrap().to_owned(), doc)));
        Ok(())
    })
}

async fn take_off(State(fake): State<Meilisearch>, Path(uid): Path<String>, Json(ids): Json<Vec<String>>) -> Response {
    fake.enqueue("documentDeletion", |store| {
        let index = store.indexes.get_mut(&uid).ok_or("index_not_found")?;
        for id in &ids {
            index.remove(id);
        }
        Ok(())
    })
}

async fn swap(State(fake): State<Meilisearch>, Json(body): Json<Value>) -> Response {
    let pair = body[0]["indexes"].as_array().unwrap();
    let names: Vec<String> = pair.iter().map(|name| name.as_str().unwrap().to_owned()).collect();
    fake.enqueue("indexSwap", |store| {
        let first = store.indexes.remove(&names[0]).ok_or("index_not_found")?;
        let second = store.indexes.remove(&names[1]).ok_or("index_not_found")?;
        store.indexes.insert(names[0].clone(), second);
        store.indexes.insert(names[1].clone(), first);
        Ok(())
    })
}

async fn task(State(fake): State<Meilisearch>, Path(task): Path<usize>) -> Response {
    match fake.store.lock().unwrap().tasks.get(task) {
        None | Some(Value::Null) => missing("task_not_found"),
        Some(task) => Json(task.clone()).into_response(),
    }
}

async fn document(State(fake): State<Meilisearch>, Path((uid, id)): Path<(String, String)>) -> Response {
    let store = fake.store.lock().unwrap();
    match store.indexes.get(&uid) {
        None => missing("index_not_found"),
        Some(index) => {
            index.get(&id).map_or_else(|| missing("document_not_found"), |d| Json(d.clone()).into_response())
        }
    }
}

/// All words anywhere in a document; a word in its head counts most.
async fn search(State(fake): State<Meilisearch>, Path(uid): Path<String>, Json(body): Json<Value>) -> Response {
    let mut store = fake.store.lock().unwrap();
    store.searches += 1;
    let Some(index) = store.indexes.get(&uid) else { return missing("index_not_found") };
    let query = body["q"].as_str().unwrap();
    let score = |doc: &Value, word: &str| {
        let holds = |field: &str| doc[field].to_string().contains(word);
        let fields =
            [("head", 1.0), ("name", 0.9), ("aliases", 0.8), ("about", 0.6), ("spec_tokens", 0.5), ("prose", 0.3)];
        fields.into_iter().find(|(field, _)| holds(field)).map(|(_, score)| score)
    };
    let mut hits: Vec<(f64, Value)> = Vec::new();
    for doc in index.values() {
        let scores: Option<Vec<f64>> = query.split_whitespace().map(|word| score(doc, word)).collect();
        if let Some(least) = scores.and_then(|scores| scores.into_iter().reduce(f64::min)) {
            hits.push((least, json!({"code": doc["code"], "version": doc["version"], "_rankingScore": least})));
        }
    }
    hits.sort_by(|a, b| b.0.total_cmp(&a.0));
    hits.truncate(usize::try_from(body["limit"].as_u64().unwrap()).unwrap());
    let hits: Vec<Value> = hits.into_iter().map(|(_, hit)| hit).collect();
    Json(json!({"hits": hits, "query": query, "processingTimeMs": 1, "limit": body["limit"], "offset": 0,
        "estimatedTotalHits": hits.len()}))
    .into_response()
}
