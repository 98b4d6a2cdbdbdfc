//! Verifying the journal from its lines alone: the chain, the figures that follow from it, and whether a
//! counter tells the same.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{Entry, EntryKind, Figures, GENESIS, figures::Span};
use crate::kernel::{Day, Fen};

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
    /// Net paid and paid orders by day.
    pub by_day: BTreeMap<String, Span>,
}

impl Verified {
    /// What a counter says otherwise than these lines; it must name their last entry as its head. Households
    /// stand in no journal.
    pub fn differences(&self, told: &Figures) -> Vec<String> {
        let mut found = Vec::new();
        let mut same = |name: &str, told: i64, own: i64| {
            if told != own {
                found.push(format!("{name}: the counter says {told}, the journal {own}"));
            }
        };
        let (all, today) = (&told.all, told.as_of.day());
        same("head.seq", told.head.seq, self.entries);
        same("all.gross_paid_fen", all.gross_paid_fen.0, self.gross);
        same("all.refunds_fen", all.refunds_fen.0, self.refunds);
        same("all.net_paid_fen", all.net_paid_fen.0, self.net);
        same("all.effective_fen", all.effective_fen.0, self.effective);
        same("all.excluded_fen", all.excluded_fen.0, self.excluded);
        same("all.orders", all.orders, self.orders);
        for (name, told, from) in [
            ("today", told.today, today),
            ("month", told.month, today.month_start()),
            ("year", told.year, today.year_start()),
        ] {
            let own = self.since(from);
            same(&format!("{name}.net_paid_fen"), told.net_paid_fen.0, own.net_paid_fen.0);
            same(&format!("{name}.orders"), told.orders, own.orders);
        }
        let mut counties: BTreeMap<&str, i64> = BTreeMap::new();
        for county in &told.by_county {
            *counties.entry(county.county.as_str()).or_default() += county.net_paid_fen.0;
        }
        let names: BTreeSet<&str> = counties.keys().copied().chain(self.by_county.keys().map(String::as_str)).collect();
        for name in names {
            let (told, own) = (counties.get(name).copied(), self.by_county.get(name).copied());
            same(&format!("by_county.{name}"), told.unwrap_or(0), own.unwrap_or(0));
        }
        if told.head.hash != self.head {
            found.push(format!("head.hash: the counter says {}, the journal {}", told.head.hash, self.head));
        }
        found
    }

    fn since(&self, day: Day) -> Span {
        self.by_day.range(day.to_string()..).fold(Span::default(), |sum, (_, day)| Span {
            net_paid_fen: Fen(sum.net_paid_fen.0.saturating_add(day.net_paid_fen.0)),
            orders: sum.orders + day.orders,
        })
    }
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

    /// Lines read so far.
    pub fn entries(&self) -> i64 {
        self.sums.entries
    }

    /// The sums of all lines so far.
    pub fn sums(&self) -> Verified {
        let mut sums = self.sums.clone();
        sums.orders = i64::try_from(self.orders.len()).unwrap_or(i64::MAX);
        if sums.entries == 0 {
            GENESIS.clone_into(&mut sums.head);
        }
        sums
    }

    fn effective(&mut self, line: Reference, money: i64) {
        self.sums.effective += money;
        *self.effective.entry(line).or_default() += money;
    }

    fn add(&mut self, entry: &Entry) -> Result<(), String> {
        let money = entry.goods_fen.unwrap_or(0);
        let line = reference(entry.line_ref.as_ref())?;
        let mut new_orders = 0;
        let net = match entry.kind {
            EntryKind::Sale => {
                self.sums.gross += money;
                new_orders = i64::from(self.orders.insert(reference(entry.order_ref.as_ref())?));
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
                if money > 0 || entry.qty.unwrap_or(0) > 0 {
                    new_orders = i64::from(self.orders.insert(reference(entry.order_ref.as_ref())?));
                }
                money
            }
            EntryKind::Checkpoint => 0,
        };
        self.sums.net += net;
        if (net, new_orders) != (0, 0) {
            let day = self.sums.by_day.entry(entry.day.clone().unwrap_or_default()).or_default();
            day.net_paid_fen = Fen(day.net_paid_fen.0.saturating_add(net));
            day.orders += new_orders;
        }
        if net != 0 {
            *self.sums.by_county.entry(entry.county.clone().unwrap_or_else(|| "none".to_owned())).or_default() += net;
        }
        Ok(())
    }
}
