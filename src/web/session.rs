//! The session of a browser: the header that gives it, and the one that takes it away.

use axum::http::{HeaderMap, HeaderValue, header};

use super::{
    Market, Result,
    auth::{self, Caller},
    durable::durable,
};
use crate::{
    db::tx,
    identity::session::{self, Opened},
    kernel::time::SECOND,
};

/// The header that gives a browser its session.
pub fn cookie_of(market: &Market, opened: &Opened) -> HeaderMap {
    let seconds = (opened.expires_at.0 - market.now().0).max(0) / SECOND;
    set_cookie(&auth::session_cookie(market, Some((&opened.token, seconds))))
}

/// Ends the caller's session; answers the header that takes its cookie away.
pub async fn close(market: &Market, caller: &Caller) -> Result<HeaderMap> {
    if let Some(token) = caller.session.clone() {
        let db = market.db().clone();
        durable(async move { tx!(db, tx, { session::close(&mut tx, &token).await }) }).await?;
    }
    Ok(set_cookie(&auth::session_cookie(market, None)))
}

fn set_cookie(cookie: &str) -> HeaderMap {
    HeaderValue::from_str(cookie).map(|value| HeaderMap::from_iter([(header::SET_COOKIE, value)])).unwrap_or_default()
}
