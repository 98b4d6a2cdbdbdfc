//! Texts that no spreadsheet runs.

/// The text, with an apostrophe before it where a spreadsheet would take it for a formula.
pub fn safe_text(text: &str) -> String {
    // The full-width forms are taken for their plain ones by some spreadsheets.
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_formula_is_quoted_and_nothing_else() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"] {
            assert_eq!(safe_text(text), format!("'{text}"));
        }
        for text in ["洛川苹果", "5 kg = 10 斤", "", "P01-1"] {
            assert_eq!(safe_text(text), text);
        }
    }
}
