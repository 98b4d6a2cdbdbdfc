//! Sealing: ledger facts become journal entries, in a chain, and move the counter.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Entry, EntryKind,
    figures::{self, Head},
};
use crate::{
    db::{
        Conn, Db, Query, Rows, Tx, insert_all,
        outbox::{self, Topic},
        select, statements, table, tx, view,
    },
    kernel::{At, Error, Result},
    ledger::{self, Kind},
    orders::view::journal_ref,
};

statements! {
    FACTS = select!(Fact, "WHERE e.entry IN ($1) ORDER BY e.entry, e.n");
    SEALED = "SELECT DISTINCT ledger_entry FROM journal_entries WHERE ledger_entry IN ($1)";
}

table! {
    /// An entry as it is kept.
    struct Kept in "journal_entries" {
        seq: i64,
        hash: String,
        ledger_entry: String,
        ledger_n: i64,
        body: String,
        order_ref: Option<String>,
    }
}

table! {
    /// What a block adds to a day and county.
    struct DaySums in "counter_days" or "ON CONFLICT (day, county_code) DO UPDATE SET
        gross_fen = counter_days.gross_fen + excluded.gross_fen,
        refunds_fen = counter_days.refunds_fen + excluded.refunds_fen,
        adjustments_fen = counter_days.adjustments_fen + excluded.adjustments_fen,
        effective_fen = counter_days.effective_fen + excluded.effective_fen,
        excluded_fen = counter_days.excluded_fen + excluded.excluded_fen" {
        day: String,
        county_code: String,
        gross_fen: i64,
        refunds_fen: i64,
        adjustments_fen: i64,
        effective_fen: i64,
        excluded_fen: i64,
    }
}

table! {
    /// Orders that a block adds to a day.
    struct DayOrders in "counter_orders" or "ON CONFLICT (day) DO UPDATE SET orders = counter_orders.orders + excluded.orders" {
        day: String,
        orders: i64,
    }
}

view! {
    /// A ledger row with what the journal says of it.
    #[derive(Clone, Debug)]
    pub(super) struct Fact from "ledger_entries e JOIN orders o ON o.id = e.order_id
        LEFT JOIN coops c ON c.id = e.coop_id LEFT JOIN products p ON p.id = e.product_id" {
        entry: String = "e.entry",
        n: i64 = "e.n",
        kind: Kind = "e.kind",
        amount_fen: i64 = "e.amount_fen",
        qty: i64 = "e.qty",
        at: At = "e.at",
        day: String = "e.day",
        line_no: Option<i64> = "e.line_no",
        after_receipt: bool = "e.after_receipt",
        channel: Option<String> = "e.channel",
        county_code: Option<String> = "e.county_code",
        category_code: Option<String> = "e.category_code",
        schemes: Option<String> = "e.schemes",
        coop: Option<String> = "c.slug",
        product: Option<String> = "p.code",
        number: String = "o.number",
        journal_salt: String = "o.journal_salt",
    }
}

impl Fact {
    /// Whether the journal tells of it.
    fn public(&self) -> bool {
        EntryKind::of(self.kind).is_some()
    }

    /// Order within a block: a refund stands on the side of the receipt on which the ledger has it.
    fn rank(&self) -> u8 {
        match self.kind {
            Kind::Sale => 0,
            Kind::Refund if !self.after_receipt => 1,
            Kind::Receipt => 2,
            _ => 3,
        }
    }

    fn sign(&self) -> i64 {
        if matches!(self.kind, Kind::Refund | Kind::Exclusion) { -1 } else { 1 }
    }

    /// What the journal says of it at a place in the chain; the hash is still to be made.
    pub fn published(&self, seq: i64, prev_hash: String, sealed_at: String) -> Result<Entry> {
        let kind = EntryKind::of(self.kind).ok_or_else(|| Error::fault(format!("{} is not public", self.entry)))?;
        let named = |text: &Option<String>| text.clone().filter(|t| t != "none");
        let line = self.line_no.map(|n| journal_ref(&self.journal_salt, &format!("{}/{n}", self.number)));
        Ok(Entry {
            seq,
            sealed_at,
            prev_hash,
            hash: String::new(),
            kind,
            day: Some(self.day.clone()),
            at: Some(self.at.hour_rfc3339()),
            channel: self.channel.clone(),
            county: named(&self.county_code),
            coop: self.coop.clone(),
            product: self.product.clone(),
            category: named(&self.category_code),
            qty: Some(self.sign() * self.qty),
            goods_fen: Some(self.sign() * self.amount_fen),
            schemes: self.schemes.as_deref().map(serde_json::from_str).transpose()?,
            order_ref: Some(journal_ref(&self.journal_salt, &self.number)),
            line_ref: line,
        })
    }
}

/// A ledger row with the names that the journal shows.
pub struct Told<'a> {
    /// The row.
    pub entry: &'a ledger::Entry,
    /// The order's number.
    pub number: &'a str,
    /// The salt of its references.
    pub salt: &'a str,
    /// The cooperative's slug.
    pub coop: Option<&'a str>,
    /// The product's code.
    pub product: Option<&'a str>,
}

impl From<Told<'_>> for Fact {
    fn from(told: Told<'_>) -> Self {
        let e = told.entry;
        Self {
            entry: e.entry.clone(),
            n: e.n,
            kind: e.kind,
            amount_fen: e.amount_fen.0,
            qty: e.qty,
            at: e.at,
            day: e.day.to_string(),
            line_no: e.line_no,
            after_receipt: e.after_receipt,
            channel: Some(e.channel.to_string()),
            county_code: Some(e.county_code.clone()),
            category_code: Some(e.category_code.clone()),
            schemes: Some(e.schemes.clone()),
            coop: told.coop.map(str::to_owned),
            product: told.product.map(str::to_owned),
            number: told.number.to_owned(),
            journal_salt: told.salt.to_owned(),
        }
    }
}

/// Seals past facts of a generator in the order of their time, each in its own hour.
pub async fn past(tx: &mut Tx, told: impl Iterator<Item = Told<'_>>) -> Result<usize> {
    let mut facts: Vec<Fact> = told.map(Fact::from).filter(Fact::public).collect();
    facts.sort_by(|a, b| (a.at, a.rank(), &a.entry, a.n).cmp(&(b.at, b.rank(), &b.entry, b.n)));
    append(tx, &facts, |fact| fact.at).await
}

/// What a block adds to a day and county.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sums {
    pub gross: i64,
    pub refunds: i64,
    pub adjustments: i64,
    pub effective: i64,
    pub excluded: i64,
}

impl Sums {
    /// Adds money of a kind, as C29 defines it.
    pub fn add(&mut self, kind: Kind, amount: i64, after_receipt: bool) {
        match kind {
            Kind::Sale => self.gross += amount,
            Kind::Receipt => self.effective += amount,
            Kind::Refund => {
                self.refunds += amount;
                if after_receipt {
                    self.effective -= amount;
                }
            }
            Kind::Exclusion => {
                self.excluded += amount;
                self.effective -= amount;
            }
            Kind::Adjustment => self.adjustments += amount,
            _ => {}
        }
    }
}

/// Seals one block of at most `most` facts; answers how many entries it has.
pub async fn block(db: &Db, now: At, most: i64) -> Result<usize> {
    let waiting = outbox::next(&mut db.read().await?, Topic::Journal, most).await?;
    if waiting.is_empty() {
        return Ok(0);
    }
    tx!(db, tx, {
        let facts = unsealed(&mut tx, &waiting).await?;
        let entries = append(&mut tx, &facts, |_| now).await?;
        outbox::done(&mut tx, &waiting).await?;
        Ok(entries)
    })
}

/// The rows of the waiting facts that the journal does not have yet, in their order.
async fn unsealed(conn: &mut Conn, waiting: &[outbox::Waiting]) -> Result<Vec<Fact>> {
    let keys: Vec<&str> = waiting.iter().map(|w| w.key.as_str()).collect();
    let sealed: Vec<(String,)> = Query::with_list(SEALED, keys.iter().copied()).all(conn).await?;
    let mut rows: Vec<Fact> = Query::with_list(FACTS, keys.iter().copied()).all(conn).await?;
    let place: BTreeMap<&str, usize> = keys.iter().enumerate().rev().map(|(place, key)| (*key, place)).collect();
    rows.retain(|fact| fact.public() && !sealed.iter().any(|s| s.0 == fact.entry));
    rows.sort_by_key(|fact| (fact.rank(), place.get(fact.entry.as_str()).copied(), fact.n));
    Ok(rows)
}

/// Adds facts to the chain in their order; `sealed` says when each is sealed.
async fn append(tx: &mut Tx, facts: &[Fact], sealed: impl Fn(&Fact) -> At) -> Result<usize> {
    let Head { mut seq, mut hash } = figures::head(tx).await?;
    let mut rows = Rows::to::<Kept>()?;
    let mut days: BTreeMap<(&str, &str), Sums> = BTreeMap::new();
    let mut orders: BTreeSet<(&str, &str)> = BTreeSet::new();
    for fact in facts {
        seq += 1;
        let entry = fact.published(seq, std::mem::take(&mut hash), sealed(fact).hour_rfc3339())?.sealed()?;
        hash.clone_from(&entry.hash);
        let body = entry.canonical()?;
        let (ledger_entry, ledger_n) = (fact.entry.clone(), fact.n);
        rows.add(&Kept { seq, hash: entry.hash, ledger_entry, ledger_n, body, order_ref: entry.order_ref });
        let county = fact.county_code.as_deref().unwrap_or("none");
        days.entry((fact.day.as_str(), county)).or_default().add(fact.kind, fact.amount_fen, fact.after_receipt);
        if fact.kind == Kind::Sale {
            orders.insert((fact.day.as_str(), fact.number.as_str()));
        }
    }
    rows.exec(tx).await?;
    count(tx, &days, orders.into_iter().map(|(day, _)| day)).await?;
    Ok(facts.len())
}

/// Adds to the figures; an order is one sale fact, so it is counted once.
async fn count<'a>(
    tx: &mut Tx,
    days: &BTreeMap<(&str, &str), Sums>,
    orders: impl Iterator<Item = &'a str>,
) -> Result<()> {
    let sums = days.iter().map(|((day, county), s)| DaySums {
        day: (*day).to_owned(),
        county_code: (*county).to_owned(),
        gross_fen: s.gross,
        refunds_fen: s.refunds,
        adjustments_fen: s.adjustments,
        effective_fen: s.effective,
        excluded_fen: s.excluded,
    });
    insert_all(tx, &sums.collect::<Vec<_>>()).await?;
    let mut by_day: BTreeMap<&str, i64> = BTreeMap::new();
    for day in orders {
        *by_day.entry(day).or_default() += 1;
    }
    let orders = by_day.into_iter().map(|(day, orders)| DayOrders { day: day.to_owned(), orders });
    insert_all(tx, &orders.collect::<Vec<_>>()).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_moves_its_own_sums() {
        let of = |kind, after_receipt| {
            let mut sums = Sums::default();
            sums.add(kind, 100, after_receipt);
            [sums.gross, sums.refunds, sums.adjustments, sums.effective, sums.excluded]
        };
        assert_eq!(of(Kind::Sale, false), [100, 0, 0, 0, 0]);
        assert_eq!(of(Kind::Receipt, false), [0, 0, 0, 100, 0]);
        assert_eq!(of(Kind::Refund, false), [0, 100, 0, 0, 0]);
        assert_eq!(of(Kind::Refund, true), [0, 100, 0, -100, 0]);
        assert_eq!(of(Kind::Exclusion, false), [0, 0, 0, -100, 100]);
        assert_eq!(of(Kind::Adjustment, false), [0, 0, 100, 0, 0]);
        assert_eq!(of(Kind::SaleFreight, false), [0; 5]);
    }
}
