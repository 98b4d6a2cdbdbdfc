//! Load over connections that stay open: each asks, reads the whole answer, and asks again.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use http_body_util::{BodyExt, Full};
use hyper::{
    Request,
    body::Bytes,
    client::conn::http1::{SendRequest, handshake},
    header::{ACCEPT_ENCODING, CONTENT_TYPE, HOST},
};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, task::JoinSet};

use crate::bare::Answer;

/// A request: path with query, and for a POST its JSON body and an Idempotency-Key.
#[derive(Clone, Debug)]
pub struct Call {
    /// Path and query.
    pub target: String,
    /// JSON of a POST; none for a GET.
    pub body: Option<(Bytes, String)>,
    /// `X-Order-Token`.
    pub token: Option<String>,
}

impl Call {
    /// A GET.
    pub fn get(target: impl Into<String>) -> Self {
        Self { target: target.into(), body: None, token: None }
    }

    /// A POST of JSON.
    pub fn post(target: &str, body: String, key: String) -> Self {
        Self { target: target.to_owned(), body: Some((Bytes::from(body), key)), token: None }
    }

    /// The same by the bearer of an order's token.
    #[must_use]
    pub fn of(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    fn request(&self) -> Result<Request<Full<Bytes>>> {
        let mut start = Request::builder().uri(&self.target).header(HOST, "127.0.0.1").header(ACCEPT_ENCODING, "br");
        if let Some(token) = &self.token {
            start = start.header("x-order-token", token);
        }
        Ok(match &self.body {
            None => start.body(Full::default())?,
            Some((body, key)) => start
                .method("POST")
                .header(CONTENT_TYPE, "application/json")
                .header("idempotency-key", key)
                .body(Full::new(body.clone()))?,
        })
    }
}

/// The n-th call, or none when all were made.
pub type Calls = Arc<dyn Fn(usize) -> Option<Call> + Send + Sync>;

/// What one turn showed.
#[derive(Clone, Debug, Default)]
pub struct Turn {
    /// How long it took.
    pub took: Duration,
    /// Each request's time in microseconds.
    pub times: Vec<u32>,
    /// Processor time of the server.
    pub processor: Option<Duration>,
}

/// A connection that stays open.
pub struct Line(SendRequest<Full<Bytes>>);

impl Line {
    pub async fn to(address: SocketAddr) -> Result<Self> {
        connect(address).await.map(Self)
    }

    /// The JSON of a call that must succeed.
    pub async fn json(&mut self, call: &Call) -> Result<serde_json::Value> {
        let mut request = call.request()?;
        request.headers_mut().remove(ACCEPT_ENCODING);
        let response = self.0.send_request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        if !status.is_success() {
            bail!("{} answered {status}: {}", call.target, String::from_utf8_lossy(&body));
        }
        Ok(serde_json::from_slice(&body)?)
    }
}

async fn connect(address: SocketAddr) -> Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            eprintln!("a connection broke: {error}");
        }
    });
    Ok(sender)
}

/// One request on a connection of its own; the headers that a server writes itself are left out.
pub async fn ask(address: SocketAddr, call: &Call, more: &[(&str, &str)]) -> Result<Answer> {
    let mut sender = connect(address).await?;
    let mut request = call.request()?;
    for (name, value) in more {
        request.headers_mut().insert(hyper::header::HeaderName::from_bytes(name.as_bytes())?, value.parse()?);
    }
    let response = sender.send_request(request).await?;
    let own = ["date", "content-length", "connection", "transfer-encoding"];
    let mut headers = Vec::new();
    for (name, value) in response.headers() {
        if !own.contains(&name.as_str()) {
            headers.push((name.as_str().to_owned(), value.to_str()?.to_owned()));
        }
    }
    let status = response.status().as_u16();
    let body = response.into_body().collect().await?.to_bytes().to_vec();
    Ok(Answer { status, headers, body })
}

/// A GET on a connection of its own.
pub async fn get(address: SocketAddr, target: &str, more: &[(&str, &str)]) -> Result<Answer> {
    ask(address, &Call::get(target), more).await
}

/// JSON of a GET or POST that must succeed.
pub async fn json(address: SocketAddr, call: &Call) -> Result<serde_json::Value> {
    let answer = ask(address, call, &[("accept-encoding", "identity")]).await?;
    let text = String::from_utf8_lossy(&answer.body);
    if !(200..300).contains(&answer.status) {
        bail!("{} answered {}: {text}", call.target, answer.status);
    }
    serde_json::from_str(&text).with_context(|| format!("{} answered no JSON: {text}", call.target))
}

/// Loads a server over so many connections until the time is over or the calls are out.
pub async fn load(address: SocketAddr, connections: usize, length: Duration, calls: &Calls) -> Result<Turn> {
    let next = Arc::new(AtomicUsize::new(0));
    let mut senders = Vec::with_capacity(connections);
    for _ in 0..connections {
        senders.push(connect(address).await?);
    }
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for sender in senders {
        let (next, calls) = (next.clone(), calls.clone());
        tasks.spawn(async move { one(sender, &next, &calls, begun + length).await });
    }
    let mut times = Vec::new();
    while let Some(done) = tasks.join_next().await {
        times.extend(done??);
    }
    Ok(Turn { took: begun.elapsed(), times, processor: None })
}

async fn one(
    mut sender: SendRequest<Full<Bytes>>,
    next: &AtomicUsize,
    calls: &Calls,
    until: Instant,
) -> Result<Vec<u32>> {
    let mut times = Vec::with_capacity(4096);
    while Instant::now() < until {
        let Some(call) = calls(next.fetch_add(1, Ordering::Relaxed)) else { break };
        let request = call.request()?;
        let asked = Instant::now();
        let response = sender.send_request(request).await?;
        let status = response.status();
        let mut body = response.into_body();
        if !status.is_success() {
            let text = body.collect().await?.to_bytes();
            bail!("{} answered {status}: {}", call.target, String::from_utf8_lossy(&text));
        }
        while let Some(frame) = body.frame().await {
            frame?;
        }
        times.push(u32::try_from(asked.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    Ok(times)
}
