//! Rendered public pages: the same bytes for everyone, kept compressed, answered with an `ETag`.

use std::sync::Arc;

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use quick_cache::sync::Cache as Bounded;

use super::compressed::Compressed;
use crate::kernel::{Lang, Result};

/// Most pages kept.
const MOST_PAGES: usize = 4_096;

/// Which page: path and query, language, and version of what it shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// Path and query.
    pub path: String,
    /// Language.
    pub lang: Lang,
    /// Version of all that it shows.
    pub shown: u64,
}

/// The cache; clones share it.
#[derive(Clone)]
pub struct Cache(Arc<Bounded<Key, Arc<Compressed>>>);

impl Default for Cache {
    fn default() -> Self {
        Self(Arc::new(Bounded::new(MOST_PAGES)))
    }
}

impl Cache {
    /// The page of a key: kept, or rendered now.
    pub fn page(&self, key: Key, headers: &HeaderMap, render: impl FnOnce() -> Result<String>) -> Result<Response> {
        let kept = match self.0.get(&key) {
            Some(kept) => kept,
            None => {
                let kept = Arc::new(Compressed::of(render()?.into_bytes())?);
                self.0.insert(key, Arc::clone(&kept));
                kept
            }
        };
        let mut response = kept.answer(headers);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        // Anyone may keep it, and asks each time whether it is still so.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        Ok(response)
    }
}
