//! XLSX: a title, a frozen head, numbers as numbers, totals, notes; paper A4 across.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use super::{
    Report, safe_text,
    words::{head, notes},
};
use crate::{
    kernel::{Error, Fen, Named, Result},
    reports::{Cell, Unit},
};

/// The report as a workbook of one sheet.
pub(super) fn xlsx(report: &Report) -> Result<Vec<u8>> {
    written(report).map_err(|e| Error::fault(format!("a workbook cannot be written: {e}")))
}

fn written(report: &Report) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name(report.ask.kind.name(report.lang))?;
    let heads = Format::new().set_bold().set_text_wrap().set_border_bottom(FormatBorder::Medium);
    for (place, column) in (0u16..).zip(&report.columns) {
        let align = if column.unit == Unit::Text { FormatAlign::Left } else { FormatAlign::Right };
        let text = head(column.label, column.unit, report.lang);
        sheet.write_string_with_format(0, place, text, &heads.clone().set_align(align))?;
        sheet.set_column_width(place, if column.unit == Unit::Text { 18 } else { 14 })?;
    }
    sheet.set_freeze_panes(1, 0)?;
    let mut line = 1;
    for row in &report.rows {
        write(sheet, line, row, &Format::new())?;
        line += 1;
    }
    let bold = Format::new().set_bold().set_border_top(FormatBorder::Thin);
    write(sheet, line, &report.totals, &bold)?;
    if report.totals.first() == Some(&Cell::Empty) {
        sheet.write_string_with_format(line, 0, report.lang.pick("合计", "Total"), &bold)?;
    }
    for note in notes(report) {
        line += 1;
        sheet.write_string(line, 0, note)?;
    }
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    book.save_to_buffer()
}

fn write(sheet: &mut Worksheet, line: u32, cells: &[Cell], format: &Format) -> Result<(), XlsxError> {
    for (place, cell) in (0u16..).zip(cells) {
        match cell {
            Cell::Empty => sheet.write_blank(line, place, format)?,
            Cell::Text(text) => sheet.write_string_with_format(line, place, safe_text(text), format)?,
            Cell::Count(n) => sheet.write_number_with_format(line, place, *n as f64, &numbers(format, "#,##0"))?,
            Cell::Money(fen) => {
                sheet.write_number_with_format(line, place, yuan(*fen), &numbers(format, "#,##0.00"))?
            }
        };
    }
    Ok(())
}

fn numbers(format: &Format, pattern: &str) -> Format {
    format.clone().set_num_format(pattern)
}

/// The format knows no other numbers than doubles; below 2^53 分 the nearest one shows the exact sum.
fn yuan(fen: Fen) -> f64 {
    fen.0 as f64 / 100.0
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::{kernel::Lang, reports::Kind};

    #[test]
    fn money_is_written_in_yuan_and_each_sheet_has_a_name_of_its_own() {
        let shown = [0, 5, -1250, 123_456_789].map(|fen| format!("{:.2}", yuan(Fen(fen))));
        assert_eq!(shown, ["0.00", "0.05", "-12.50", "1234567.89"]);
        for lang in [Lang::ZhCn, Lang::En] {
            let names: HashSet<&str> = Kind::ALL.iter().map(|kind| kind.name(lang)).collect();
            assert_eq!(names.len(), Kind::ALL.len());
            // What the format allows: 31 characters, none of these.
            assert!(
                names.iter().all(|name| !name.is_empty() && name.chars().count() < 32 && !name.contains(['/', '?']))
            );
        }
    }
}
