//! A report as a file: CSV, XLSX, JSON, or a table for the shell.
//!
//! Money leaves in 元 with two decimals, said in the head; JSON keeps 分. A text that a spreadsheet
//! would take for a formula gets an apostrophe before it; numbers stay numbers. Every file says from
//! when it is, by which definitions, and that demonstration figures are 演示数据.

mod csv;
mod safe;
mod table;
mod words;
mod xlsx;

use super::{Ask, Report};
use crate::{
    db::{Db, audit_log, tx},
    kernel::{Result, Step, closed_set},
};

pub use self::csv::csv;
pub use safe::safe_text;

closed_set! {
    /// A form in which a report leaves.
    pub enum Format {
        /// For programs.
        Json = "json",
        /// For spreadsheets and scripts: UTF-8 with a byte order mark.
        Csv = "csv",
        /// For spreadsheets.
        Xlsx = "xlsx",
        /// For the shell.
        Table = "table",
    }
}

impl Format {
    /// Content type of an answer.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Table => "text/plain; charset=utf-8",
        }
    }
}

/// The file of a report.
pub fn export(report: &Report, format: Format) -> Result<Vec<u8>> {
    match format {
        Format::Json => Ok(serde_json::to_vec(&report.view())?),
        Format::Csv => csv(report),
        Format::Xlsx => xlsx::xlsx(report),
        Format::Table => Ok(table::table(report).into_bytes()),
    }
}

/// Writes down that a report left as a file.
pub async fn log(db: &Db, step: &Step, ask: &Ask, format: Format) -> Result<()> {
    tx!(db, tx, {
        let detail = format!("{} {} {format}", ask.from, ask.to);
        audit_log::by(&mut tx, step, "report.export", ask.kind.as_str(), &detail).await
    })
}
