//! HTTP: one table of routes with the permission of each; `api` answers programs, `pages` people.
//!
//! A request passes: number, errors, headers, log (`edge`) → sizes → time limit → panics → cross-site check →
//! of a write the limit (`counted`) → the route's permission (`route`) → its handler, which
//! extracts (`auth::Caller`, `json::ApiJson`, `form`), calls one verb of a capability (writes in
//! `durable`) and answers. Errors leave as `web::Error` and get their words at the edge.

pub mod api;
pub mod assets;
pub mod auth;
pub mod cache;
pub mod compressed;
mod counted;
pub mod durable;
pub mod edge;
pub mod form;
pub mod headers;
pub mod json;
pub mod limits;
pub mod list_query;
pub mod market;
pub mod openapi;
mod packing;
pub mod pages;
pub mod paging;
mod paths;
pub mod photos;
pub mod problem;
pub mod route;
pub mod session;
pub mod sizes;
mod spoken;
pub mod statements;
mod strict;

use std::time::Duration;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{Method, StatusCode, Uri},
    middleware::from_fn_with_state,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use tower::ServiceBuilder;
use tower_http::{catch_panic::CatchPanicLayer, csrf::CsrfLayer, timeout::TimeoutLayer};

pub use market::{Market, Parts};
pub use paths::{is_api, percent};
pub use problem::{Error, Result};
pub use route::{Allow, Route};

/// Longest time a handler may take before it is answered 503.
const PATIENCE: Duration = Duration::from_secs(30);

/// Every route of the market.
pub fn routes() -> Vec<Route> {
    let mut all = api::routes();
    all.extend(openapi::routes());
    all.extend(pages::routes());
    all.extend(photos::routes());
    all
}

/// The router over a state.
pub fn router(market: &Market) -> Result<Router, String> {
    let csrf = CsrfLayer::new()
        .add_trusted_origin(market.config.origin.as_str())
        .map_err(|error| format!("YANXI_ORIGIN: {error}"))?;
    let mut router = Router::new();
    let all = routes();
    // An address typed with a slash behind it leads to the page; the API has one form alone.
    let pages = all.iter().filter(|route| route.method == Method::GET && !is_api(route.path));
    let pages = pages.filter(|route| route.path.len() > 1 && !route.path.contains('{')).map(|route| route.path);
    for page in pages {
        router = router.route(&format!("{page}/"), get(move |uri: Uri| std::future::ready(without_slash(page, &uri))));
    }
    for route in all {
        router = route.mount(router, market);
    }
    Ok(router.fallback(|| async { StatusCode::NOT_FOUND }).with_state(market.clone()).layer(
        ServiceBuilder::new()
            .layer(from_fn_with_state(market.clone(), edge::edge))
            .map_response(IntoResponse::into_response)
            .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PATIENCE))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(DefaultBodyLimit::max(sizes::BODY))
            .layer(csrf),
    ))
}

fn without_slash(page: &'static str, asked: &Uri) -> Redirect {
    match asked.query() {
        Some(query) => Redirect::permanent(&format!("{page}?{query}")),
        None => Redirect::permanent(page),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let words = panic.downcast_ref::<String>().map(String::as_str);
    let words = words.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no words");
    Error::from(crate::kernel::Error::fault(format!("panic: {words}"))).into_response()
}
