//! HTTP: one table of routes with the permission of each; `api` answers programs, `pages` people.
//!
//! A request passes: number, errors, headers, log (`edge`) → time limit → panics → cross-site check →
//! of a write the limit (`counted`) → the route's permission (`route`) → its handler, which
//! extracts (`auth::Caller`, `json::ApiJson`, `form`), calls one verb of a capability (writes in
//! `durable`) and answers. Errors leave as `web::Error` and get their words at the edge.

pub mod api;
pub mod assets;
pub mod auth;
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
pub mod pages;
pub mod paging;
mod paths;
pub mod photos;
pub mod problem;
pub mod route;
pub mod session;
mod spoken;
pub mod statements;
mod strict;

use std::time::Duration;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::StatusCode,
    middleware::from_fn_with_state,
    response::{IntoResponse, Response},
};
use tower::ServiceBuilder;
use tower_http::{catch_panic::CatchPanicLayer, csrf::CsrfLayer, timeout::TimeoutLayer};

pub use market::{Market, Parts};
pub use paths::{is_api, percent};
pub use problem::{Error, Result};
pub use route::{Allow, Route};

/// Longest time a handler may take before it is answered 503.
const PATIENCE: Duration = Duration::from_secs(30);
/// Largest body: long texts are refused by their field, not by their weight.
const LARGEST_BODY: usize = 2 * 1024 * 1024;

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
    for route in routes() {
        router = route.mount(router, market);
    }
    Ok(router.fallback(|| async { StatusCode::NOT_FOUND }).with_state(market.clone()).layer(
        ServiceBuilder::new()
            .layer(from_fn_with_state(market.clone(), edge::edge))
            .map_response(IntoResponse::into_response)
            .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PATIENCE))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(DefaultBodyLimit::max(LARGEST_BODY))
            .layer(csrf),
    ))
}

#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let words = panic.downcast_ref::<String>().map(String::as_str);
    let words = words.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no words");
    Error::from(crate::kernel::Error::fault(format!("panic: {words}"))).into_response()
}
