//! The edge that every request passes: its number, its errors as answers, headers, a line in the log.
//!
//! One layer for all of it: each layer of a router costs an allocation or two on every request, and
//! most requests are pages that only have to be handed out.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderValue, Method},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{Error, Market, auth, headers, packing, pages, sizes, spoken};
use crate::kernel::Random;

/// Numbers the request, turns errors into answers, sets the headers that all answers have, logs writes.
pub async fn edge(State(market): State<Market>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let (parts, body) = request.into_parts();
    let id = Random::System.id(market.now()).unwrap_or_default();
    let (lang, coding) = (auth::language(&parts), packing::asked(&parts.headers));
    let (method, uri) = (parts.method.clone(), parts.uri.clone());
    let route = parts.extensions.get::<MatchedPath>().cloned();
    let response = match sizes::query(&uri) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(refusal) => Error::from(refusal).into_response(),
    };
    let mut response =
        spoken::spoken(&market, response, spoken::Asked { method: &method, path: uri.path(), lang, id: &id });
    pages::remember_language(&market, &uri, response.headers_mut());
    headers::always(&market, response.headers_mut());
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", value);
    }
    let response = packing::packed(response, coding).await;
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    note(&market, (&method, route), response.status().as_u16(), (&id, begun));
    response
}

/// Counts the request, and logs one that wrote. By its route: a path may name an order, a query what
/// a person looks for.
fn note(market: &Market, (method, route): (&Method, &str), status: u16, (id, begun): (&str, Instant)) {
    let took = begun.elapsed();
    if !method.is_safe() {
        let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(request_id = id, %method, route, status, milliseconds, "request");
    }
    if market.config.metrics_listen.is_some() {
        let (route, status) = (route.to_owned(), format!("{}xx", status / 100));
        let labels = [("method", method.to_string()), ("route", route), ("status", status)];
        metrics::histogram!("yanxi_request_seconds", &labels).record(took.as_secs_f64());
    }
}
