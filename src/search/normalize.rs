//! One form for what is typed and what is indexed: width, script, case.

use unicode_normalization::UnicodeNormalization;

/// Characters that are looked at; the rest of a longer text is ignored.
pub const LIMIT: usize = 160;

/// NFKC, traditional → simplified, lower case; control characters become blanks.
/// Time is bounded: no more than `LIMIT` characters come out.
pub fn normalize(text: &str) -> String {
    let plain = |c: char| c.is_ascii() || ('\u{4e00}'..='\u{9fff}').contains(&c);
    let folded: String = if text.chars().take(LIMIT).all(plain) {
        text.chars().take(LIMIT).map(|c| c.to_ascii_lowercase()).collect()
    } else {
        text.chars().take(LIMIT * 2).nfkc().take(LIMIT).flat_map(char::to_lowercase).collect()
    };
    fast2s::convert(&folded)
        .chars()
        .map(|c| match c {
            '×' | '*' | '✕' => 'x',
            '–' | '—' | '−' | '~' | '～' => '-',
            c if c.is_control() || c.is_whitespace() => ' ',
            c => c,
        })
        .take(LIMIT)
        .collect()
}

/// Han characters, those that carry Chinese words.
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}
