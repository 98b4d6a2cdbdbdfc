//! A body that is compressed once and answered many times.

use std::{io::Write, sync::OnceLock};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};

use crate::kernel::{Result, hash::sha256_hex};

/// Brotli's level: a page is compressed once for each version, within the first visitor's request.
const BROTLI_LEVEL: i32 = 5;

/// A body in three forms, with its `ETag`. A form is made when it is first asked for: most visitors
/// take the same one.
#[derive(Debug)]
pub struct Compressed {
    plain: Bytes,
    gzip: OnceLock<Bytes>,
    brotli: OnceLock<Bytes>,
    etag: HeaderValue,
}

impl Compressed {
    /// Takes a body.
    pub fn of(plain: Vec<u8>) -> Result<Self> {
        let tag = format!("\"{}\"", &sha256_hex(&plain)[..24]);
        let etag = HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""));
        Ok(Self { plain: plain.into(), gzip: OnceLock::new(), brotli: OnceLock::new(), etag })
    }

    /// Bytes held once all forms are made, no less.
    pub fn most_bytes(&self) -> usize {
        self.plain.len() * 3 / 2 + 512
    }

    /// The answer in the best form that the client takes, or 304 where it has it already.
    pub fn answer(&self, asked: &HeaderMap) -> Response {
        let known = asked.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
        let same = known.is_some_and(|all| all.split(',').any(|one| one.trim().as_bytes() == self.etag.as_bytes()));
        let takes = asked.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let (body, coding) = match takes {
            _ if same => (None, None),
            all if accepts(all, "br") => (made(&self.brotli, &self.plain, brotli), Some("br")),
            all if accepts(all, "gzip") => (made(&self.gzip, &self.plain, gzip), Some("gzip")),
            _ => (None, None),
        };
        let coding = coding.filter(|_| body.is_some());
        let body = body.unwrap_or(&self.plain);
        let mut response = Response::new(if same { Body::empty() } else { Body::from(body.clone()) });
        let headers = response.headers_mut();
        headers.insert(header::ETAG, self.etag.clone());
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding, Accept-Language, Cookie"));
        if let Some(coding) = coding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        if same {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        response
    }
}

/// A form, made now where it is not yet; none where it cannot be made, and the plain one serves.
fn made<'a>(form: &'a OnceLock<Bytes>, plain: &[u8], make: fn(&[u8]) -> Result<Vec<u8>>) -> Option<&'a Bytes> {
    if form.get().is_none()
        && let Ok(packed) = make(plain)
    {
        let _ = form.set(packed.into());
    }
    form.get()
}

fn accepts(all: &str, coding: &str) -> bool {
    all.split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        parts.next() == Some(coding) && !parts.any(|q| matches!(q, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

fn gzip(plain: &[u8]) -> Result<Vec<u8>> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    packed.write_all(plain)?;
    Ok(packed.finish()?)
}

fn brotli(mut plain: &[u8]) -> Result<Vec<u8>> {
    let mut packed = Vec::with_capacity(plain.len() / 4);
    let params = brotli::enc::BrotliEncoderParams { quality: BROTLI_LEVEL, ..Default::default() };
    brotli::BrotliCompress(&mut plain, &mut packed, &params)?;
    Ok(packed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(encoding: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_str(encoding).unwrap())])
    }

    #[test]
    fn the_best_form_that_is_taken_is_answered_and_a_known_one_is_not_sent_again() {
        let body = Compressed::of("market ".repeat(100).into_bytes()).unwrap();
        let coding = |encoding| body.answer(&asked(encoding)).headers().get(header::CONTENT_ENCODING).cloned();
        assert_eq!(coding("gzip, deflate, br").unwrap(), "br");
        assert_eq!(coding("gzip;q=1.0, br;q=0").unwrap(), "gzip");
        assert_eq!(coding("identity"), None);
        let etag = body.answer(&HeaderMap::new()).headers()[header::ETAG].clone();
        let again = body.answer(&HeaderMap::from_iter([(header::IF_NONE_MATCH, etag)]));
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    }
}
