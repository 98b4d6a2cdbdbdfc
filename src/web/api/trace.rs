//! Traces for programs: the batch behind the code on a box.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use crate::{
    catalogue::CoopRef,
    kernel::{Code, Day, Refusal},
    stock::trace,
    web::{Allow, Market, Result, Route, auth::Language},
};

/// Operations of this file.
#[derive(OpenApi)]
#[openapi(paths(trace_batch))]
pub struct Operations;

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/api/v1/trace/{code}", Allow::Anyone, trace_batch)]
}

/// A product by name.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProductRef {
    pub code: String,
    pub slug: String,
    pub name: String,
}

/// A batch.
#[derive(Debug, Serialize, ToSchema)]
pub struct TraceView {
    pub code: String,
    pub sku: String,
    pub spec: String,
    pub product: ProductRef,
    pub coop: CoopRef,
    pub county: String,
    pub county_code: String,
    pub village: String,
    pub plot: String,
    #[schema(value_type = String)]
    pub harvested_on: Day,
    pub packhouse: String,
    /// Certificate of conformity (合格证).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conformity_no: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report_no: Option<String>,
    /// Whether the batch is of a demonstration (演示数据).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub demo: bool,
}

#[utoipa::path(get, path = "/api/v1/trace/{code}", operation_id = "traceBatch", tag = "catalogue",
    params(("code" = String, Path)), responses((status = 200, body = TraceView)))]
pub async fn trace_batch(
    State(market): State<Market>,
    Language(lang): Language,
    Path(code): Path<String>,
) -> Result<Json<TraceView>> {
    let batch = trace::find(&mut market.db().read_replica().await?, &code).await?;
    let batch = batch.ok_or_else(|| Refusal::new(Code::NotFound))?;
    Ok(Json(TraceView {
        spec: lang.pick(&batch.spec, &batch.spec_en).to_owned(),
        product: ProductRef {
            name: lang.pick(&batch.name, &batch.name_en).to_owned(),
            code: batch.product,
            slug: batch.product_slug,
        },
        coop: CoopRef { name: lang.pick(&batch.coop_name, &batch.coop_name_en).to_owned(), slug: batch.coop_slug },
        county: lang.pick(&batch.county_name, &batch.county_name_en).to_owned(),
        county_code: batch.county_code,
        code: batch.code,
        sku: batch.sku,
        village: batch.village,
        plot: batch.plot,
        harvested_on: batch.harvested_on,
        packhouse: batch.packhouse,
        conformity_no: batch.conformity_no,
        report_no: batch.report_no,
        demo: market.demo,
    }))
}
