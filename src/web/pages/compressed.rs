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
/// Brotli's window as a power of two: no page is larger than 256 KiB by much, and a usual window of
/// 4 MiB is allocated for each page.
const BROTLI_WINDOW: i32 = 18;

/// A body with its `ETag`, kept in the form that nearly all visitors take, a tenth of its length. The
/// other forms are made when they are first asked for.
#[derive(Debug)]
pub struct Compressed {
    brotli: Bytes,
    plain: OnceLock<Bytes>,
    gzip: OnceLock<Bytes>,
    plain_bytes: usize,
    etag: HeaderValue,
}

impl Compressed {
    /// Takes a body.
    pub fn of(plain: &[u8]) -> Result<Self> {
        let tag = format!("\"{}\"", &sha256_hex(plain)[..24]);
        let etag = HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""));
        let (plain_bytes, brotli) = (plain.len(), brotli(plain)?.into());
        Ok(Self { brotli, plain: OnceLock::new(), gzip: OnceLock::new(), plain_bytes, etag })
    }

    /// Bytes held once all forms are made, no less.
    pub fn most_bytes(&self) -> usize {
        self.plain_bytes * 3 / 2 + 512
    }

    /// The answer in the best form that the client takes, or 304 where it has it already.
    pub fn answer(&self, asked: &HeaderMap) -> Result<Response> {
        let known = asked.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
        let same = known.is_some_and(|all| all.split(',').any(|one| one.trim().as_bytes() == self.etag.as_bytes()));
        let takes = asked.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let (body, coding) = match takes {
            _ if same => (Body::empty(), None),
            all if accepts(all, "br") => (self.brotli.clone().into(), Some("br")),
            all if accepts(all, "gzip") => (self.gzip()?.clone().into(), Some("gzip")),
            _ => (self.plain()?.clone().into(), None),
        };
        let mut response = Response::new(body);
        let headers = response.headers_mut();
        headers.insert(header::ETAG, self.etag.clone());
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding, Accept-Language, Cookie"));
        if let Some(coding) = coding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        if same {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        Ok(response)
    }

    fn plain(&self) -> Result<&Bytes> {
        made(&self.plain, || {
            let mut plain = Vec::with_capacity(self.plain_bytes);
            brotli::BrotliDecompress(&mut self.brotli.as_ref(), &mut plain)?;
            Ok(plain)
        })
    }

    fn gzip(&self) -> Result<&Bytes> {
        let plain = self.plain()?;
        made(&self.gzip, || {
            let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
            packed.write_all(plain)?;
            Ok(packed.finish()?)
        })
    }
}

/// A form, made now where it is not yet.
fn made(form: &OnceLock<Bytes>, make: impl FnOnce() -> Result<Vec<u8>>) -> Result<&Bytes> {
    match form.get() {
        Some(made) => Ok(made),
        None => {
            let made = make()?;
            Ok(form.get_or_init(|| made.into()))
        }
    }
}

fn accepts(all: &str, coding: &str) -> bool {
    all.split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        parts.next() == Some(coding) && !parts.any(|q| matches!(q, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

fn brotli(mut plain: &[u8]) -> Result<Vec<u8>> {
    let mut packed = Vec::with_capacity(plain.len() / 4);
    let params = brotli::enc::BrotliEncoderParams { quality: BROTLI_LEVEL, lgwin: BROTLI_WINDOW, ..Default::default() };
    brotli::BrotliCompress(&mut plain, &mut packed, &params)?;
    Ok(packed)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn asked(encoding: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_str(encoding).unwrap())])
    }

    #[test]
    fn the_best_form_that_is_taken_is_answered_and_a_known_one_is_not_sent_again() {
        let body = Compressed::of("market ".repeat(100).as_bytes()).unwrap();
        let coding = |encoding| body.answer(&asked(encoding)).unwrap().headers().get(header::CONTENT_ENCODING).cloned();
        assert_eq!(coding("gzip, deflate, br").unwrap(), "br");
        assert_eq!(coding("gzip;q=1.0, br;q=0").unwrap(), "gzip");
        assert_eq!(coding("identity"), None);
        assert_eq!(body.plain().unwrap().as_ref(), "market ".repeat(100).as_bytes());
        let mut unpacked = String::new();
        flate2::read::GzDecoder::new(body.gzip().unwrap().as_ref()).read_to_string(&mut unpacked).unwrap();
        assert_eq!(unpacked, "market ".repeat(100));
        let etag = body.answer(&HeaderMap::new()).unwrap().headers()[header::ETAG].clone();
        let again = body.answer(&HeaderMap::from_iter([(header::IF_NONE_MATCH, etag)])).unwrap();
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    }
}
