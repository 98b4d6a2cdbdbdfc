//! Accounts: registered, signed in and out.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
};
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use crate::{
    db::tx,
    identity::{
        NewPerson, Role, create_person, password,
        session::{self, Opened, SignIn},
    },
    kernel::{Actor, Refusal, parse, time::SECOND},
    web::{
        Allow, Market, Result, Route,
        auth::{self, Caller},
        durable::durable,
        json::ApiJson,
        limits::ClientAddress,
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
    /// Login.
    pub login: String,
    /// Password.
    pub password: String,
}

/// A new shopper.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterRequest {
    /// 3 to 40 letters, digits, `.`, `_`, `-`, `@`.
    pub login: String,
    /// At least 10 characters, no common one.
    pub password: String,
    /// What others see.
    pub name: String,
}

/// A session.
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

/// signIn
#[utoipa::path(post, path = "/api/v1/session", operation_id = "signIn", tag = "account",
    request_body = SignInRequest, responses((status = 200, body = SessionAnswer)))]
pub async fn sign_in(
    State(market): State<Market>,
    ClientAddress(address): ClientAddress,
    ApiJson { value, .. }: ApiJson<SignInRequest>,
) -> Result<(HeaderMap, Json<SessionAnswer>)> {
    let SignInRequest { login, password } = value;
    let opened = open(&market, SignIn { login, password, address }).await?;
    Ok((cookie_of(&market, &opened), Json(answer(opened))))
}

/// Checks a sign-in and opens a session; the sign-in page does the same.
pub async fn open(market: &Market, sign_in: SignIn) -> Result<Opened> {
    let trade = market.trade.clone();
    durable(async move { session::open(&trade.db, &sign_in, &mut trade.step(Actor::GUEST)).await }).await
}

/// signOut
#[utoipa::path(delete, path = "/api/v1/session", operation_id = "signOut", tag = "account",
    responses((status = 204)))]
pub async fn sign_out(State(market): State<Market>, caller: Caller) -> Result<(StatusCode, HeaderMap)> {
    Ok((StatusCode::NO_CONTENT, close(&market, &caller).await?))
}

/// Ends the caller's session; answers the header that takes its cookie away.
pub async fn close(market: &Market, caller: &Caller) -> Result<HeaderMap> {
    if let Some(token) = caller.session.clone() {
        let db = market.db().clone();
        durable(async move { tx!(db, tx, { session::close(&mut tx, &token).await }) }).await?;
    }
    Ok(set_cookie(&auth::session_cookie(market, None)))
}

/// register
#[utoipa::path(post, path = "/api/v1/shoppers", operation_id = "register", tag = "shopping",
    request_body = RegisterRequest, responses((status = 201, body = SessionAnswer)))]
pub async fn register(
    State(market): State<Market>,
    ApiJson { value, .. }: ApiJson<RegisterRequest>,
) -> Result<(StatusCode, HeaderMap, Json<SessionAnswer>)> {
    let opened = new_shopper(&market, value).await?;
    Ok((StatusCode::CREATED, cookie_of(&market, &opened), Json(answer(opened))))
}

/// Makes a shopper's account and signs it in; refuses every bad field at once, and a taken login.
pub async fn new_shopper(market: &Market, asked: RegisterRequest) -> Result<Opened> {
    let RegisterRequest { login, password, name } = asked;
    let faults = [
        parse::login("login", &login).err(),
        parse::name("name", &name).err(),
        password::strong("password", &password, &login).err(),
    ];
    if let Some(refusal) = Refusal::all(faults.into_iter().flatten().collect()) {
        return Err(refusal.into());
    }
    let trade = market.trade.clone();
    durable(async move {
        let password_hash = password::hash(&password).await?;
        tx!(trade.db, tx, {
            let mut step = trade.step(Actor::GUEST);
            let new = NewPerson {
                login: login.clone(),
                name: name.clone(),
                role: Role::Shopper,
                coop: None,
                outlet: None,
                password_hash: password_hash.clone(),
            };
            let person = create_person(&mut tx, new, &mut step).await?;
            session::open_for(&mut tx, person, &mut step).await
        })
    })
    .await
}

fn answer(opened: Opened) -> SessionAnswer {
    let Opened { token, person, .. } = opened;
    SessionAnswer { token, user: UserView { id: person.id.0, name: person.name, role: person.role } }
}

/// The header that gives a browser its session.
pub fn cookie_of(market: &Market, opened: &Opened) -> HeaderMap {
    let seconds = (opened.expires_at.0 - market.now().0).max(0) / SECOND;
    set_cookie(&auth::session_cookie(market, Some((&opened.token, seconds))))
}

fn set_cookie(cookie: &str) -> HeaderMap {
    HeaderValue::from_str(cookie).map(|value| HeaderMap::from_iter([(header::SET_COOKIE, value)])).unwrap_or_default()
}
