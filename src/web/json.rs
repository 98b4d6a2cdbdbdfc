//! Bodies and queries as typed values; what does not fit is refused with the field's name.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::{header, request::Parts},
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Error, strict::Strict};
use crate::{
    db::idempotency::{Key, Twin},
    kernel::{Code, Refusal, hash::sha256_hex},
};

/// A JSON body. Its type denies unknown fields.
pub struct ApiJson<T> {
    pub value: T,
    /// SHA-256 of the bytes, for idempotency keys.
    pub hash: String,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for ApiJson<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let bytes = json_body(request, state).await?;
        Ok(Self { hash: sha256_hex(&bytes), value: parse(&bytes)? })
    }
}

/// The raw body of a request that says that it is JSON.
async fn json_body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Error> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let json = kind.is_some_and(|k| k.split(';').next().is_some_and(|k| k.trim().ends_with("json")));
    if json { body(request, state).await } else { Err(Refusal::new(Code::WrongMedia).into()) }
}

/// The raw body, within the limit.
pub async fn body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Error> {
    Bytes::from_request(request, state).await.map_err(|_| Refusal::new(Code::TooLarge).into())
}

/// JSON text to a value; the refusal names the field.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    let mut text = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(Strict(&mut text)).map_err(|error| json_fault(&error, bytes))?;
    whole(&mut text, bytes)?;
    Ok(value)
}

/// What is wrong with a body, for all types of bodies.
fn json_fault(error: &serde_path_to_error::Error<serde_json::Error>, bytes: &[u8]) -> Refusal {
    let inner = error.inner();
    // A choice given as a number or list is called a fault of syntax although the text is JSON.
    let json = || serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok();
    if inner.is_data() || json() {
        field_fault(&error.path().to_string(), &inner.to_string())
    } else {
        Refusal::new(Code::BadJson)
    }
}

/// Refuses what stands behind the value, and a zero byte in a text.
fn whole(text: &mut serde_json::Deserializer<serde_json::de::SliceRead<'_>>, bytes: &[u8]) -> Result<(), Refusal> {
    text.end().map_err(|_| Refusal::new(Code::BadJson))?;
    match zero_byte(bytes) {
        Some(field) => Err(Refusal::of_field(field, Code::ZeroByte)),
        None => Ok(()),
    }
}

/// The field whose text holds a zero byte, which PostgreSQL cannot keep; JSON can only write it as `\u0000`.
fn zero_byte(bytes: &[u8]) -> Option<String> {
    fn within(value: &Value, path: &str) -> Option<String> {
        match value {
            Value::String(text) => text.contains('\0').then(|| path.to_owned()),
            Value::Array(all) => all.iter().enumerate().find_map(|(n, one)| within(one, &format!("{path}[{n}]"))),
            Value::Object(all) => all.iter().find_map(|(key, one)| {
                within(one, &if path.is_empty() { key.clone() } else { format!("{path}.{key}") })
            }),
            _ => None,
        }
    }
    let written = bytes.windows(6).any(|six| six == b"\\u0000");
    written.then(|| serde_json::from_slice(bytes).ok()).flatten().and_then(|value| within(&value, ""))
}

/// A query string as a typed value.
pub struct ApiQuery<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for ApiQuery<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        fields(&without_language(parts)).map(Self).map_err(Into::into)
    }
}

/// The query but for the language, which every page and operation takes.
fn without_language(parts: &Parts) -> String {
    let query = parts.uri.query().unwrap_or_default();
    let pairs = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "lang");
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// `a=1&b=2` to a value; the refusal names the field.
pub fn fields<T: DeserializeOwned>(text: &str) -> Result<T, Refusal> {
    serde_path_to_error::deserialize(pairs(text)?)
        .map_err(|error| field_fault(&error.path().to_string(), &error.inner().to_string()))
}

/// The fields as they were typed; refuses a zero byte.
fn pairs(text: &str) -> Result<serde_urlencoded::Deserializer<'_>, Refusal> {
    let mut typed = form_urlencoded::parse(text.as_bytes());
    match typed.find(|(_, value)| value.contains('\0')) {
        Some((field, _)) => Err(Refusal::of_field(field, Code::ZeroByte)),
        None => Ok(serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()))),
    }
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
    if let Some(choices) = words.starts_with("unknown variant").then(|| words.split("expected ").nth(1)).flatten() {
        let choices: Vec<&str> = choices.split('`').skip(1).step_by(2).collect();
        return Refusal::of_field(here, Code::OneOf).with("choices", choices.join(", "));
    }
    if words.starts_with("invalid value: integer")
        || words.contains("number too large")
        || words.contains("out of range")
    {
        return Refusal::of_field(here, Code::OutOfRange).with("min", i64::MIN).with("max", i64::MAX);
    }
    Refusal::of_field(here, Code::WrongType).with("expected", json_type(words))
}

/// The type that a parser's words ask for, by its name in JSON.
fn json_type(words: &str) -> &str {
    let expected = words.split("expected ").nth(1).unwrap_or_default();
    let expected = expected.split(" at line").next().unwrap_or_default();
    match expected {
        // A choice is a string, and what is none is called a fault of syntax.
        "value" | "a string" | "string or map" | "a borrowed string" => "string",
        "a boolean" => "true / false",
        "a sequence" => "array",
        "a map" => "object",
        other if other.starts_with("struct ") => "object",
        other if ["i64", "i32", "u64", "u32", "u16", "u8"].contains(&other) => "integer",
        other => other,
    }
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
        Some(Key {
            scope,
            key,
            operation,
            body_hash: sha256_hex(format!("{subject}\n{hash}").as_bytes()),
            twin: Twin::Told,
        })
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
            (r#"[[{"sku":"P01-1","qty":1}]]"#, "body", Code::WrongType),
            (r#"{"items":[["P01-1",1]]}"#, "items[0]", Code::WrongType),
        ] {
            let refusal = parse::<Body>(text.as_bytes()).unwrap_err();
            assert_eq!((refusal.fields[0].field.as_str(), refusal.code), (field, code), "{text}");
        }
        let zero = parse::<Body>(br#"{"items":[{"sku":"P01\u0000","qty":1}]}"#).unwrap_err();
        assert_eq!((zero.fields[0].field.as_str(), zero.code), ("items[0].sku", Code::ZeroByte));
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
        assert_eq!(fields::<Asked>("page=%00").unwrap_err().code, Code::ZeroByte);
    }
}
