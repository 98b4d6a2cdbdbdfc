//! CSV: head, rows, then notes in rows of the same width. Totals are left to who adds up.

use super::{
    Report, safe_text,
    words::{head, notes},
};
use crate::{
    kernel::{Error, Result},
    reports::Cell,
};

/// Spreadsheets read UTF-8 only after this.
const MARK: &str = "\u{feff}";

/// The report as CSV.
pub fn csv(report: &Report) -> Result<Vec<u8>> {
    let mut writer =
        ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(MARK.as_bytes().to_vec());
    let broken = |e: ::csv::Error| Error::fault(format!("a CSV cannot be written: {e}"));
    let heads = report.columns.iter().map(|column| head(column.label, column.unit, report.lang));
    writer.write_record(heads).map_err(broken)?;
    for row in &report.rows {
        writer.write_record(row.iter().map(text)).map_err(broken)?;
    }
    for note in notes(report) {
        let blanks = std::iter::repeat_n(String::new(), report.columns.len().saturating_sub(1));
        writer.write_record(std::iter::once(note).chain(blanks)).map_err(broken)?;
    }
    writer.into_inner().map_err(|e| Error::fault(format!("a CSV cannot be written: {e}")))
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => safe_text(text),
        Cell::Count(n) => n.to_string(),
        Cell::Money(fen) => fen.yuan(),
    }
}
