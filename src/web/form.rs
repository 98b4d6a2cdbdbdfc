//! Forms of pages: what was typed, kept when it has to be corrected.

use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

use super::{Error, json};
use crate::kernel::{Code, Refusal};

/// A posted form as a typed value (`application/x-www-form-urlencoded`).
pub struct Form<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let bytes = json::body(request, state).await?;
        let text = std::str::from_utf8(&bytes).map_err(|_| Refusal::new(Code::Invalid))?;
        Ok(Self(json::fields(text)?))
    }
}
