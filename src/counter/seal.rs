//! Sealing: ledger facts become journal entries, in a chain, and move the counter and the reports' sums.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    EntryKind,
    figures::{self, Head},
    rebuild,
    sums::Sums,
    told::{Names, rank},
};
use crate::{
    catalogue,
    db::{
        Db, Query, Rows, Tx,
        outbox::{self, Topic, Waiting},
        select, setback, statements, table, tx,
    },
    kernel::{At, Error, ProductId, Result},
    ledger::Entry,
};

statements! {
    ROWS = select!(Entry, "WHERE subject_id IN ($1) ORDER BY subject_id, fact, n");
}

table! {
    /// An entry's place in the chain; what it says is its row of the ledger.
    struct Sealed in "journal_entries" {
        seq: i64,
        hash: String,
        sealed_at: At,
        subject_id: String,
        fact: String,
        n: i64,
    }
}

/// Seals past facts of a generator in the order of their time, each in its own hour.
pub async fn past(tx: &mut Tx, mut rows: Vec<Entry>) -> Result<usize> {
    let names = Names::read(tx, &rows).await?;
    rows.sort_by(|a, b| {
        (a.at, rank(a), &a.subject_id, &a.fact, a.n).cmp(&(b.at, rank(b), &b.subject_id, &b.fact, b.n))
    });
    append(tx, &rows, &names, |row| row.at).await
}

/// The sealer's name, as setbacks have it.
const SEAL: &str = "seal_journal";

/// Seals one block of at most `most` facts; answers how many there were. Where they cannot be told together, halves
/// are tried, and what cannot be told alone is put off with all that waits for its subject: one bad fact holds up
/// no other.
pub async fn block(db: &Db, now: At, most: i64) -> Result<usize> {
    let waiting = outbox::next(&mut db.read().await?, Topic::Journal, (SEAL, now), most).await?;
    let count = waiting.len();
    if waiting.is_empty() {
        return Ok(0);
    }
    let turn = setback::turn(db, SEAL, now).await?;
    let mut blocks = vec![waiting];
    while let Some(mut waiting) = blocks.pop() {
        let subjects: BTreeSet<String> = waiting.iter().map(|row| row.subject.clone()).collect();
        let done = one(db, now, &waiting).await;
        match (done, subjects.first()) {
            (Err(Error::Fault(_)), Some(first)) if subjects.len() > 1 => {
                let half = subjects.iter().nth(subjects.len() / 2).unwrap_or(first);
                let later = waiting.extract_if(.., |row| row.subject >= *half).collect();
                blocks.extend([later, waiting]);
            }
            (Err(Error::Fault(fault)), Some(alone)) => {
                turn.after::<()>(alone, Err(Error::Fault(fault))).await?;
            }
            (Err(other), _) => return Err(other),
            (Ok(()), _) => {
                for subject in &subjects {
                    turn.after(subject, Ok(())).await?;
                }
            }
        }
    }
    Ok(count)
}

/// Seals waiting facts, and what else waits for their subjects. Each is taken by its removal, so that of two sealers
/// one has it.
async fn one(db: &Db, now: At, waiting: &[Waiting]) -> Result<()> {
    tx!(db, tx, {
        rebuild::turn(&mut tx).await?;
        let taken = outbox::take(&mut tx, waiting).await?;
        let place: BTreeMap<&str, (i64, usize)> =
            taken.iter().enumerate().map(|(place, row)| (row.key.as_str(), (row.turn, place))).collect();
        let subjects: BTreeSet<&str> = taken.iter().map(|row| row.subject.as_str()).collect();
        let mut rows: Vec<Entry> = Query::with_list(ROWS, subjects).all(&mut tx).await?;
        rows.retain(|row| place.contains_key(row.key().as_str()));
        // Turns count within an order; across orders they only mean some place.
        rows.sort_by_cached_key(|row| (rank(row), place.get(row.key().as_str()).copied(), row.n));
        let names = Names::read(&mut tx, &rows).await?;
        append(&mut tx, &rows, &names, |_| now).await.map(|_| ())
    })
}

/// Adds facts to the chain in their order, and to the sums; `sealed` says when each is sealed. Answers how
/// many entries the journal got.
async fn append(tx: &mut Tx, rows: &[Entry], names: &Names, sealed: impl Fn(&Entry) -> At) -> Result<usize> {
    let Head { mut seq, mut hash } = figures::head(tx).await?;
    let first = seq;
    let mut entries = Rows::to::<Sealed>()?;
    let mut facts: BTreeMap<(&str, &str), Vec<&Entry>> = BTreeMap::new();
    for row in rows {
        facts.entry((&row.subject_id, &row.fact)).or_default().push(row);
        if EntryKind::of(row).is_none() {
            continue;
        }
        seq += 1;
        let sealed_at = sealed(row);
        let entry = names.published(row, seq, std::mem::take(&mut hash), sealed_at)?.sealed()?;
        hash.clone_from(&entry.hash);
        let (subject_id, fact, n) = (row.subject_id.clone(), row.fact.clone(), row.n);
        entries.add(&Sealed { seq, hash: entry.hash, sealed_at, subject_id, fact, n });
    }
    entries.exec(tx).await?;
    let mut sums = Sums::default();
    for fact in facts.values() {
        sums.add(fact, &names.dimensions)?;
    }
    let sold = sums.products().map(|(product, qty)| (ProductId(product.to_owned()), qty)).collect();
    let at = rows.iter().map(&sealed).max().unwrap_or(At(0));
    catalogue::sales::add(tx, sold, at).await?;
    sums.write(tx, &names.dimensions).await?;
    Ok(usize::try_from(seq - first).unwrap_or(0))
}
