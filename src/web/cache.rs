//! Rendered public pages: the same bytes for everyone, kept compressed, answered with an `ETag`; and public
//! answers of the API, kept as they are.
//!
//! The cache is bounded by bytes, so that lists for whatever people type cannot fill the memory; when a
//! page is asked for by many at once, one renders it and the others wait.

use std::sync::Arc;

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use quick_cache::{Weighter, sync::Cache as Bounded};

use super::compressed::Compressed;
use crate::kernel::{Error, Lang, Result};

/// Most bytes kept.
const MOST_BYTES: u64 = 40 * 1024 * 1024;
/// Bytes of a usual page in its three forms.
const USUAL_BYTES: u64 = 64 * 1024;

/// Which page: path and what of the query matters, language, and version of what it shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// Path and query.
    pub path: String,
    /// Language.
    pub lang: Lang,
    /// Version of all that it shows.
    pub shown: u64,
}

#[derive(Clone)]
struct Bytes;

impl Weighter<Key, Arc<Compressed>> for Bytes {
    fn weight(&self, key: &Key, page: &Arc<Compressed>) -> u64 {
        (key.path.len() + page.most_bytes()) as u64
    }
}

/// What is kept: a page of people, or an answer to programs.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    Page,
    Json,
}

/// A rendered page, and whether it is worth keeping.
pub struct Rendered {
    text: String,
    keep: bool,
}

impl Rendered {
    /// A page that is not kept: whoever asks again has it rendered again.
    pub fn once(text: String) -> Self {
        Self { text, keep: false }
    }
}

impl From<String> for Rendered {
    fn from(text: String) -> Self {
        Self { text, keep: true }
    }
}

/// Why a page is not kept.
enum Passing {
    Once(Compressed),
    Failed(Error),
}

/// The cache; clones share it.
#[derive(Clone)]
pub struct Cache(Arc<Bounded<Key, Arc<Compressed>, Bytes>>);

impl Default for Cache {
    fn default() -> Self {
        let usual = usize::try_from(MOST_BYTES / USUAL_BYTES).unwrap_or(1024);
        Self(Arc::new(Bounded::with_weighter(usual, MOST_BYTES, Bytes)))
    }
}

impl Cache {
    /// The page or answer of a key: kept, or rendered now. `render` is only called where it is not kept;
    /// of those who ask for it at once, one renders.
    pub fn answer<R, F>(
        &self,
        form: Form,
        key: &Key,
        headers: &HeaderMap,
        render: impl FnOnce() -> F,
    ) -> impl Future<Output = Result<Response>>
    where
        R: Into<Rendered>,
        F: Future<Output = Result<R>>,
    {
        let found = match self.0.get(key) {
            Some(kept) => Ok(form.answer(&kept, headers)),
            // Rendering is rare; on the heap it does not swell every answer from the cache.
            None => Err(Box::pin(self.made(form, key, headers, render()))),
        };
        async move {
            match found {
                Ok(answer) => answer,
                Err(made) => made.await,
            }
        }
    }

    async fn made<R: Into<Rendered>>(
        &self,
        form: Form,
        key: &Key,
        headers: &HeaderMap,
        render: impl Future<Output = Result<R>>,
    ) -> Result<Response> {
        let render = async {
            let page: Rendered = render.await.map_err(Passing::Failed)?.into();
            let keep = page.keep;
            let body = form.body(page.text).map_err(Passing::Failed)?;
            if keep { Ok(Arc::new(body)) } else { Err(Passing::Once(body)) }
        };
        match self.0.get_or_insert_async(key, render).await {
            Ok(kept) => form.answer(&kept, headers),
            Err(Passing::Once(body)) => form.answer(&body, headers),
            Err(Passing::Failed(error)) => Err(error),
        }
    }
}

impl Form {
    fn body(self, text: String) -> Result<Compressed> {
        match self {
            Self::Page => Compressed::of(text.as_bytes()),
            Self::Json => Ok(Compressed::as_is(text.into_bytes())),
        }
    }

    fn answer(self, kept: &Compressed, asked: &HeaderMap) -> Result<Response> {
        let mut response = kept.answer(asked)?;
        let (kind, caching) = match self {
            // Anyone may keep it, and asks each time whether it is still so.
            Self::Page => ("text/html; charset=utf-8", "no-cache"),
            Self::Json => ("application/json", "no-store"),
        };
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_page_is_rendered_once_for_each_version_and_the_bytes_stay_bounded() {
        let cache = Cache::default();
        let key = |n: u64| Key { path: format!("/products?q={n}"), lang: Lang::ZhCn, shown: 1 };
        cache.answer(Form::Page, &key(0), &HeaderMap::new(), || async { Ok("first".to_owned()) }).await.unwrap();
        let again = || async { panic!("a kept page is not rendered again") };
        cache.answer::<String, _>(Form::Page, &key(0), &HeaderMap::new(), again).await.unwrap();
        for n in 1..400 {
            let page = || async move { Ok(format!("{n} ").repeat(60_000)) };
            cache.answer(Form::Page, &key(n), &HeaderMap::new(), page).await.unwrap();
        }
        assert!(cache.0.weight() <= MOST_BYTES, "{} bytes are kept", cache.0.weight());
    }
}
