//! The HTTP client that the Meilisearch SDK speaks through: the program's own, with a time limit.

use std::time::Duration;

use async_trait::async_trait;
use futures_util::io::{AsyncRead, AsyncReadExt};
use meilisearch_sdk::{
    errors::Error,
    request::{HttpClient, Method, parse_response},
};
use serde::{Serialize, de::DeserializeOwned};

/// A client that gives up after its time limit.
#[derive(Clone, Debug)]
pub struct Http {
    client: reqwest::Client,
    key: Option<String>,
    patience: Duration,
}

impl Http {
    /// A client with its time limit for one request.
    pub fn new(key: Option<&str>, patience: Duration) -> Result<Self, Error> {
        // A second installation, as in tests, leaves the first in place.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().map_err(other)?;
        Ok(Self { client, key: key.map(str::to_owned), patience })
    }
}

fn other(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Other(Box::new(error))
}

fn verb<Q, B>(method: &Method<Q, B>) -> reqwest::Method {
    match method {
        Method::Get { .. } => reqwest::Method::GET,
        Method::Post { .. } => reqwest::Method::POST,
        Method::Patch { .. } => reqwest::Method::PATCH,
        Method::Put { .. } => reqwest::Method::PUT,
        Method::Delete { .. } => reqwest::Method::DELETE,
    }
}

#[async_trait]
impl HttpClient for Http {
    async fn stream_request<Query, Body, Output>(
        &self,
        url: &str,
        method: Method<Query, Body>,
        content_type: &str,
        expected_status_code: u16,
    ) -> Result<Output, Error>
    where
        Query: Serialize + Send + Sync,
        Body: AsyncRead + Send + Sync + 'static,
        Output: DeserializeOwned + 'static,
    {
        let query = serde_urlencoded::to_string(method.query()).map_err(other)?;
        let url = if query.is_empty() { url.to_owned() } else { format!("{url}?{query}") };
        let mut request = self.client.request(verb(&method), &url).timeout(self.patience);
        if let Some(key) = &self.key {
            request = request.bearer_auth(key);
        }
        if let Some(body) = method.into_body() {
            let mut bytes = Vec::new();
            std::pin::pin!(body).read_to_end(&mut bytes).await.map_err(other)?;
            request = request.header("content-type", content_type).body(bytes);
        }
        let response = request.send().await.map_err(other)?;
        let status = response.status().as_u16();
        let body = response.text().await.map_err(other)?;
        parse_response(status, expected_status_code, if body.is_empty() { "null" } else { &body }, url)
    }

    fn is_tokio(&self) -> bool {
        true
    }
}
