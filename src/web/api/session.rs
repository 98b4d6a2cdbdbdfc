//! Accounts: registered, signed in and out.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use crate::{
    identity::{
        Role,
        session::{self, NewShopper, Opened, SignIn},
    },
    kernel::Actor,
    web::{
        Allow, Market, Result, Route, auth::Caller, durable::durable, json::ApiJson, limits::ClientAddress,
        session as browser,
    },
};

/// Operations of this file.
#[derive(OpenApi)]
#[openapi(paths(sign_in, sign_out, register))]
pub struct Operations;

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/session", Allow::Anyone, sign_in),
        Route::delete("/api/v1/session", Allow::SignedIn, sign_out),
        Route::post("/api/v1/shoppers", Allow::Anyone, register),
    ]
}

/// Who wants in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInRequest {
    pub login: String,
    pub password: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SessionAnswer {
    /// For `Authorization: Bearer`; told once.
    pub token: String,
    pub user: UserView,
}

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserView {
    pub id: String,
    pub name: String,
    pub role: Role,
}

#[utoipa::path(post, path = "/api/v1/session", operation_id = "signIn", tag = "account",
    request_body = SignInRequest, responses((status = 200, body = SessionAnswer)))]
pub async fn sign_in(
    State(market): State<Market>,
    ClientAddress(address): ClientAddress,
    ApiJson { value, .. }: ApiJson<SignInRequest>,
) -> Result<(HeaderMap, Json<SessionAnswer>)> {
    let SignInRequest { login, password } = value;
    let (trade, sign_in) = (market.trade.clone(), SignIn { login, password, address });
    let opened =
        durable(async move { session::open(&trade.db, &sign_in, &mut trade.step(Actor::GUEST)).await }).await?;
    Ok((browser::cookie_of(&market, &opened), Json(answer(opened))))
}

#[utoipa::path(delete, path = "/api/v1/session", operation_id = "signOut", tag = "account",
    responses((status = 204)))]
pub async fn sign_out(State(market): State<Market>, caller: Caller) -> Result<(StatusCode, HeaderMap)> {
    Ok((StatusCode::NO_CONTENT, browser::close(&market, &caller).await?))
}

#[utoipa::path(post, path = "/api/v1/shoppers", operation_id = "register", tag = "shopping",
    request_body = NewShopper, responses((status = 201, body = SessionAnswer)))]
pub async fn register(State(market): State<Market>, ApiJson { value, .. }: ApiJson<NewShopper>) -> Result<Response> {
    let trade = market.trade.clone();
    let opened =
        durable(async move { session::register(&trade.db, &value, &mut trade.step(Actor::GUEST)).await }).await?;
    let headers = browser::cookie_of(&market, &opened);
    Ok((StatusCode::CREATED, headers, Json(answer(opened))).into_response())
}

fn answer(opened: Opened) -> SessionAnswer {
    let Opened { token, person, .. } = opened;
    SessionAnswer { token, user: UserView { id: person.id.0, name: person.name, role: person.role } }
}
