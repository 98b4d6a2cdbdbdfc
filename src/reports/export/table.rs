//! A table for the shell: columns aligned, Chinese characters two wide.

use std::fmt::Write;

use super::{
    Report,
    words::{head, notes},
};
use crate::reports::{Cell, Unit};

/// The report as lines of text.
pub(super) fn table(report: &Report) -> String {
    let mut rows: Vec<Vec<String>> = Vec::with_capacity(report.rows.len() + 2);
    rows.push(report.columns.iter().map(|column| head(column.label, column.unit, report.lang)).collect());
    rows.extend(report.rows.iter().chain([&report.totals]).map(|row| row.iter().map(text).collect()));
    if let Some(cell) = rows.last_mut().and_then(|totals| totals.iter_mut().find(|cell| cell.is_empty())) {
        report.lang.pick("合计", "Total").clone_into(cell);
    }
    let mut widths = vec![0; report.columns.len()];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(wide(cell));
        }
    }
    let mut lines = String::new();
    for row in &rows {
        for ((cell, width), column) in row.iter().zip(&widths).zip(&report.columns) {
            let blanks = " ".repeat(width - wide(cell));
            let (before, after) = if column.unit == Unit::Text { ("", blanks.as_str()) } else { (blanks.as_str(), "") };
            let _ = write!(lines, "{before}{cell}{after}  ");
        }
        lines.truncate(lines.trim_end().len());
        lines.push('\n');
    }
    for note in notes(report) {
        lines.push_str(&note);
        lines.push('\n');
    }
    lines
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        // A control character would move the cursor.
        Cell::Text(text) => text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect(),
        Cell::Count(n) => n.to_string(),
        Cell::Money(fen) => fen.yuan(),
    }
}

fn wide(text: &str) -> usize {
    text.chars().map(|c| if c >= '\u{1100}' { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_characters_are_two_wide() {
        assert_eq!(["", "abc", "¥12.30", "支付额（元）"].map(wide), [0, 3, 6, 12]);
    }
}
