//! Pictures of the demonstration's goods, inside the program, each in three widths.
//!
//! `/photos/{name}-{width}.webp`: the name stays the same while the picture does, so a browser keeps it for
//! a month and then asks by `ETag` whether it changed.

use std::borrow::Cow;

use axum::{
    body::Body,
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;

use super::{Allow, Route};

#[derive(RustEmbed)]
#[folder = "seeds/photos"]
struct Photos;

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/photos/{file}", Allow::Anyone, photo)]
}

/// Whether there is such a file, `apples-fuji-800.webp`.
pub fn exists(file: &str) -> bool {
    is_picture(file) && Photos::get(file).is_some()
}

fn is_picture(file: &str) -> bool {
    std::path::Path::new(file).extension().is_some_and(|end| end == "webp")
}

async fn photo(Path(file): Path<String>, asked: HeaderMap) -> Response {
    let Some(picture) = Photos::get(&file).filter(|_| is_picture(&file)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let etag = format!("\"{}\"", &hex::encode(picture.metadata.sha256_hash())[..24]);
    let known = asked.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let same = known.split(',').any(|one| one.trim() == etag);
    let body = match picture.data {
        Cow::Borrowed(inside) => Body::from(inside),
        Cow::Owned(read) => Body::from(read),
    };
    let mut response = Response::new(if same { Body::empty() } else { body });
    if same {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/webp"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=2592000"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, etag);
    }
    response
}
