//! Sealing: ledger facts become journal entries, in a chain, and move the counter.

use std::collections::{BTreeMap, BTreeSet};

use super::{Entry, GENESIS};
use crate::{
    db::{Conn, Db, Query, Rows, Tx, outbox, q, row, statements, tx},
    kernel::{At, Result},
    ledger::{self, Kind},
    orders::view::journal_ref,
};

statements! {
    HEAD = "SELECT seq, hash FROM journal_entries ORDER BY seq DESC LIMIT 1";
    FACTS = "SELECT e.entry, e.n, e.kind, e.amount_fen, e.qty, e.at, e.day, e.line_no, e.after_receipt, e.channel,
               e.county_code, e.category_code, e.schemes, c.slug AS coop, p.code AS product, o.number, o.journal_salt
             FROM ledger_entries e JOIN orders o ON o.id = e.order_id
             LEFT JOIN coops c ON c.id = e.coop_id LEFT JOIN products p ON p.id = e.product_id
             WHERE e.entry IN ($1) ORDER BY e.entry, e.n";
    SEALED = "SELECT DISTINCT ledger_entry FROM journal_entries WHERE ledger_entry IN ($1)";
    ADD = "INSERT INTO journal_entries (seq, hash, ledger_entry, ledger_n, body, order_ref) VALUES ($1, $2, $3, $4, $5, $6)";
    COUNT = "INSERT INTO counter_days (day, county_code, gross_fen, refunds_fen, adjustments_fen, effective_fen, excluded_fen)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (day, county_code) DO UPDATE SET gross_fen = counter_days.gross_fen + excluded.gross_fen,
               refunds_fen = counter_days.refunds_fen + excluded.refunds_fen,
               adjustments_fen = counter_days.adjustments_fen + excluded.adjustments_fen,
               effective_fen = counter_days.effective_fen + excluded.effective_fen,
               excluded_fen = counter_days.excluded_fen + excluded.excluded_fen";
    COUNT_ORDERS = "INSERT INTO counter_orders (day, orders) VALUES ($1, $2)
                    ON CONFLICT (day) DO UPDATE SET orders = counter_orders.orders + excluded.orders";
}

row! {
    /// A ledger row with what the journal says of it.
    #[derive(Clone, Debug)]
    pub(super) struct Fact {
        entry: String,
        n: i64,
        kind: Kind,
        amount_fen: i64,
        qty: i64,
        at: At,
        day: String,
        line_no: Option<i64>,
        after_receipt: bool,
        channel: Option<String>,
        county_code: Option<String>,
        category_code: Option<String>,
        schemes: Option<String>,
        coop: Option<String>,
        product: Option<String>,
        number: String,
        journal_salt: String,
    }
}

impl Fact {
    /// Whether the journal tells of it: goods only, never freight or promotions.
    fn public(&self) -> bool {
        matches!(self.kind, Kind::Sale | Kind::Receipt | Kind::Refund | Kind::Exclusion | Kind::Adjustment)
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
        let named = |text: &Option<String>| text.clone().filter(|t| t != "none");
        let line = self.line_no.map(|n| journal_ref(&self.journal_salt, &format!("{}/{n}", self.number)));
        Ok(Entry {
            seq,
            sealed_at,
            prev_hash,
            hash: String::new(),
            kind: self.kind.as_str().to_owned(),
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
        let (e, d) = (told.entry, &told.entry.dimensions);
        Self {
            entry: e.entry.clone(),
            n: e.n,
            kind: e.kind,
            amount_fen: e.amount.0,
            qty: e.qty,
            at: e.at,
            day: e.day.to_string(),
            line_no: e.line_no,
            after_receipt: e.after_receipt,
            channel: Some(d.channel.clone()),
            county_code: Some(d.county_code.clone()),
            category_code: Some(d.category_code.clone()),
            schemes: Some(d.schemes.clone()),
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
    let waiting = outbox::next(&mut db.read().await?, outbox::JOURNAL, most).await?;
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
    let head: Option<(i64, String)> = q(HEAD).opt(tx).await?;
    let (mut seq, mut hash) = head.unwrap_or_else(|| (0, GENESIS.to_owned()));
    let mut rows = Rows::of(ADD)?;
    let mut days: BTreeMap<(&str, &str), Sums> = BTreeMap::new();
    let mut orders: BTreeSet<(&str, &str)> = BTreeSet::new();
    for fact in facts {
        seq += 1;
        let entry = fact.published(seq, hash, sealed(fact).hour_rfc3339())?.sealed()?;
        let body = entry.canonical()?;
        let order_ref = entry.order_ref.clone().into();
        rows.push([seq.into(), (&entry.hash).into(), (&fact.entry).into(), fact.n.into(), body.into(), order_ref])?;
        hash = entry.hash;
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
    let mut rows = Rows::of(COUNT)?;
    for ((day, county), s) in days {
        let figures = [s.gross, s.refunds, s.adjustments, s.effective, s.excluded].map(Into::into);
        let [gross, refunds, adjustments, effective, excluded] = figures;
        rows.push([(*day).into(), (*county).into(), gross, refunds, adjustments, effective, excluded])?;
    }
    rows.exec(tx).await?;
    let mut by_day: BTreeMap<&str, i64> = BTreeMap::new();
    for day in orders {
        *by_day.entry(day).or_default() += 1;
    }
    let mut rows = Rows::of(COUNT_ORDERS)?;
    for (day, n) in by_day {
        rows.push([day.into(), n.into()])?;
    }
    rows.exec(tx).await.map(|_| ())
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
