//! Signed events of the provider: checked on the raw bytes, then read.
//!
//! The form is Stripe's: header `t=…,v1=…`, HMAC-SHA256 over `t.body`, replay window 300 s.

use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use serde_json::Value;
use sha2::Sha256;

use super::{BackState, GoingBack, Seen};
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
    pub about: About,
}

/// What an event is about: its kind is looked at first, and of a kind that is not known nothing else is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    Payment(PaymentTold),
    Refund(RefundTold),
    /// A kind that changes nothing here.
    Other,
}

/// A payment as an event tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentTold {
    /// The provider's name for it.
    pub provider_ref: String,
    /// Our id of it, from its metadata.
    pub payment_id: String,
    pub amount: Fen,
    /// Lower-case currency code.
    pub currency: String,
    pub seen: Seen,
}

/// Money on its way back as an event tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundTold {
    /// Our id of the refund's tender, from its metadata.
    pub tender_id: String,
    pub amount: Fen,
    /// Lower-case currency code.
    pub currency: String,
    pub back: GoingBack,
}

#[derive(Deserialize)]
struct Body {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    created: i64,
    #[serde(default)]
    data: Data,
}

#[derive(Default, Deserialize)]
struct Data {
    #[serde(default)]
    object: Value,
}

#[derive(Deserialize)]
struct PaymentObject {
    id: String,
    amount: i64,
    currency: String,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Deserialize)]
struct RefundObject {
    id: String,
    amount: i64,
    currency: String,
    status: String,
    #[serde(default)]
    metadata: Metadata,
}

/// Our ids; what others made in the same account has none.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    payment_id: String,
    refund_tender_id: String,
}

/// What an event of a kind is about.
fn about(kind: &str, object: Value, at: At) -> Result<About, serde_json::Error> {
    let seen: fn(At, Fen) -> Seen = match kind {
        "payment_intent.succeeded" => Seen::Captured,
        "payment_intent.payment_failed" => |_, _| Seen::Refused,
        "payment_intent.processing" => |_, _| Seen::Processing,
        "payment_intent.canceled" => |_, _| Seen::Cancelled,
        "refund.created" | "refund.updated" | "refund.failed" => return about_refund(object, at),
        _ => return Ok(About::Other),
    };
    let PaymentObject { id, amount, currency, metadata } = serde_json::from_value(object)?;
    let (amount, payment_id) = (Fen(amount), metadata.payment_id);
    Ok(About::Payment(PaymentTold { provider_ref: id, payment_id, amount, currency, seen: seen(at, amount) }))
}

fn about_refund(object: Value, at: At) -> Result<About, serde_json::Error> {
    let RefundObject { id, amount, currency, status, metadata } = serde_json::from_value(object)?;
    let state = match status.as_str() {
        "succeeded" => BackState::Succeeded,
        "failed" | "canceled" => BackState::Failed,
        _ => BackState::Pending,
    };
    let (tender_id, back) = (metadata.refund_tender_id, GoingBack { reference: id, state, at });
    Ok(About::Refund(RefundTold { tender_id, amount: Fen(amount), currency, back }))
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
    let unread = |_| Refusal::new(Code::BadJson);
    let Body { id, kind, created, data } = serde_json::from_slice(body).map_err(unread)?;
    let at = At(created.saturating_mul(SECOND));
    let about = about(&kind, data.object, at).map_err(unread)?;
    Ok(Event { id, kind, at, about })
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
        let About::Payment(told) = event.about else { panic!("{event:?}") };
        assert_eq!((told.amount, told.seen), (Fen(1250), Seen::Captured(event.at, Fen(1250))));
    }

    #[test]
    fn an_events_kind_is_looked_at_first() {
        let read = |kind: &str, object: &str| {
            let body = format!(r#"{{"id": "evt_2", "type": "{kind}", "created": 1, "data": {{"object": {object}}}}}"#);
            open("secret", &sign("secret", body.as_bytes(), NOW).unwrap(), body.as_bytes(), NOW)
                .map(|event| event.about)
        };
        assert_eq!(read("charge.dispute.created", r#"{"reason": "unknown here"}"#).unwrap(), About::Other);
        assert_eq!(read("payout.paid", "[]").unwrap(), About::Other);
        assert!(read("payment_intent.succeeded", "{}").is_err());
        let of_nobody = r#"{"id": "pi_2", "amount": 1, "currency": "cny"}"#;
        for (kind, expected) in [
            ("payment_intent.processing", Seen::Processing),
            ("payment_intent.canceled", Seen::Cancelled),
            ("payment_intent.payment_failed", Seen::Refused),
        ] {
            let Ok(About::Payment(told)) = read(kind, of_nobody) else { panic!("{kind}") };
            assert_eq!((told.seen, told.payment_id.as_str()), (expected, ""));
        }
        for (status, expected) in [
            ("pending", BackState::Pending),
            ("requires_action", BackState::Pending),
            ("succeeded", BackState::Succeeded),
            ("failed", BackState::Failed),
            ("canceled", BackState::Failed),
        ] {
            let object = format!(r#"{{"id": "re_1", "amount": 2, "currency": "cny", "status": "{status}"}}"#);
            let Ok(About::Refund(told)) = read("refund.updated", &object) else { panic!("{status}") };
            assert_eq!(told.back.state, expected);
        }
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
