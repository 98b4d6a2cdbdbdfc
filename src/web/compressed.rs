//! Bodies in the form that a client takes: compressed once and answered many times, or packed for one.

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

/// Brotli's level of a body that one client gets once: packed while that client waits.
const BROTLI_LEVEL_ONCE: i32 = 3;

/// A form of a body over the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    Brotli,
    Gzip,
}

impl Coding {
    /// The best that a client takes; none where it wants the body as it is.
    pub fn asked(headers: &HeaderMap) -> Option<Self> {
        match headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default() {
            all if accepts(all, "br") => Some(Self::Brotli),
            all if accepts(all, "gzip") => Some(Self::Gzip),
            _ => None,
        }
    }

    /// Its name in `Content-Encoding`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// A body in this form, made fast rather than small: for one client alone.
    pub fn pack(self, plain: &[u8]) -> Result<Vec<u8>> {
        match self {
            Self::Brotli => brotli(plain, BROTLI_LEVEL_ONCE),
            Self::Gzip => gzip(plain, flate2::Compression::fast()),
        }
    }
}

/// A body kept in one form; the others are made when they are first asked for.
#[derive(Debug)]
pub struct Compressed {
    brotli: OnceLock<Bytes>,
    plain: OnceLock<Bytes>,
    gzip: OnceLock<Bytes>,
    plain_bytes: usize,
    etag: Option<HeaderValue>,
}

impl Compressed {
    /// Takes a body with its `ETag`, in the form that nearly all visitors take, a tenth of its length.
    pub fn of(plain: &[u8]) -> Result<Self> {
        let tag = format!("\"{}\"", &sha256_hex(plain)[..24]);
        let etag = Some(HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\"")));
        let brotli = OnceLock::from(Bytes::from(brotli(plain, BROTLI_LEVEL)?));
        Ok(Self { brotli, plain: OnceLock::new(), gzip: OnceLock::new(), plain_bytes: plain.len(), etag })
    }

    /// Takes a body as it is: for programs, of which most ask for no other form.
    pub fn as_is(plain: Vec<u8>) -> Self {
        let (plain_bytes, plain) = (plain.len(), OnceLock::from(Bytes::from(plain)));
        Self { brotli: OnceLock::new(), plain, gzip: OnceLock::new(), plain_bytes, etag: None }
    }

    /// Bytes held once all forms are made, no less.
    pub fn most_bytes(&self) -> usize {
        self.plain_bytes * 3 / 2 + 512
    }

    /// The answer in the best form that the client takes, or 304 where it has it already.
    pub fn answer(&self, asked: &HeaderMap) -> Result<Response> {
        let known = asked.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
        let etag = self.etag.as_ref().map(HeaderValue::as_bytes);
        let same = known.is_some_and(|all| all.split(',').any(|one| Some(one.trim().as_bytes()) == etag));
        let (body, coding) = match Coding::asked(asked) {
            _ if same => (Body::empty(), None),
            Some(Coding::Brotli) => (self.brotli()?.clone().into(), Some("br")),
            Some(Coding::Gzip) => (self.gzip()?.clone().into(), Some("gzip")),
            None => (self.plain()?.clone().into(), None),
        };
        let mut response = Response::new(body);
        let headers = response.headers_mut();
        if let Some(etag) = &self.etag {
            headers.insert(header::ETAG, etag.clone());
        }
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
            let packed = self.brotli.get().map(Bytes::as_ref).unwrap_or_default();
            brotli::BrotliDecompress(&mut &*packed, &mut plain)?;
            Ok(plain)
        })
    }

    fn brotli(&self) -> Result<&Bytes> {
        made(&self.brotli, || brotli(self.plain()?, BROTLI_LEVEL_ONCE))
    }

    fn gzip(&self) -> Result<&Bytes> {
        made(&self.gzip, || gzip(self.plain()?, flate2::Compression::new(6)))
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

fn gzip(plain: &[u8], level: flate2::Compression) -> Result<Vec<u8>> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), level);
    packed.write_all(plain)?;
    Ok(packed.finish()?)
}

fn brotli(mut plain: &[u8], quality: i32) -> Result<Vec<u8>> {
    let mut packed = Vec::with_capacity(plain.len() / 4);
    let params = brotli::enc::BrotliEncoderParams { quality, lgwin: BROTLI_WINDOW, ..Default::default() };
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
