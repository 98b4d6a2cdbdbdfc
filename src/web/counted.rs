//! Writes counted by client address: the layer of a route that writes.

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{Error, Market, limits::ClientAddress};
use crate::kernel::{Code, Refusal};

/// 429 with `Retry-After` past the limit.
pub async fn limit(State(market): State<Market>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(ClientAddress(address)) = ClientAddress::from_request_parts(&mut parts, &market).await;
    match market.limits.check(address) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(seconds) => {
            let refusal = Refusal::new(Code::TooManyRequests).with("seconds", seconds);
            let mut response = Error::from(refusal).into_response();
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            response
        }
    }
}
