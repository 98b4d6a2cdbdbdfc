//! Errors as answers: problem+json under `/api`, a page with a way on elsewhere. A fault is logged here, once,
//! with the request's id.

use axum::{
    Json,
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{Error, Market, is_api, pages, problem::problem};
use crate::kernel::{self, Code, Lang, Refusal};

/// The request that an answer is for.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    pub method: &'a Method,
    pub path: &'a str,
    pub lang: Lang,
    /// Its number.
    pub id: &'a str,
}

/// The answer that people or programs get in place of an error, in their language; any other answer
/// stays as it is. A fault is logged here, once.
pub fn spoken(market: &Market, mut response: Response, asked: Asked<'_>) -> Response {
    let refusal = match response.extensions_mut().remove::<Error>() {
        Some(error) => told(error.cause(), asked),
        None => match bare(&response) {
            Some(code) => Refusal::new(code),
            None => return response,
        },
    };
    answer(market, &refusal, asked, &response)
}

/// Logs what the operator must know; the person is told a refusal.
fn told(error: &kernel::Error, Asked { method, path, id, .. }: Asked<'_>) -> Refusal {
    match error {
        kernel::Error::Refused(refusal) => (**refusal).clone(),
        kernel::Error::Unavailable(cause) | kernel::Error::Conflict(cause) => {
            tracing::warn!(request_id = id, %method, path, cause = format!("{cause:#}"), "unavailable");
            Refusal::new(Code::Unavailable)
        }
        kernel::Error::Fault(cause) => {
            tracing::error!(request_id = id, %method, path, cause = format!("{cause:#}"), "fault");
            Refusal::new(Code::Internal)
        }
    }
}

/// Errors of layers below the handlers, which come without words.
fn bare(response: &Response) -> Option<Code> {
    let typed = response.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    if typed.is_some_and(|t| !t.starts_with("text/plain")) {
        return None;
    }
    Some(match response.status() {
        StatusCode::NOT_FOUND => Code::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Code::MethodNotAllowed,
        StatusCode::PAYLOAD_TOO_LARGE => Code::TooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Code::WrongMedia,
        StatusCode::FORBIDDEN => Code::CrossSite,
        StatusCode::BAD_REQUEST => Code::Invalid,
        StatusCode::REQUEST_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE => Code::Unavailable,
        StatusCode::INTERNAL_SERVER_ERROR => Code::Internal,
        _ => return None,
    })
}

fn answer(market: &Market, refusal: &Refusal, Asked { path, lang, id, .. }: Asked<'_>, from: &Response) -> Response {
    let problem = problem(refusal, lang, id);
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = if is_api(path) {
        let mut response = (status, Json(&problem)).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response
    } else {
        pages::errors::page(market, &problem, lang)
    };
    *response.status_mut() = status;
    for kept in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = from.headers().get(&kept) {
            response.headers_mut().insert(kept, value.clone());
        }
    }
    if status == StatusCode::SERVICE_UNAVAILABLE || status == StatusCode::TOO_MANY_REQUESTS {
        response.headers_mut().entry(header::RETRY_AFTER).or_insert(HeaderValue::from_static("5"));
    }
    response
}
