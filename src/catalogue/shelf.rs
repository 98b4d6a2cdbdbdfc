//! The snapshot in use, and how it is kept up to date.

use std::sync::Arc;

use arc_swap::ArcSwap;

use super::{
    Snapshot,
    load::{edited, load_after},
    rows, versions,
};
use crate::{
    db::Db,
    kernel::{At, Result, time::SECOND},
};

/// Clocks of several processes may differ, and a change may wait for its commit, by this much in all.
const OVERLAP: i64 = 30 * SECOND;

/// A cheap handle on the snapshot in use; clones share it.
#[derive(Clone)]
pub struct Shelf(Arc<ArcSwap<Snapshot>>);

impl Shelf {
    /// A shelf with its first snapshot.
    pub fn new(snapshot: Snapshot) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(snapshot)))
    }

    /// The snapshot in use.
    pub fn now(&self) -> Arc<Snapshot> {
        self.0.load_full()
    }

    /// Brings the snapshot up to date: anew where the catalogue's version or the day changed, else the
    /// products that were edited or sold. Whoever calls it lets search follow, then calls `raise`.
    pub async fn refresh(&self, db: &Db, now: At) -> Result<Refreshed> {
        let old = self.now();
        let mut conn = db.read().await?;
        let versions = versions(&mut conn).await?;
        if versions.catalogue != old.versions.catalogue || now.day() != old.day {
            let mut fresh = load_after(&mut conn, now, &old).await?;
            (fresh.shown, fresh.turn) = (old.shown, old.turn);
            self.0.store(Arc::new(fresh));
            return Ok(Refreshed::Anew);
        }
        let since = old.read_at.later(-OVERLAP);
        let edited = match versions.products == old.versions.products {
            true => None,
            false => Some(edited(&mut conn, (old.day, since), &old).await?),
        };
        let stock = rows::changed_stock(&mut conn, since).await?;
        let sales = rows::changed_sales(&mut conn, since).await?;
        drop(conn);
        if edited.is_none() && stock.is_empty() && sales.is_empty() {
            return Ok(Refreshed::Same);
        }
        let mut next = (*old).clone();
        (next.read_at, next.versions) = (now, versions);
        let (gone, mut codes) = edited.map(|edited| next.take_up(edited)).unwrap_or_default();
        let mut shown = !(gone.is_empty() && codes.is_empty());
        let (sold, looks_different) = next.update(&stock, &sales);
        shown |= looks_different;
        codes.extend(sold.into_iter().map(|place| next.products[place].code.clone()));
        self.0.store(Arc::new(next));
        Ok(Refreshed::Some { codes, gone, shown })
    }

    /// Says that something has changed, and whether pages show it, once search has followed too: what was
    /// rendered in between is not kept beyond this.
    pub fn raise(&self, shown: bool) {
        let mut next = (*self.now()).clone();
        next.turn += 1;
        next.shown += u64::from(shown);
        self.0.store(Arc::new(next));
    }
}

/// What a look at the database brought.
#[derive(Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// Nothing.
    Same,
    /// Some products were edited or sold.
    Some {
        /// Codes of those that are shown.
        codes: Vec<String>,
        /// Codes of those that are shown no more.
        gone: Vec<String>,
        /// Whether pages look different by it.
        shown: bool,
    },
    /// Any product may have changed.
    Anew,
}
