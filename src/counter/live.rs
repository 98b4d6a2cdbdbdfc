//! The figures in this process, and who waits for them to change.

use tokio::sync::watch;

use super::figures::{self, Figures};
use crate::{
    db::Db,
    kernel::{At, Day, Result},
};

/// A cheap handle on the figures; clones share them.
#[derive(Clone)]
pub struct Live {
    figures: watch::Sender<Figures>,
    demo: bool,
}

impl Live {
    /// The figures as they are now.
    pub async fn read(db: &Db, now: At, demo: bool) -> Result<Self> {
        let figures = consistent(db, now, demo).await?;
        Ok(Self { figures: watch::Sender::new(figures), demo })
    }

    /// The figures in use.
    pub fn now(&self) -> Figures {
        self.figures.borrow().clone()
    }

    /// What the figures in use depend on: the journal's last entry and the day.
    pub fn stamp(&self) -> (i64, Day) {
        let figures = self.figures.borrow();
        (figures.head.seq, figures.as_of.day())
    }

    /// Waits for changes.
    pub fn subscribe(&self) -> watch::Receiver<Figures> {
        self.figures.subscribe()
    }

    /// Reads again where the journal grew or the day changed; answers whether it did.
    pub async fn refresh(&self, db: &Db, now: At) -> Result<bool> {
        let head = figures::head(&mut db.read_replica().await?).await?;
        let same = {
            let figures = self.figures.borrow();
            figures.head == head && figures.as_of.day() == now.day()
        };
        if same {
            self.figures.send_if_modified(|figures| {
                figures.as_of = now;
                false
            });
            return Ok(false);
        }
        let figures = consistent(db, now, self.demo).await?;
        self.figures.send_replace(figures);
        Ok(true)
    }
}

/// Reads all figures in one snapshot, so that they belong to the head that they name.
async fn consistent(db: &Db, now: At, demo: bool) -> Result<Figures> {
    let mut snapshot = db.snapshot().await?;
    let figures = figures::read(&mut snapshot, now, demo).await?;
    snapshot.commit().await?;
    Ok(figures)
}
