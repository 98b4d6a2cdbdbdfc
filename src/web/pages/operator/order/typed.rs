//! The forms of an order's page as they were typed: a refund, a scan.

use serde::Deserialize;

use crate::{
    db::idempotency::{Key, Twin},
    kernel::{Code, Fen, PersonId, Refusal, Result, hash::sha256_hex, parse},
    orders::{
        record::Line,
        refund::request::{RefundLine, RefundRequest},
        ship::{Scan, ScanKind, ScanSource},
    },
};

/// What a refund's form says, before it is understood.
#[derive(Clone, Debug, Default)]
pub struct RefundForm {
    /// The page's own key: what was sent once is not sent twice.
    pub key: String,
    /// `lines`, `amount` or `whole`.
    pub what: String,
    /// Yuan over all lines.
    pub amount: String,
    pub reason: String,
    /// 分 that the page said would go back.
    pub shown: String,
    /// `look` or `send`.
    pub act: String,
    /// Fields of the lines, such as `qty-1`.
    lines: Vec<(String, String)>,
}

impl RefundForm {
    /// The form's fields as they came.
    pub fn of(pairs: Vec<(String, String)>) -> Self {
        let mut form = Self::default();
        for (name, value) in pairs {
            match name.as_str() {
                "key" => form.key = value,
                "what" => form.what = value,
                "amount" => form.amount = value,
                "reason" => form.reason = value,
                "shown" => form.shown = value,
                "do" => form.act = value,
                _ => form.lines.push((name, value)),
            }
        }
        form
    }

    /// What was typed for a line: `qty` or `amount`.
    pub fn line(&self, name: &str, line_no: i64) -> &str {
        let name = format!("{name}-{line_no}");
        self.lines.iter().find(|(field, _)| *field == name).map_or("", |(_, value)| value.trim())
    }

    /// The request that the form makes, as a program would send it; its faults name the form's fields.
    pub fn request(&self, lines: &[Line]) -> Result<RefundRequest, Refusal> {
        let reason = self.reason.clone();
        match self.what.as_str() {
            "whole" => Ok(RefundRequest { lines: None, amount_fen: None, reason }),
            "amount" => {
                let amount = parse::yuan("amount", &self.amount)?;
                Ok(RefundRequest { lines: None, amount_fen: Some(amount), reason })
            }
            _ => {
                let asked = lines.iter().filter_map(|line| self.line_request(line).transpose());
                let asked = asked.collect::<Result<Vec<_>, _>>()?;
                Ok(RefundRequest { lines: Some(asked), amount_fen: None, reason })
            }
        }
    }

    fn line_request(&self, line: &Line) -> Result<Option<RefundLine>, Refusal> {
        let (qty, amount) = (self.line("qty", line.line_no), self.line("amount", line.line_no));
        let field = |name: &str| format!("{name}-{}", line.line_no);
        let qty = match qty {
            "" | "0" => None,
            typed => {
                let wrong = || Refusal::of_field(field("qty"), Code::Malformed).with("example", "1");
                let qty = typed.parse().map_err(|_| wrong())?;
                Some(parse::within(&field("qty"), qty, 1, line.qty)?)
            }
        };
        let amount_fen: Option<Fen> =
            (!amount.is_empty()).then(|| parse::yuan(&field("amount"), amount)).transpose()?;
        if qty.is_none() && amount_fen.is_none() {
            return Ok(None);
        }
        let seller_order = line.seller_order_id.0.clone();
        Ok(Some(RefundLine { seller_order, line_no: line.line_no, qty, amount_fen }))
    }

    /// The refusal of a request with its fields named as the form names them.
    pub fn named(refusal: &Refusal, request: &RefundRequest) -> Refusal {
        let mut named = refusal.clone();
        for fault in &mut named.fields {
            let name = fault.field.as_str();
            let place = name.strip_prefix("lines[").and_then(|rest| rest.split_once(']'));
            let line = place.and_then(|(n, _)| request.lines.as_ref()?.get(n.parse::<usize>().ok()?));
            let own = name.rsplit('.').next().unwrap_or_default().trim_end_matches("_fen");
            fault.field = match line {
                Some(line) => format!("{own}-{}", line.line_no),
                None => own.to_owned(),
            };
        }
        named
    }

    /// The idempotency key of this form with this content.
    pub fn key_of(&self, person: &PersonId, number: &str, request: &RefundRequest) -> Result<Key> {
        let body = serde_json::to_string(request)?;
        Ok(Key {
            scope: format!("person:{person}"),
            key: self.key.clone(),
            operation: "refund",
            body_hash: sha256_hex(format!("{number}\n{body}").as_bytes()),
            twin: Twin::Waits,
        })
    }
}

/// A scan's form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ScanForm {
    pub seller_order: String,
    pub n: String,
    pub kind: String,
    pub at: String,
    pub source: String,
}

/// Fields of a scan's form that a fault can stand beside.
pub const SCAN_FIELDS: [&str; 3] = ["kind", "at", "source"];

impl ScanForm {
    /// The scan; refuses what is not typed as one.
    pub fn scan(&self) -> Result<Scan, Refusal> {
        let missing = |field| Refusal::of_field(field, Code::Missing);
        Ok(Scan {
            // No shipment has a number that is none.
            n: self.n.parse().unwrap_or(0),
            kind: ScanKind::try_from(self.kind.as_str()).map_err(|_| missing("kind"))?,
            at: parse::minute("at", &self.at)?,
            source: ScanSource::try_from(self.source.as_str()).map_err(|_| missing("source"))?,
        })
    }
}
