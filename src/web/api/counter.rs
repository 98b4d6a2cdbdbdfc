//! The public counter and journal for programs.

use std::{convert::Infallible, time::Duration};

use axum::{
    Json,
    extract::State,
    http::header,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{Stream, StreamExt, stream};
use serde::Deserialize;
use utoipa::{IntoParams, OpenApi};

use crate::{
    counter::{Figures, read},
    kernel::parse,
    web::{Allow, Market, Result, Route, json::ApiQuery},
};

/// Operations of this file.
#[derive(OpenApi)]
#[openapi(paths(get_counter, stream_counter, get_journal))]
pub struct Operations;

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/counter", Allow::Anyone, get_counter),
        Route::get("/api/v1/counter/stream", Allow::Anyone, stream_counter),
        Route::get("/api/v1/journal", Allow::Anyone, get_journal),
    ]
}

#[utoipa::path(get, path = "/api/v1/counter", operation_id = "getCounter", tag = "counter",
    responses((status = 200, body = Figures)))]
pub async fn get_counter(State(market): State<Market>) -> Result<Json<Figures>> {
    // The job reads once a second; asking here too makes an answer after a sale never older than that.
    market.counter.refresh(market.db(), market.now()).await?;
    Ok(Json(market.counter.now()))
}

#[utoipa::path(get, path = "/api/v1/counter/stream", operation_id = "streamCounter", tag = "counter",
    responses((status = 200, content_type = "text/event-stream", body = Figures)))]
pub async fn stream_counter(State(market): State<Market>) -> Response {
    let figures = market.counter.subscribe();
    let first = stream::once(std::future::ready(market.counter.now()));
    let changes = stream::unfold(figures, |mut figures| async move {
        figures.changed().await.ok()?;
        let now = figures.borrow_and_update().clone();
        // At most one event a second, whatever happens in between.
        tokio::time::sleep(Duration::from_millis(200)).await;
        Some((now, figures))
    });
    let events = first.chain(changes).map(|figures| Ok(event(&figures)));
    let mut response =
        Sse::new(boxed(events)).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response();
    response.headers_mut().insert("x-accel-buffering", header::HeaderValue::from_static("no"));
    response
}

fn boxed(
    events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static,
) -> futures_util::stream::BoxStream<'static, Result<Event, Infallible>> {
    events.boxed()
}

fn event(figures: &Figures) -> Event {
    let data = serde_json::to_string(figures).unwrap_or_default();
    Event::default().event("counter").id(figures.head.seq.to_string()).data(data)
}

/// Which part of the journal.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct JournalQuery {
    /// Entries after this number.
    after: Option<i64>,
    /// At most so many; 1000 by default, at most 10000.
    limit: Option<i64>,
}

#[utoipa::path(get, path = "/api/v1/journal", operation_id = "getJournal", tag = "counter", params(JournalQuery),
    responses((status = 200, content_type = "application/jsonl", body = String)))]
pub async fn get_journal(State(market): State<Market>, ApiQuery(query): ApiQuery<JournalQuery>) -> Result<Response> {
    let after = parse::within("after", query.after.unwrap_or(0), 0, i64::MAX)?;
    let limit = parse::within("limit", query.limit.unwrap_or(1000), 1, 10_000)?;
    let lines = read::after(&mut market.db().read().await?, after, limit).await?;
    let mut text = String::with_capacity(lines.len() * 700);
    for line in lines {
        text.push_str(&line.body);
        text.push('\n');
    }
    Ok(([(header::CONTENT_TYPE, "application/jsonl; charset=utf-8")], text).into_response())
}
