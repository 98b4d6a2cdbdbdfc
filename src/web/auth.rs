//! Who asks: a session's cookie or bearer token, an order's token, a language.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, header, request::Parts},
};

use super::{Error, Market};
use crate::{
    identity::{Person, session},
    kernel::{Actor, Code, Lang, Refusal},
    orders::read::Owner,
};

/// Name of the session cookie.
const SESSION: &str = "yanxi_session";

/// Who asks, as far as the request tells.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who is signed in.
    pub person: Option<Person>,
    /// The session's token, to end it.
    pub session: Option<String>,
    /// `X-Order-Token`.
    pub order_token: Option<String>,
    /// Language of the answer.
    pub lang: Lang,
}

impl Caller {
    /// The actor of what is done.
    pub fn actor(&self) -> Actor {
        self.person.as_ref().map_or(Actor::GUEST, Person::actor)
    }

    /// The person; refuses who is not signed in.
    pub fn person(&self) -> Result<&Person, Error> {
        self.person.as_ref().ok_or_else(|| Refusal::new(Code::SignInNeeded).into())
    }

    /// Whose idempotency keys the caller's are.
    pub fn scope(&self) -> String {
        format!("person:{}", self.person.as_ref().map_or("", |person| person.id.as_str()))
    }

    /// Whose orders the caller may see: an own one, or that of the token.
    pub fn owner(&self) -> Owner {
        Owner { person: self.person.as_ref().map(|p| p.id.clone()), token: self.order_token.clone() }
    }
}

impl FromRequestParts<Market> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, market: &Market) -> Result<Self, Error> {
        if let Some(caller) = parts.extensions.get::<Self>() {
            return Ok(caller.clone());
        }
        let token = bearer(&parts.headers).or_else(|| cookie(&parts.headers, &secret_name(market, SESSION)));
        let person = match &token {
            Some(token) => session::who(&mut market.db().read().await?, token, market.now()).await?,
            None => None,
        };
        let order_token = parts.headers.get("x-order-token").and_then(|v| v.to_str().ok()).map(str::to_owned);
        let caller = Self { person, session: token, order_token, lang: language(parts) };
        parts.extensions.insert(caller.clone());
        Ok(caller)
    }
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

/// A cookie of the request by name.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
    all.flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// Name of a cookie that only the server reads; https adds `__Host-`, so that no other host can set it.
pub fn secret_name(market: &Market, name: &str) -> String {
    if market.config.https() { format!("__Host-{name}") } else { name.to_owned() }
}

/// `Set-Cookie` of a value that only the server reads, for so many seconds; `0` takes it away.
pub fn secret_cookie(market: &Market, name: &str, (value, age): (&str, i64)) -> String {
    let secure = if market.config.https() { "; Secure" } else { "" };
    format!("{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}", secret_name(market, name))
}

/// `Set-Cookie` of a value that the browser's script may read, for so many seconds; `0` takes it away.
pub fn open_cookie(market: &Market, name: &str, (value, age): (&str, i64)) -> String {
    let secure = if market.config.https() { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; SameSite=Lax; Max-Age={age}{secure}")
}

/// The same of a wish, such as a language: for a year.
pub fn wish_cookie(market: &Market, name: &str, value: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(&open_cookie(market, name, (value, 365 * 24 * 3600))).ok()
}

/// `Set-Cookie` that opens a session in a browser for so many seconds; none ends it.
pub fn session_cookie(market: &Market, opened: Option<(&str, i64)>) -> String {
    secret_cookie(market, SESSION, opened.unwrap_or(("", 0)))
}

/// The language asked for: `?lang=`, else the cookie, else `Accept-Language`, else Chinese.
pub fn language(parts: &Parts) -> Lang {
    let query = parts.uri.query().unwrap_or_default();
    let asked = query.split('&').filter_map(|pair| pair.strip_prefix("lang=")).find_map(Lang::parse);
    asked
        .or_else(|| cookie(&parts.headers, "lang").as_deref().and_then(Lang::parse))
        .or_else(|| parts.headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok().and_then(Lang::parse))
        .unwrap_or_default()
}

/// The language alone, where nothing else of the caller matters.
#[derive(Clone, Copy, Debug)]
pub struct Language(pub Lang);

impl<S: Sync> FromRequestParts<S> for Language {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(language(parts)))
    }
}
