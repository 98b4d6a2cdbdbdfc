//! Sizes before work: what is too long, or too many, is refused or cut before anything is done with it.

use axum::http::Uri;

use crate::kernel::{Code, Refusal};

/// Largest body of a request whose route names no other size, in bytes.
pub const BODY: usize = 64 * 1024;
/// Largest body of a route that takes long texts: each of their fields has a limit of its own, in characters, of
/// which a form makes up to nine bytes each.
pub const LONG_TEXTS: usize = 256 * 1024;
/// Most pairs of a query.
const MOST_PAIRS: usize = 80;
/// Longest query, in bytes.
const LONGEST_QUERY: usize = 4 * 1024;
/// Longest text that is searched for, in characters: the longest names of goods have 60.
const LONGEST_SEARCH: usize = 160;

/// Refuses an address whose query is longer than any page or operation asks for.
pub fn query(uri: &Uri) -> Result<(), Refusal> {
    let text = uri.query().unwrap_or_default();
    let pairs = text.bytes().filter(|byte| *byte == b'&').count() + 1;
    if text.len() > LONGEST_QUERY || pairs > MOST_PAIRS { Err(Refusal::new(Code::QueryTooLong)) } else { Ok(()) }
}

/// What is searched for, of what was typed: a pasted page is not read to its end.
pub fn search_text(typed: &str) -> &str {
    let end = typed.char_indices().nth(LONGEST_SEARCH).map_or(typed.len(), |(at, _)| at);
    typed[..end].trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_has_eighty_pairs_and_four_thousand_bytes_at_most() {
        let asked = |text: String| query(&format!("/products?{text}").parse().unwrap()).is_ok();
        assert!(asked(vec!["a=1"; 80].join("&")));
        assert!(!asked(vec!["a=1"; 81].join("&")));
        assert!(asked(format!("q={}", "a".repeat(LONGEST_QUERY - 2))));
        assert!(!asked(format!("q={}", "a".repeat(LONGEST_QUERY - 1))));
        assert!(query(&"/products".parse().unwrap()).is_ok());
    }

    #[test]
    fn a_search_keeps_its_first_characters() {
        assert_eq!(search_text(" 狗头枣 "), "狗头枣");
        assert_eq!(search_text(&"枣".repeat(500)).chars().count(), LONGEST_SEARCH);
    }
}
