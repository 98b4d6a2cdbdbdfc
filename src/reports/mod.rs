//! The bureau's reports (C1–C31): folds of the ledger over days that both count.
//!
//! Owns no table. An `Ask` names a kind, days, at most two dimensions and filters by dimension;
//! `draw` reads everything at one moment (`Db::report`: connections of their own, and an end with the caller) and answers a `Report`: columns, rows and
//! totals that every format (`export`) and page shows. `figures` holds the measures as SQL, so that a
//! sum means the same in each kind; `dimension` what they can be grouped and filtered by; the files
//! named after kinds fold. Totals are never sums of rows: orders are distinct and schemes overlap.
//! No personal data: of an order only the public journal's reference shows, and where district and
//! product together would show fewer than five orders, such groups are shown as one (`small`, C28).

mod ask;
mod bridge;
mod dimension;
pub mod export;
mod figures;
mod grouped;
mod households;
mod label;
mod lines;
mod query;
mod report;
mod sight;
mod small;
mod spans;

pub use ask::{Ask, Kind};
pub use bridge::{Bridge, bridge};
pub use dimension::Dimension;
pub use figures::Figures;
pub use query::ReportQuery;
pub use report::{Cell, Column, Report, ReportView, Unit};
pub use sight::Sight;
pub use small::FEW;

use crate::{
    db::{Conn, Db},
    kernel::{Code, Refusal, Result},
};

/// Draws a report.
pub async fn draw(db: &Db, ask: &Ask, sight: Sight) -> Result<Report> {
    let mut reading = db.report().await?;
    let report = drawn(&mut reading, ask, sight).await;
    reading.end(report).await
}

async fn drawn(conn: &mut Conn, ask: &Ask, sight: Sight) -> Result<Report> {
    match ask.kind {
        Kind::Lines => lines::draw(conn, ask, sight).await,
        Kind::Bridge => bridge::draw(conn, ask, sight).await,
        Kind::Households => households::draw(conn, ask, sight).await,
        Kind::Quota => Err(Refusal::of_field("kind", Code::ReportNotKept).into()),
        Kind::Summary | Kind::Channels | Kind::Coops | Kind::Series => grouped::draw(conn, ask, sight).await,
    }
}

/// All figures of an ask's days and filters in one row.
pub async fn figures(db: &Db, ask: &Ask) -> Result<Figures> {
    let mut reading = db.report().await?;
    let figures = figures::total(&mut reading, ask, true).await;
    reading.end(figures).await
}
