//! Forms of pages: what was typed, kept when it has to be corrected, and what is wrong with it.

use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

use super::{Error, auth::Caller, json};
use crate::{
    db::idempotency::{Key, Twin},
    kernel::{Code, Lang, Named, Random, Refusal, hash::sha256_hex},
};

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

/// One option of a select.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// Options of `(value, label)`, of which one is chosen.
pub fn choices(rows: impl IntoIterator<Item = (String, String)>, chosen: &str) -> Vec<Choice> {
    rows.into_iter().map(|(value, label)| Choice { chosen: value == chosen, value, label }).collect()
}

/// Options of a closed set, by their names, of which one is chosen by its word.
pub fn choices_of<T: Named>(lang: Lang, chosen: &str) -> Vec<Choice> {
    choices(T::choices(lang).into_iter().map(|(word, name)| (word.to_owned(), name.to_owned())), chosen)
}

/// A new key for a form that must not do its work twice: its hidden field `key`.
pub fn new_key() -> Result<String, Error> {
    Ok(Random::System.salt()?)
}

/// The idempotency key of a form of the caller; `what` is all that it asks for, so that the same key with
/// something else typed is refused instead of forgotten. A form without a key may be sent twice.
pub fn key(caller: &Caller, key: &str, operation: &'static str, what: &[&str]) -> Option<Key> {
    let body_hash = sha256_hex(what.join("\n").as_bytes());
    is_key(key).then(|| Key {
        scope: format!("form:{}", caller.scope()),
        key: key.to_owned(),
        operation,
        body_hash,
        twin: Twin::Waits,
    })
}

/// Whether a form's hidden key is one that its page gave it.
pub fn is_key(key: &str) -> bool {
    key.len() == 32 && key.bytes().all(|b| b.is_ascii_hexdigit())
}

/// What is wrong with a form: beside its fields, and above it what belongs to none of them.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    fields: Vec<(String, String)>,
    /// Faults of the form as a whole.
    pub whole: Vec<String>,
    /// HTTP status of the refusal.
    status: u16,
}

impl Faults {
    /// A refusal over a form that shows these fields. A fault of `contact.name` stands beside `name`,
    /// one of `coupons[0]` beside `coupons`.
    pub fn of(refusal: &Refusal, lang: Lang, shown: &[&str]) -> Self {
        let mut faults = Self { status: refusal.code.status(), ..Self::default() };
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

    /// The refusal of a form's act, to be shown with the form; what is no fault of the form goes on.
    pub fn kept(error: Error, lang: Lang, shown: &[&str]) -> Result<Self, Error> {
        match error.refusal() {
            Some(refusal) if refusal.code != Code::NotFound => Ok(Self::of(refusal, lang, shown)),
            _ => Err(error),
        }
    }

    /// HTTP status of the page that shows them: that of the refusal, 200 where nothing is wrong.
    pub fn status(&self) -> u16 {
        if self.none() { 200 } else { self.status.max(400) }
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
