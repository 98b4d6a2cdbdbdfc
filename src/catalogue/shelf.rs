//! The snapshot in use, and how it is kept up to date.

use std::sync::Arc;

use arc_swap::ArcSwap;

use super::{Snapshot, load, rows, version};
use crate::{
    db::Db,
    kernel::{At, Result, time::SECOND},
};

/// Clocks of several processes may differ by this much.
const OVERLAP: i64 = 5 * SECOND;

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

    /// Brings the snapshot up to date: anew where the catalogue's version or the day changed, else
    /// stock and sales alone. Answers whether search has to be built anew.
    pub async fn refresh(&self, db: &Db, now: At) -> Result<bool> {
        let old = self.now();
        let mut conn = db.read().await?;
        if version(&mut conn).await? != old.version || now.day() != old.day {
            let mut fresh = load(&mut conn, now).await?;
            fresh.shown = old.shown + 1;
            self.0.store(Arc::new(fresh));
            return Ok(true);
        }
        let since = old.read_at.later(-OVERLAP);
        let stock = rows::changed_stock(&mut conn, since).await?;
        let sales = rows::changed_sales(&mut conn, since).await?;
        if stock.is_empty() && sales.is_empty() {
            return Ok(false);
        }
        let mut next = (*old).clone();
        next.read_at = now;
        let shown = next.update(&stock, &sales);
        if shown {
            next.shown += 1;
        }
        self.0.store(Arc::new(next));
        // Search ranks what is left before what is not.
        Ok(shown)
    }
}
