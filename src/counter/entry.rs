//! A journal entry: what is published of a sale, receipt, refund or correction.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    kernel::{Error, Result, closed_set, hash::sha256_hex},
    ledger,
};

/// The first entry's `prev_hash`.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

closed_set! {
    /// What an entry tells.
    pub enum EntryKind {
        Sale = "sale" ["付款", "Sale"],
        Receipt = "receipt" ["收货", "Receipt"],
        Refund = "refund" ["退款", "Refund"],
        Exclusion = "exclusion" ["剔除", "Exclusion"],
        Adjustment = "adjustment" ["调整", "Adjustment"],
        /// Nothing was sold; the chain goes on.
        Checkpoint = "checkpoint" ["检查点", "Checkpoint"],
    }
}

impl EntryKind {
    /// What the journal tells of a row of the ledger: of goods, never of freight, subsidies or tenders.
    pub fn of(row: &ledger::Entry) -> Option<Self> {
        let late = row.late_for.is_some();
        match row.kind {
            ledger::Kind::Sale | ledger::Kind::Refund if late => Some(Self::Adjustment),
            ledger::Kind::Sale => Some(Self::Sale),
            ledger::Kind::Receipt => Some(Self::Receipt),
            ledger::Kind::Refund => Some(Self::Refund),
            ledger::Kind::Exclusion => Some(Self::Exclusion),
            _ => None,
        }
    }
}

/// An entry as it is published (C29, C30). Absent fields are left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// From 1, without gaps.
    pub seq: i64,
    /// When it was sealed, cut to the hour.
    pub sealed_at: String,
    /// Hash of the entry before.
    pub prev_hash: String,
    /// SHA-256 of this entry without `hash`, in the form of RFC 8785.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hash: String,
    pub kind: EntryKind,
    /// Business day in Asia/Shanghai.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<String>,
    /// When it happened, cut to the hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Where the order was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Producing county, GB code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub county: Option<String>,
    /// Producing cooperative, by slug.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coop: Option<String>,
    /// Product code; a set's for its parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Units; negative for refunds and exclusions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qty: Option<i64>,
    /// Goods money in 分; negative for refunds and exclusions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goods_fen: Option<i64>,
    /// Schemes valid at payment, sorted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schemes: Option<Vec<String>>,
    /// SHA-256 of the order's salt and number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_ref: Option<String>,
    /// The same with the line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line_ref: Option<String>,
}

impl Entry {
    /// The entry as text in the form of RFC 8785: keys sorted, no blanks. All numbers are integers
    /// and all keys ASCII, for which sorted keys and plain JSON are that form.
    pub fn canonical(&self) -> Result<String> {
        let Value::Object(fields) = serde_json::to_value(self)? else {
            return Err(Error::fault("an entry is an object"));
        };
        let sorted: BTreeMap<String, Value> = fields.into_iter().collect();
        Ok(serde_json::to_string(&sorted)?)
    }

    /// What `hash` must be.
    pub fn expected_hash(&self) -> Result<String> {
        let bare = Self { hash: String::new(), ..self.clone() };
        Ok(sha256_hex(bare.canonical()?.as_bytes()))
    }

    /// The entry with its hash.
    pub fn sealed(mut self) -> Result<Self> {
        self.hash = self.expected_hash()?;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_over_sorted_keys_without_blanks_or_absent_fields() {
        let entry = Entry {
            seq: 1,
            sealed_at: "2026-11-01T12:00:00+08:00".to_owned(),
            prev_hash: GENESIS.to_owned(),
            hash: String::new(),
            kind: EntryKind::Sale,
            day: Some("2026-11-01".to_owned()),
            at: None,
            channel: Some("online".to_owned()),
            county: None,
            coop: None,
            product: Some("P01".to_owned()),
            category: None,
            qty: Some(1),
            goods_fen: Some(8990),
            schemes: Some(vec!["PAIRING_YX".to_owned()]),
            order_ref: None,
            line_ref: None,
        };
        let text = format!(
            "{{\"channel\":\"online\",\"day\":\"2026-11-01\",\"goods_fen\":8990,\"kind\":\"sale\",\"prev_hash\":\"{GENESIS}\",\
             \"product\":\"P01\",\"qty\":1,\"schemes\":[\"PAIRING_YX\"],\"sealed_at\":\"2026-11-01T12:00:00+08:00\",\"seq\":1}}"
        );
        assert_eq!(entry.canonical().unwrap(), text);
        let sealed = entry.sealed().unwrap();
        assert_eq!(sealed.hash, sha256_hex(text.as_bytes()));
        let read: Entry = serde_json::from_str(&sealed.canonical().unwrap()).unwrap();
        assert_eq!(read.expected_hash().unwrap(), sealed.hash);
    }
}
