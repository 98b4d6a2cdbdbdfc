//! Answers for one client, packed for the wire where the client asks. Why this tells nobody's secrets:
//! docs/decisions/0014-packed-answers.md.

use axum::{
    body::{Body, HttpBody, to_bytes},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};

use super::compressed::Coding;

/// Shorter bodies fit a packet or two as they are.
const LEAST: u64 = 1024;
/// Longer bodies are files that take their time anyway; packing holds all of it in memory.
const MOST: u64 = 32 * 1024 * 1024;
/// Longer bodies are packed beside the threads that serve.
const LONG: u64 = 64 * 1024;
/// What is made of words. A stream of events has no length and is never packed: each event must leave at once.
const WORDS: [&str; 6] =
    ["text/html", "text/csv", "text/plain", "application/json", "application/jsonl", "application/problem+json"];

/// The form that an answer to this request may have. None where another site made the browser ask: with its
/// own words in the answer, that site could guess what else stands there by the answer's length (BREACH).
pub fn asked(headers: &HeaderMap) -> Option<Coding> {
    let foreign = headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none");
    if foreign { None } else { Coding::asked(headers) }
}

/// The answer in that form, where it is worth it and has none yet.
pub async fn packed(response: Response, coding: Option<Coding>) -> Response {
    let Some(coding) = coding.filter(|_| worth(&response)) else { return response };
    let (mut head, body) = response.into_parts();
    let Ok(plain) = to_bytes(body, MOST as usize).await else {
        return Response::builder().status(StatusCode::INTERNAL_SERVER_ERROR).body(Body::empty()).unwrap_or_default();
    };
    let packed = if plain.len() as u64 > LONG {
        let plain = plain.clone();
        tokio::task::spawn_blocking(move || coding.pack(&plain)).await.ok().and_then(Result::ok)
    } else {
        coding.pack(&plain).ok()
    };
    let Some(packed) = packed else { return Response::from_parts(head, Body::from(plain)) };
    head.headers.remove(header::CONTENT_LENGTH);
    head.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.as_str()));
    head.headers.append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    Response::from_parts(head, Body::from(packed))
}

fn worth(response: &Response) -> bool {
    let headers = response.headers();
    let long = response.body().size_hint().exact().is_some_and(|length| (LEAST..=MOST).contains(&length));
    long && !headers.contains_key(header::CONTENT_ENCODING) && {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        WORDS.contains(&kind.split(';').next().unwrap_or_default().trim())
    }
}
