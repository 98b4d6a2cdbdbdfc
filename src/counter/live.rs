//! The figures in this process, and who waits for them to change.

use tokio::sync::watch;

use super::figures::{self, Figures};
use crate::{
    db::{Conn, q},
    kernel::{At, Result},
};

/// A cheap handle on the figures; clones share them.
#[derive(Clone)]
pub struct Live {
    figures: watch::Sender<Figures>,
    demo: bool,
}

impl Live {
    /// The figures as they are now.
    pub async fn read(conn: &mut Conn, now: At, demo: bool) -> Result<Self> {
        let figures = consistent(conn, now, demo).await?;
        Ok(Self { figures: watch::Sender::new(figures), demo })
    }

    /// The figures in use.
    pub fn now(&self) -> Figures {
        self.figures.borrow().clone()
    }

    /// Waits for changes.
    pub fn subscribe(&self) -> watch::Receiver<Figures> {
        self.figures.subscribe()
    }

    /// Reads again where the journal grew or the day changed; answers whether it did.
    pub async fn refresh(&self, conn: &mut Conn, now: At) -> Result<bool> {
        let head = figures::head(conn).await?;
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
        let figures = consistent(conn, now, self.demo).await?;
        self.figures.send_replace(figures);
        Ok(true)
    }
}

/// Reads all figures in one snapshot, so that they belong to the head that they name.
async fn consistent(conn: &mut Conn, now: At, demo: bool) -> Result<Figures> {
    let begin = match conn.engine() {
        crate::db::Engine::Sqlite => "BEGIN",
        crate::db::Engine::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    };
    q(begin).exec(conn).await?;
    let figures = figures::read(conn, now, demo).await;
    q("COMMIT").exec(conn).await?;
    figures
}
