//! The bureau's reports for programs and spreadsheets.

use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use utoipa::OpenApi;

use crate::{
    kernel::{Code, Error, Refusal, Step},
    reports::{
        self, Ask, ReportQuery, ReportView,
        export::{Format, export},
    },
    web::{Allow, Market, Result, Route, auth::Caller, durable::durable, json::ApiQuery},
};

/// Operations of this file.
#[derive(OpenApi)]
#[openapi(paths(report))]
pub struct Operations;

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/api/v1/bureau/reports/{kind}", Allow::REPORTS, report)]
}

#[utoipa::path(get, path = "/api/v1/bureau/reports/{kind}", operation_id = "report", tag = "bureau",
    params(("kind" = String, Path), ReportQuery), responses((status = 200, body = ReportView)))]
pub async fn report(
    State(market): State<Market>,
    caller: Caller,
    Path(kind): Path<String>,
    ApiQuery(query): ApiQuery<ReportQuery>,
) -> Result<Response> {
    let format = match query.format.as_deref() {
        None | Some("") => Format::Json,
        Some(word) => Format::try_from(word).map_err(|_| {
            let choices = Format::ALL.iter().map(|f| f.as_str()).collect::<Vec<_>>().join(", ");
            Refusal::of_field("format", Code::OneOf).with("choices", choices)
        })?,
    };
    let ask = query.ask(&kind, market.now().day())?;
    answer(&market, &caller, &ask, format).await
}

/// The report as a file or JSON; what leaves as a file is logged.
async fn answer(market: &Market, caller: &Caller, ask: &Ask, format: Format) -> Result<Response> {
    let drawn = reports::draw(market.db(), ask, market.sight(caller.lang)).await?;
    let file = matches!(format, Format::Csv | Format::Xlsx);
    if file {
        let (db, step, ask) = (market.db().clone(), Step::new(market.now(), caller.actor()), ask.clone());
        durable(async move { reports::export::log(&db, &step, &ask, format).await }).await?;
    }
    // Writing a year's lines takes a while: other requests go on meanwhile.
    let body = tokio::task::spawn_blocking(move || export(&drawn, format)).await;
    let body = body.map_err(|e| Error::fault(format!("an export broke off: {e}")))??;
    let mut response = ([(header::CONTENT_TYPE, format.content_type())], body).into_response();
    if file {
        let name = format!("attachment; filename=\"yanxi-{}-{}-{}.{format}\"", ask.kind, ask.from, ask.to);
        if let Ok(name) = header::HeaderValue::from_str(&name) {
            response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
        }
    }
    Ok(response)
}
