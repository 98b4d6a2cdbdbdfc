//! Styles and scripts of the pages: inside the program, named by their content.
//!
//! `web/css/*.css` is one file for the browser, in the order of the names. `web/js/*.js` are modules under
//! one folder, so that one imports the other by its plain name. The addresses hold a hash of the content of
//! all, so that a browser keeps them for ever.

use std::{collections::BTreeMap, sync::LazyLock};

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;

use super::{Allow, Result, Route, compressed::Compressed};
use crate::kernel::hash::sha256_hex;

#[derive(RustEmbed)]
#[folder = "web/css"]
struct Css;

#[derive(RustEmbed)]
#[folder = "web/js"]
struct Js;

struct Asset {
    kind: &'static str,
    body: Option<Compressed>,
}

struct Assets {
    css: String,
    js: String,
    by_path: BTreeMap<String, Asset>,
}

static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    let styles = files::<Css>(".css").into_values().collect::<Vec<_>>().join(&b'\n');
    let css = format!("/assets/{}.css", hash(&styles));
    let modules = files::<Js>(".js");
    let named: Vec<u8> = modules.iter().flat_map(|(name, text)| [name.as_bytes(), text.as_slice()].concat()).collect();
    let js = format!("/assets/{}", hash(&named));
    let mut by_path: BTreeMap<_, _> = modules
        .into_iter()
        .map(|(name, text)| (format!("{js}/{name}"), Asset::of("text/javascript; charset=utf-8", &text)))
        .collect();
    by_path.insert(css.clone(), Asset::of("text/css; charset=utf-8", &styles));
    Assets { css, js, by_path }
});

impl Asset {
    fn of(kind: &'static str, text: &[u8]) -> Self {
        Self { kind, body: Compressed::of(text).ok() }
    }
}

fn files<E: RustEmbed>(ends: &str) -> BTreeMap<String, Vec<u8>> {
    let names = E::iter().filter(|name| name.ends_with(ends) && !name.contains('/'));
    names.filter_map(|name| Some((name.to_string(), E::get(&name)?.data.into_owned()))).collect()
}

fn hash(text: &[u8]) -> String {
    let mut hash = sha256_hex(text);
    hash.truncate(16);
    hash
}

/// Address of the styles.
pub fn css() -> &'static str {
    &ASSETS.css
}

/// Folder of the scripts' addresses.
pub fn js() -> &'static str {
    &ASSETS.js
}

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/assets/{name}", Allow::Anyone, asset),
        Route::get("/assets/{hash}/{name}", Allow::Anyone, asset),
        Route::get("/seal.svg", Allow::Anyone, seal),
    ]
}

/// The market's seal, as browsers show it beside the title.
async fn seal() -> impl IntoResponse {
    let heads = [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "public, max-age=86400")];
    (heads, include_str!("../../web/img/seal.svg"))
}

async fn asset(uri: Uri, headers: HeaderMap) -> Result<Response> {
    let Some(asset) = ASSETS.by_path.get(uri.path()) else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let Some(body) = &asset.body else {
        return Ok(StatusCode::INTERNAL_SERVER_ERROR.into_response());
    };
    let mut response = body.answer(&headers)?;
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    response.headers_mut().insert(header::CACHE_CONTROL, forever);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    Ok(response)
}
