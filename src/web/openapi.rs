//! The API's description (`OpenAPI` 3.1), collected from the operations themselves: each file of
//! `api` describes its own, and this joins them.

use axum::{Json, response::IntoResponse};
use utoipa::OpenApi;

use super::{Allow, Route, api, problem};

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/openapi.json", Allow::Anyone, || async { Json(document()).into_response() })]
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Yanxi Market 延锡集市",
        version = "1",
        description = "Storefront, ordering and public sales counter."
    ),
    components(schemas(problem::Problem, problem::FieldProblem))
)]
struct Frame;

/// The whole document.
pub fn document() -> utoipa::openapi::OpenApi {
    let mut whole = Frame::openapi();
    for part in api::documents() {
        whole.merge(part);
    }
    whole
}
