//! Styles and script of the pages: inside the program, named by their content.
//!
//! `web/css/*.css` is one file for the browser, in the order of the names; so is `web/js/*.js`. The address
//! holds the content's hash, so that a browser keeps it for ever.

use std::sync::LazyLock;

use axum::{
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;

use super::{Allow, Result, Route, pages::compressed::Compressed};
use crate::kernel::hash::sha256_hex;

#[derive(RustEmbed)]
#[folder = "web/css"]
struct Css;

#[derive(RustEmbed)]
#[folder = "web/js"]
struct Js;

struct Bundle {
    href: String,
    body: Option<Compressed>,
}

impl Bundle {
    fn of<E: RustEmbed>(ends: &str) -> Self {
        let mut names: Vec<_> = E::iter().filter(|name| name.ends_with(ends) && !name.contains('/')).collect();
        names.sort();
        let mut text = Vec::new();
        for file in names.iter().filter_map(|name| E::get(name)) {
            text.extend_from_slice(&file.data);
            text.push(b'\n');
        }
        let hash = sha256_hex(&text);
        Self { href: format!("/assets/{}{ends}", &hash[..16]), body: Compressed::of(&text).ok() }
    }
}

static SITE_CSS: LazyLock<Bundle> = LazyLock::new(|| Bundle::of::<Css>(".css"));
static SITE_JS: LazyLock<Bundle> = LazyLock::new(|| Bundle::of::<Js>(".js"));

/// Address of the styles.
pub fn css() -> &'static str {
    &SITE_CSS.href
}

/// Address of the script.
pub fn js() -> &'static str {
    &SITE_JS.href
}

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/assets/{name}", Allow::Anyone, bundle), Route::get("/seal.svg", Allow::Anyone, seal)]
}

/// The market's seal, as browsers show it beside the title.
async fn seal() -> impl IntoResponse {
    let heads = [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "public, max-age=86400")];
    (heads, include_str!("../../web/img/seal.svg"))
}

async fn bundle(Path(name): Path<String>, headers: HeaderMap) -> Result<Response> {
    let asked = format!("/assets/{name}");
    let (bundle, kind) = if asked == SITE_CSS.href {
        (&*SITE_CSS, "text/css; charset=utf-8")
    } else if asked == SITE_JS.href {
        (&*SITE_JS, "text/javascript; charset=utf-8")
    } else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let Some(body) = &bundle.body else {
        return Ok(StatusCode::INTERNAL_SERVER_ERROR.into_response());
    };
    let mut response = body.answer(&headers)?;
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    response.headers_mut().insert(header::CACHE_CONTROL, forever);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    Ok(response)
}
