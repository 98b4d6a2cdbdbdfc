//! The API's description (`OpenAPI` 3.1), collected from the operations themselves.

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
    components(schemas(problem::Problem, problem::FieldProblem)),
    paths(
        api::catalogue::list_products,
        api::catalogue::get_product,
        api::catalogue::suggest,
        api::catalogue::list_coops,
        api::catalogue::get_coop,
        api::catalogue::list_regions,
        api::counter::get_counter,
        api::counter::stream_counter,
        api::counter::get_journal,
        api::quotes::quote,
        api::orders::place_order,
        api::orders::list_my_orders,
        api::orders::get_order,
        api::orders::cancel_order,
        api::orders::confirm_receipt,
        api::payments::pay_order,
        api::payments::settle_sandbox,
        api::payments::stripe_webhook,
    )
)]
struct Shop;

/// The whole document.
pub fn document() -> utoipa::openapi::OpenApi {
    Shop::openapi()
}
