//! The sizes of functions and the tuples of signatures.

use super::tokens::{Token, behind};

/// Most lines of a function.
const MOST_LINES: usize = 60;
/// Most members of a tuple without a name.
const MOST_MEMBERS: usize = 2;
/// Words before a bracket that leave it a tuple.
const KEYWORDS: [&str; 6] = ["mut", "dyn", "impl", "as", "in", "where"];

/// A function of a file.
struct Function<'t> {
    name: &'t str,
    line: usize,
    /// From the list of parameters to the body.
    signature: &'t [Token],
    last_line: usize,
}

fn functions(tokens: &[Token]) -> Vec<Function<'_>> {
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let Some(name) = tokens.get(at + 1).filter(|name| token.text == "fn" && name.is_word()) else { continue };
        let mut end = at + 2;
        while end < tokens.len() && !matches!(tokens[end].text.as_str(), "{" | ";") {
            end = if matches!(tokens[end].text.as_str(), "(" | "[") { behind(tokens, end) } else { end + 1 };
        }
        let body = tokens.get(end).is_some_and(|token| token.text == "{");
        let last = if body { behind(tokens, end) - 1 } else { end };
        let last_line = tokens.get(last.min(tokens.len() - 1)).map_or(token.line, |token| token.line);
        let signature = &tokens[at + 2..end.min(tokens.len())];
        found.push(Function { name: &name.text, line: token.line, signature, last_line });
    }
    found
}

/// Functions that are too long.
pub fn long_functions(tokens: &[Token]) -> Vec<String> {
    let lines = |f: &Function<'_>| f.last_line - f.line + 1;
    let long = functions(tokens).into_iter().filter(|f| lines(f) > MOST_LINES);
    long.map(|f| format!("{}: {} has {} lines", f.line, f.name, lines(&f))).collect()
}

/// Signatures and structs that hold a tuple of more than two without a name.
pub fn nameless_tuples(tokens: &[Token]) -> Vec<String> {
    let mut found = Vec::new();
    for function in functions(tokens) {
        // The list of parameters is no tuple: what stands in it may hold one.
        let open = function.signature.iter().position(|token| token.text == "(").unwrap_or(0);
        if holds_tuple(function.signature, open + 1) {
            found.push(format!("{}: {}", function.line, function.name));
        }
    }
    for (at, token) in tokens.iter().enumerate() {
        let Some(name) = tokens.get(at + 1).filter(|name| token.text == "struct" && name.is_word()) else { continue };
        let open = tokens[at..].iter().position(|token| matches!(token.text.as_str(), "{" | "(" | ";"));
        let Some(open) = open.map(|n| at + n).filter(|open| tokens[*open].text != ";") else { continue };
        if holds_tuple(&tokens[open..behind(tokens, open)], 1) {
            found.push(format!("{}: struct {}", token.line, name.text));
        }
    }
    found
}

fn holds_tuple(tokens: &[Token], from: usize) -> bool {
    (from..tokens.len()).any(|at| {
        let before = at.checked_sub(1).map(|before| &tokens[before]);
        let named = before.is_some_and(|b| b.text == ">" || (b.is_word() && !KEYWORDS.contains(&b.text.as_str())));
        tokens[at].text == "(" && !named && members(&tokens[at..behind(tokens, at)]) > MOST_MEMBERS
    })
}

/// How many members stand between the brackets.
fn members(tuple: &[Token]) -> usize {
    let mut depth = 0;
    let (mut members, mut open) = (0, false);
    for token in &tuple[1..tuple.len() - 1] {
        match token.text.as_str() {
            "(" | "[" | "{" | "<" => depth += 1,
            ")" | "]" | "}" | ">" => depth -= 1,
            "," if depth == 0 => {
                members += usize::from(open);
                open = false;
                continue;
            }
            _ => {}
        }
        open = true;
    }
    members + usize::from(open)
}
