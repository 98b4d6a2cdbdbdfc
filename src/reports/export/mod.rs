//! A report as a file: CSV, XLSX, JSON, or a table for the shell.
//!
//! Money leaves in 元 with two decimals, said in the head; JSON keeps 分. A text that a spreadsheet
//! would take for a formula gets an apostrophe before it; numbers stay numbers. Every file says from
//! when it is, by which definitions, and that demonstration figures are 演示数据.

mod csv;
mod safe;
mod table;
mod xlsx;

use super::{Ask, Report, Unit};
use crate::{
    db::{Db, audit_log, tx},
    kernel::{Lang, Result, Step, closed_set},
    ledger::DEFINITION_VERSION,
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
        audit_log::by(&mut tx, step, ("report.export", ask.kind.as_str(), &detail)).await
    })
}

/// A head with its unit, as in `支付额（元）`.
fn head(label: &str, unit: Unit, lang: Lang) -> String {
    let unit = match unit {
        Unit::Text => return label.to_owned(),
        Unit::Fen => lang.pick("元", "yuan"),
        Unit::Orders => lang.pick("单", "orders"),
        Unit::Items => lang.pick("件", "units"),
        Unit::Products => lang.pick("种", "products"),
        Unit::Households => lang.pick("户", "households"),
    };
    match lang {
        Lang::ZhCn => format!("{label}（{unit}）"),
        Lang::En => format!("{label} ({unit})"),
    }
}

/// What stands below the rows: days, definitions, time, and that it is a demonstration.
fn notes(report: &Report) -> Vec<String> {
    let (from, to, as_of) = (report.ask.from, report.ask.to, report.as_of.minute_label());
    let mut notes = vec![match report.lang {
        Lang::ZhCn => {
            format!("{from} 至 {to}，口径 {DEFINITION_VERSION}，截至 {as_of}；货款，不含运费；退款记在退款当天")
        }
        Lang::En => format!(
            "{from} to {to}, definitions {DEFINITION_VERSION}, as of {as_of}; goods without freight; refunds on their own day"
        ),
    }];
    if report.demo {
        notes.push(match report.lang {
            Lang::ZhCn => "演示数据".to_owned(),
            Lang::En => "演示数据 Demonstration data".to_owned(),
        });
    }
    notes
}
