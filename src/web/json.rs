//! Bodies and queries as typed values; what does not fit is refused with the field's name.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::{header, request::Parts},
};
use serde::de::DeserializeOwned;

use super::Error;
use crate::{
    db::idempotency::Key,
    kernel::{Code, Refusal, hash::sha256_hex},
};

/// A JSON body. Its type denies unknown fields.
pub struct ApiJson<T> {
    /// The value.
    pub value: T,
    /// SHA-256 of the bytes, for idempotency keys.
    pub hash: String,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for ApiJson<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
        let json = kind.is_some_and(|k| k.split(';').next().is_some_and(|k| k.trim().ends_with("json")));
        if !json {
            return Err(Refusal::new(Code::WrongMedia).into());
        }
        let bytes = body(request, state).await?;
        Ok(Self { hash: sha256_hex(&bytes), value: parse(&bytes)? })
    }
}

/// The raw body, within the limit.
pub async fn body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Error> {
    Bytes::from_request(request, state).await.map_err(|_| Refusal::new(Code::TooLarge).into())
}

/// JSON text to a value; the refusal names the field.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    let mut text = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut text).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        // A choice given as a number or list is called a fault of syntax although the text is JSON.
        let json = || serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok();
        if inner.is_data() || json() { field_fault(&path, &inner.to_string()) } else { Refusal::new(Code::BadJson) }
    })?;
    text.end().map_err(|_| Refusal::new(Code::BadJson))?;
    Ok(value)
}

/// A query string as a typed value.
pub struct ApiQuery<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for ApiQuery<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "lang");
        let kept = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        fields(&kept).map(Self).map_err(Into::into)
    }
}

/// `a=1&b=2` to a value; the refusal names the field.
pub fn fields<T: DeserializeOwned>(text: &str) -> Result<T, Refusal> {
    let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
    serde_path_to_error::deserialize(pairs).map_err(|error| {
        let path = error.path().to_string();
        field_fault(&path, &error.into_inner().to_string())
    })
}

/// What a parser's words mean for the field.
fn field_fault(path: &str, words: &str) -> Refusal {
    let quoted = words.split('`').nth(1).unwrap_or_default();
    let at = |name: &str| if path == "." || path == "?" { name.to_owned() } else { format!("{path}.{name}") };
    let here = if path == "." || path == "?" { "body".to_owned() } else { path.to_owned() };
    if words.starts_with("unknown field") {
        let field = if here == quoted || here.ends_with(&format!(".{quoted}")) { here } else { at(quoted) };
        return Refusal::of_field(field, Code::Unknown);
    }
    if words.starts_with("missing field") {
        return Refusal::of_field(at(quoted), Code::Missing);
    }
    if words.starts_with("duplicate field") {
        return Refusal::of_field(at(quoted), Code::Repeated);
    }
    if words.starts_with("invalid value: integer")
        || words.contains("number too large")
        || words.contains("out of range")
    {
        return Refusal::of_field(here, Code::OutOfRange).with("min", i64::MIN).with("max", i64::MAX);
    }
    let expected = words.split("expected ").nth(1).unwrap_or("another type");
    let expected = expected.split(" at line").next().unwrap_or(expected);
    Refusal::of_field(here, Code::WrongType).with("expected", expected)
}

/// The `Idempotency-Key` header.
pub struct IdempotencyKey(pub Option<String>);

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let Some(value) = parts.headers.get("idempotency-key") else { return Ok(Self(None)) };
        let key = value.to_str().ok().map(str::trim).filter(|k| (1..=255).contains(&k.len()));
        let fault = || Refusal::of_field("Idempotency-Key", Code::Malformed).with("example", "3f0c9d5e-…");
        Ok(Self(Some(key.ok_or_else(fault)?.to_owned())))
    }
}

impl IdempotencyKey {
    /// The key of an operation; `subject` is what of the path it is about. Refuses a missing one.
    pub fn needed(self, scope: String, operation: &'static str, subject: &str, hash: &str) -> Result<Key, Refusal> {
        let missing = || Refusal::of_field("Idempotency-Key", Code::KeyNeeded);
        self.given(scope, operation, subject, hash).ok_or_else(missing)
    }

    /// The same where the key may be missing.
    pub fn given(self, scope: String, operation: &'static str, subject: &str, hash: &str) -> Option<Key> {
        let key = self.0?;
        Some(Key { scope, key, operation, body_hash: sha256_hex(format!("{subject}\n{hash}").as_bytes()) })
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Item {
        #[allow(dead_code, reason = "only parsed")]
        sku: String,
        #[allow(dead_code, reason = "only parsed")]
        qty: i64,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        #[allow(dead_code, reason = "only parsed")]
        items: Vec<Item>,
    }

    #[test]
    fn faults_name_their_field_and_kind() {
        for (text, field, code) in [
            (r#"{"items":[{"sku":"P01-1","qty":"2"}]}"#, "items[0].qty", Code::WrongType),
            (r#"{"items":[{"sku":"P01-1","qty":1.5}]}"#, "items[0].qty", Code::WrongType),
            (r#"{"items":[{"sku":"P01-1","qty":9223372036854775808}]}"#, "items[0].qty", Code::OutOfRange),
            (r#"{"items":[{"sku":"P01-1","qty":1e30}]}"#, "items[0].qty", Code::WrongType),
            (r#"{"items":[{"sku":"P01-1"}]}"#, "items[0].qty", Code::Missing),
            (r#"{"items":[{"sku":"P01-1","qty":1,"price_fen":1}]}"#, "items[0].price_fen", Code::Unknown),
            (r#"{"things":1}"#, "things", Code::Unknown),
            ("{}", "items", Code::Missing),
            ("[]", "body", Code::WrongType),
        ] {
            let refusal = parse::<Body>(text.as_bytes()).unwrap_err();
            assert_eq!((refusal.fields[0].field.as_str(), refusal.code), (field, code), "{text}");
        }
        for text in ["", "{", "{\"items\":[]} x", "\u{0}"] {
            assert_eq!(parse::<Body>(text.as_bytes()).unwrap_err().code, Code::BadJson, "{text}");
        }
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        page: Option<i64>,
    }

    #[test]
    fn query_faults_name_their_field() {
        assert_eq!(fields::<Asked>("page=2").unwrap().page, Some(2));
        assert_eq!(fields::<Asked>("page=x").unwrap_err().fields[0].field, "page");
        assert_eq!(fields::<Asked>("pgae=1").unwrap_err().fields[0].field, "pgae");
    }
}
