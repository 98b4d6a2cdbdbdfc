//! Forms of pages: what was typed, kept when it has to be corrected, and what is wrong with it.

use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

use super::{Error, json};
use crate::kernel::{Code, Lang, Refusal};

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

/// What is wrong with a form: beside its fields, and above it what belongs to none of them.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    fields: Vec<(String, String)>,
    /// Faults of the form as a whole.
    pub whole: Vec<String>,
}

impl Faults {
    /// A refusal over a form that shows these fields. A fault of `contact.name` stands beside `name`,
    /// one of `coupons[0]` beside `coupons`.
    pub fn of(refusal: &Refusal, lang: Lang, shown: &[&str]) -> Self {
        let mut faults = Self::default();
        for fault in &refusal.fields {
            let last = fault.field.rsplit('.').next().unwrap_or_default();
            let field = last.split('[').next().unwrap_or_default();
            if shown.contains(&field) {
                faults.add(field, fault.detail(lang));
            } else {
                faults.whole.push(fault.detail(lang));
            }
        }
        if refusal.fields.is_empty() {
            faults.whole.push(refusal.detail(lang));
        }
        faults
    }

    /// Puts a fault beside a field.
    pub fn add(&mut self, field: &str, detail: String) {
        self.fields.push((field.to_owned(), detail));
    }

    /// Adds those of another look at the same form.
    pub fn join(&mut self, other: Self) {
        self.fields.extend(other.fields);
        self.whole.extend(other.whole);
    }

    /// What is wrong with a field; empty where nothing is.
    pub fn at(&self, field: &str) -> &str {
        self.fields.iter().find(|(name, _)| name == field).map_or("", |(_, detail)| detail)
    }

    /// Whether nothing is wrong.
    pub fn none(&self) -> bool {
        self.fields.is_empty() && self.whole.is_empty()
    }
}
