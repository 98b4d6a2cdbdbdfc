//! Signed events of the provider: checked on the raw bytes, then read.
//!
//! The form is Stripe's: header `t=…,v1=…`, HMAC-SHA256 over `t.body`, replay window 300 s.

use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;

use crate::kernel::{At, Code, Error, Fen, Refusal, Result, time::SECOND};

/// How far a signature's time may be from now.
const TOLERANCE: i64 = 300 * SECOND;

/// What the provider says happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The provider's id of the event.
    pub id: String,
    /// Its kind, as the provider names it.
    pub kind: String,
    /// When it happened there.
    pub at: At,
    /// The provider's name for the payment.
    pub provider_ref: String,
    /// Our id of the payment, from its metadata.
    pub payment_id: String,
    /// How much.
    pub amount: Fen,
    /// Lower-case currency code.
    pub currency: String,
}

impl Event {
    /// Whether the money was captured, or refused; `None` for kinds that change nothing here.
    pub fn captured(&self) -> Option<bool> {
        match self.kind.as_str() {
            "payment_intent.succeeded" => Some(true),
            "payment_intent.payment_failed" => Some(false),
            _ => None,
        }
    }
}

#[derive(Deserialize)]
struct Body {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    created: i64,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Object,
}

#[derive(Deserialize)]
struct Object {
    id: String,
    amount: i64,
    currency: String,
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Metadata {
    payment_id: String,
}

fn digest(secret: &str, at: i64, body: &[u8]) -> Result<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(|e| Error::fault(e.to_string()))?;
    mac.update(at.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    Ok(mac)
}

/// The signature header for a body, as the provider sends it at `now`.
pub fn sign(secret: &str, body: &[u8], now: At) -> Result<String> {
    let seconds = now.0 / SECOND;
    let code = digest(secret, seconds, body)?.finalize().into_bytes();
    Ok(format!("t={seconds},v1={}", hex::encode(code)))
}

/// The event of a body whose signature is right and fresh; refuses everything else alike (A1).
pub fn open(secret: &str, header: &str, body: &[u8], now: At) -> Result<Event> {
    let invalid = || Refusal::new(Code::SignatureInvalid);
    let mut at = None;
    let mut codes = Vec::new();
    for part in header.split(',') {
        match part.trim().split_once('=') {
            Some(("t", seconds)) => at = seconds.parse::<i64>().ok(),
            Some(("v1", code)) => codes.extend(hex::decode(code).ok()),
            _ => {}
        }
    }
    let at = at.ok_or_else(invalid)?;
    let age = now.0.saturating_sub(at.saturating_mul(SECOND)).saturating_abs();
    let mac = digest(secret, at, body)?;
    let signed = codes.iter().any(|code| mac.clone().verify_slice(code).is_ok());
    if secret.is_empty() || age > TOLERANCE || !signed {
        return Err(invalid().into());
    }
    let body: Body = serde_json::from_slice(body).map_err(|_| Refusal::new(Code::BadJson))?;
    Ok(Event {
        id: body.id,
        kind: body.kind,
        at: At(body.created.saturating_mul(SECOND)),
        provider_ref: body.data.object.id,
        payment_id: body.data.object.metadata.payment_id,
        amount: Fen(body.data.object.amount),
        currency: body.data.object.currency,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"id":"evt_1","type":"payment_intent.succeeded","created":1795500000,
        "data":{"object":{"id":"pi_1","amount":1250,"currency":"cny","metadata":{"payment_id":"p"}}}}"#;
    const NOW: At = At(1_795_500_001 * SECOND);

    fn code(header: &str, body: &[u8], now: At) -> Option<Code> {
        open("secret", header, body, now).err().and_then(|e| e.refusal().map(|r| r.code))
    }

    #[test]
    fn a_signed_event_is_read() {
        let header = sign("secret", BODY, NOW).unwrap();
        let event = open("secret", &header, BODY, NOW).unwrap();
        assert_eq!((event.amount, event.captured()), (Fen(1250), Some(true)));
    }

    #[test]
    fn forged_stale_and_changed_events_are_refused() {
        let header = sign("secret", BODY, NOW).unwrap();
        let mut changed = BODY.to_vec();
        changed[10] ^= 1;
        let refused = Some(Code::SignatureInvalid);
        assert_eq!(code(&header, &changed, NOW), refused);
        assert_eq!(code(&header, BODY, NOW.later(TOLERANCE + 2 * SECOND)), refused);
        assert_eq!(code(&header, BODY, NOW.later(-TOLERANCE - 2 * SECOND)), refused);
        assert_eq!(code(&sign("other", BODY, NOW).unwrap(), BODY, NOW), refused);
        for header in ["", "t=1", "v1=00", "t=x,v1=zz", "t=9223372036854775807,v1=00"] {
            assert_eq!(code(header, BODY, NOW), refused, "{header}");
        }
    }
}
