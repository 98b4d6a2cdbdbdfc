//! Regions for address forms: the divisions below one, and an address read from pasted text.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, OpenApi, ToSchema};

use crate::{
    pricing::{
        pasted::{self, Pasted},
        region, romanised,
    },
    web::{
        Allow, Market, Result, Route,
        auth::Language,
        json::{ApiJson, ApiQuery},
    },
};

/// Operations of this file.
#[derive(OpenApi)]
#[openapi(paths(list_regions, read_address))]
pub struct Operations;

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/regions", Allow::Anyone, list_regions),
        Route::post("/api/v1/addresses/read", Allow::Anyone, read_address),
    ]
}

/// Below which division.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Below {
    /// GB code; the provinces where it is absent.
    #[serde(default)]
    pub parent: String,
}

/// A division.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegionView {
    pub code: String,
    pub name: String,
}

/// Divisions.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegionList {
    pub items: Vec<RegionView>,
}

/// A text with an address in it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PastedText {
    /// As `张三 13900000000 无锡市梁溪区人民中路 1 号`.
    pub text: String,
}

/// What the text says; what it does not is empty.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadAddress {
    pub name: String,
    pub phone: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region_code: Option<String>,
    pub street: String,
}

#[utoipa::path(get, path = "/api/v1/regions", operation_id = "listRegions", tag = "shopping", params(Below),
    responses((status = 200, body = RegionList)))]
pub async fn list_regions(
    State(market): State<Market>,
    Language(lang): Language,
    ApiQuery(below): ApiQuery<Below>,
) -> Result<Json<RegionList>> {
    let rows = region::children(&mut market.db().read().await?, &below.parent).await?;
    let items = rows.into_iter().map(|(code, name)| RegionView { code, name: romanised::name(&name, lang) }).collect();
    Ok(Json(RegionList { items }))
}

#[utoipa::path(post, path = "/api/v1/addresses/read", operation_id = "readAddress", tag = "shopping",
    request_body = PastedText, responses((status = 200, body = ReadAddress)))]
pub async fn read_address(
    State(market): State<Market>,
    ApiJson { value, .. }: ApiJson<PastedText>,
) -> Result<Json<ReadAddress>> {
    let Pasted { name, phone, region_code, street } =
        pasted::understood(&mut market.db().read().await?, &value.text).await?;
    Ok(Json(ReadAddress { name, phone, region_code, street }))
}
