//! Rendered public pages: the same bytes for everyone, kept compressed, answered with an `ETag`.

use std::{io::Write, sync::Arc};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use flate2::{Compression, write::GzEncoder};
use quick_cache::sync::Cache as Bounded;

use crate::kernel::{Lang, Result, hash::sha256_hex};

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

/// A page in its three forms.
struct Kept {
    plain: Bytes,
    gzip: Bytes,
    brotli: Bytes,
    etag: HeaderValue,
}

/// The cache; clones share it.
#[derive(Clone)]
pub struct Cache(Arc<Bounded<Key, Arc<Kept>>>);

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
                let kept = Arc::new(compressed(render()?)?);
                self.0.insert(key, kept.clone());
                kept
            }
        };
        Ok(kept.answer(headers))
    }
}

fn compressed(html: String) -> Result<Kept> {
    let plain = Bytes::from(html);
    let mut gzip = GzEncoder::new(Vec::with_capacity(plain.len() / 4), Compression::new(6));
    gzip.write_all(&plain)?;
    let mut brotli = Vec::with_capacity(plain.len() / 4);
    // Quality 5: a page is compressed once for each version, within the first visitor's request.
    let params = brotli::enc::BrotliEncoderParams { quality: 5, ..Default::default() };
    brotli::BrotliCompress(&mut plain.as_ref(), &mut brotli, &params)?;
    let etag = format!("\"{}\"", &sha256_hex(&plain)[..24]);
    Ok(Kept {
        gzip: gzip.finish()?.into(),
        brotli: brotli.into(),
        etag: HeaderValue::from_str(&etag).unwrap_or(HeaderValue::from_static("\"\"")),
        plain,
    })
}

impl Kept {
    fn answer(&self, headers: &HeaderMap) -> Response {
        let said = |name| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let known = self.etag.to_str().is_ok_and(|etag| said(header::IF_NONE_MATCH).contains(etag));
        let accepted = said(header::ACCEPT_ENCODING);
        let (body, encoding) = if known {
            (Bytes::new(), None)
        } else if accepted.contains("br") {
            (self.brotli.clone(), Some("br"))
        } else if accepted.contains("gzip") {
            (self.gzip.clone(), Some("gzip"))
        } else {
            (self.plain.clone(), None)
        };
        let mut response = Response::new(Body::from(body));
        if known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(header::ETAG, self.etag.clone());
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding, accept-language, cookie"));
        if let Some(encoding) = encoding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        response
    }
}
