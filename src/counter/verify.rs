//! Verifying the journal from its lines alone: the chain, and the figures that follow from it.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Entry, EntryKind, GENESIS};

/// What the journal says in sum.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Entries read.
    pub entries: i64,
    /// Hash of the last.
    pub head: String,
    /// 支付额.
    pub gross: i64,
    /// 退款额.
    pub refunds: i64,
    /// 净支付额: sales, refunds and adjustments.
    pub net: i64,
    /// 有效销售额.
    pub effective: i64,
    /// 剔除.
    pub excluded: i64,
    /// Distinct orders with a sale.
    pub orders: i64,
    /// Net paid by county.
    pub by_county: BTreeMap<String, i64>,
}

/// Reads a journal line by line; refuses the first that does not fit, saying why.
#[derive(Default)]
pub struct Verifier {
    sums: Verified,
    orders: HashSet<Reference>,
    /// What of each received line is effective.
    effective: HashMap<Reference, i64>,
}

/// A reference of an order or line, as bytes: a journal may have millions.
type Reference = [u8; 32];

fn reference(hex: Option<&String>) -> Result<Reference, String> {
    let mut bytes = Reference::default();
    match hex {
        None => Ok(bytes),
        Some(hex) => {
            hex::decode_to_slice(hex, &mut bytes).map(|()| bytes).map_err(|e| format!("reference {hex:?}: {e}"))
        }
    }
}

impl Verifier {
    /// One more line.
    pub fn line(&mut self, line: &str) -> Result<(), String> {
        let entry = serde_json::from_str(line).map_err(|e| format!("entry {}: {e}", self.sums.entries + 1))?;
        self.entry(&entry)
    }

    /// The same for a line that was read already.
    pub fn entry(&mut self, entry: &Entry) -> Result<(), String> {
        let at = |what: &str| format!("entry {}: {what}", entry.seq);
        let prev = if self.sums.entries == 0 { GENESIS } else { &self.sums.head };
        if entry.seq != self.sums.entries + 1 {
            return Err(at(&format!("expected number {}", self.sums.entries + 1)));
        }
        if entry.prev_hash != prev {
            return Err(at("does not name the hash of the entry before it"));
        }
        if entry.expected_hash().map_err(|e| at(&e.to_string()))? != entry.hash {
            return Err(at("its hash is not that of its content"));
        }
        self.add(entry).map_err(|fault| at(&fault))?;
        self.sums.entries = entry.seq;
        self.sums.head.clone_from(&entry.hash);
        Ok(())
    }

    /// The sums of all lines so far.
    pub fn sums(mut self) -> Verified {
        self.sums.orders = i64::try_from(self.orders.len()).unwrap_or(i64::MAX);
        if self.sums.entries == 0 {
            GENESIS.clone_into(&mut self.sums.head);
        }
        self.sums
    }

    fn effective(&mut self, line: Reference, money: i64) {
        self.sums.effective += money;
        *self.effective.entry(line).or_default() += money;
    }

    fn add(&mut self, entry: &Entry) -> Result<(), String> {
        let money = entry.goods_fen.unwrap_or(0);
        let line = reference(entry.line_ref.as_ref())?;
        let net = match entry.kind {
            EntryKind::Sale => {
                self.sums.gross += money;
                self.orders.insert(reference(entry.order_ref.as_ref())?);
                money
            }
            EntryKind::Receipt => {
                self.effective(line, money);
                0
            }
            EntryKind::Refund => {
                self.sums.refunds -= money;
                // What review took out before is not taken out again.
                let left = self.effective.get(&line).copied().unwrap_or(0);
                self.effective(line, money.max(-left));
                money
            }
            EntryKind::Exclusion => {
                self.sums.excluded -= money;
                self.effective(line, money);
                0
            }
            EntryKind::Adjustment => {
                if money > 0 {
                    self.orders.insert(reference(entry.order_ref.as_ref())?);
                }
                money
            }
            EntryKind::Checkpoint => 0,
        };
        self.sums.net += net;
        if net != 0 {
            *self.sums.by_county.entry(entry.county.clone().unwrap_or_else(|| "none".to_owned())).or_default() += net;
        }
        Ok(())
    }
}
