//! Rust text as words: without comments, without what stands in quotes, without what only tests build.

/// A word or sign and its line.
#[derive(Clone, Debug)]
pub struct Token {
    pub text: String,
    pub line: usize,
}

impl Token {
    /// Whether it is a name or a keyword.
    pub fn is_word(&self) -> bool {
        self.text.starts_with(|c: char| c.is_alphabetic() || c == '_')
    }
}

/// What a literal becomes: no name, no bracket.
const LITERAL: &str = "\"";

/// The words and signs of a text; `::`, `->` and `=>` are one sign each.
pub fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < chars.len() {
        let start = at;
        let word = match chars[at] {
            '/' if chars.get(at + 1) == Some(&'/') => {
                at = end_of_line(&chars, at);
                None
            }
            '/' if chars.get(at + 1) == Some(&'*') => {
                at = end_of_comment(&chars, at);
                None
            }
            '"' => {
                at = end_of_string(&chars, at + 1);
                Some(LITERAL.to_owned())
            }
            '\'' => Some(quote(&chars, &mut at)),
            c if c.is_whitespace() => {
                at += 1;
                None
            }
            c if c.is_alphanumeric() || c == '_' => word(&chars, &mut at),
            _ => Some(sign(&chars, &mut at)),
        };
        if let Some(text) = word {
            found.push(Token { text, line });
        }
        line += chars[start..at].iter().filter(|c| **c == '\n').count();
    }
    found
}

fn end_of_line(chars: &[char], at: usize) -> usize {
    chars[at..].iter().position(|c| *c == '\n').map_or(chars.len(), |n| at + n)
}

fn end_of_comment(chars: &[char], mut at: usize) -> usize {
    let mut depth = 0;
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => depth += 1,
            ('*', Some('/')) => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            break;
        }
    }
    at
}

fn end_of_string(chars: &[char], mut at: usize) -> usize {
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(chars.len())
}

/// A character, or a lifetime.
fn quote(chars: &[char], at: &mut usize) -> String {
    let escaped = chars.get(*at + 1) == Some(&'\\');
    if escaped || chars.get(*at + 2) == Some(&'\'') {
        let from = *at + if escaped { 3 } else { 2 };
        *at = chars[from..].iter().position(|c| *c == '\'').map_or(chars.len(), |n| from + n + 1);
        return LITERAL.to_owned();
    }
    *at += 1;
    while chars.get(*at).is_some_and(|c| c.is_alphanumeric() || *c == '_') {
        *at += 1;
    }
    "'".to_owned()
}

fn word(chars: &[char], at: &mut usize) -> Option<String> {
    let start = *at;
    while chars.get(*at).is_some_and(|c| c.is_alphanumeric() || *c == '_') {
        *at += 1;
    }
    let word: String = chars[start..*at].iter().collect();
    let raw = matches!(word.as_str(), "r" | "br" | "cr");
    let hashes = chars[*at..].iter().take_while(|c| **c == '#').count();
    if raw && chars.get(*at + hashes) == Some(&'"') {
        let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
        let from = *at + hashes + 1;
        *at = chars[from..].windows(end.len()).position(|w| w == end).map_or(chars.len(), |n| from + n + end.len());
        return Some(LITERAL.to_owned());
    }
    // `b"…"`: the quotes come next.
    (word != "b" || chars.get(*at) != Some(&'"')).then_some(word)
}

fn sign(chars: &[char], at: &mut usize) -> String {
    let two: String = chars[*at..(*at + 2).min(chars.len())].iter().collect();
    let length = if matches!(two.as_str(), "::" | "->" | "=>") { 2 } else { 1 };
    *at += length;
    two.chars().take(length).collect()
}

/// The place behind the bracket that closes the one at `open`.
pub fn behind(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}

/// The same without items under `#[cfg(test)]`.
pub fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let here: String = tokens[at..].iter().take(7).map(|token| token.text.as_str()).collect();
        if here != "#[cfg(test)]" {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        }
        at += 7;
        while at < tokens.len() {
            let text = tokens[at].text.as_str();
            at = if matches!(text, "(" | "[" | "{") { behind(tokens, at) } else { at + 1 };
            if matches!(text, "{" | ";") {
                break;
            }
        }
    }
    kept
}
