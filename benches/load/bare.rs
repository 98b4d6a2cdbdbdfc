//! The bare axum server: routes that answer bytes which were fetched before, headers and all.

use std::{collections::HashMap, net::SocketAddr, path::Path};

use anyhow::{Context, Result};
use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    response::Response,
    routing::{get, post},
};
use serde::{Deserialize, Serialize};

/// An answer as it was given.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// Headers without those that a server writes itself.
    pub headers: Vec<(String, String)>,
    /// Body, as it went over the wire.
    pub body: Vec<u8>,
}

/// Answers by method and path.
pub type Answers = HashMap<String, Answer>;

/// Writes what the bare server shall answer.
pub fn keep(answers: &Answers, file: &Path) -> Result<()> {
    Ok(std::fs::write(file, serde_json::to_vec(answers)?)?)
}

fn response(answer: Answer) -> Result<impl Fn() -> Response + Clone + Send + Sync + 'static> {
    let status = StatusCode::from_u16(answer.status)?;
    let mut headers = HeaderMap::new();
    for (name, value) in &answer.headers {
        headers.append(HeaderName::from_bytes(name.as_bytes())?, HeaderValue::from_str(value)?);
    }
    let body = Bytes::from(answer.body);
    Ok(move || {
        let mut response = Response::new(axum::body::Body::from(body.clone()));
        *response.status_mut() = status;
        *response.headers_mut() = headers.clone();
        response
    })
}

/// Serves the answers of a file until it is killed; listens where the variable LISTEN says.
pub async fn serve(file: &str) -> Result<()> {
    let answers: Answers = serde_json::from_slice(&std::fs::read(file).context("the file of answers")?)?;
    let listen: SocketAddr = std::env::var("LISTEN")?.parse()?;
    let mut router = Router::new().route("/ready", get(|| async { "ready" }));
    for (name, answer) in answers {
        let (method, path) = name.split_once(' ').context("method and path")?;
        let answer = response(answer)?;
        router = match method {
            "POST" => router.route(path, post(move |_: Bytes| async move { answer() })),
            _ => router.route(path, get(move || async move { answer() })),
        };
    }
    let listener = tokio::net::TcpListener::bind(listen).await?;
    Ok(axum::serve(listener, router).await?)
}
