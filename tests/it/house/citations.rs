//! What is cited is defined (H10): numbers of rules, articles of laws, standards and pages of this
//! repository stand once in docs/rules.md or are files that exist.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use super::{files, root};

/// First letters of the rules' numbers, as docs/rules.md has them.
const FAMILIES: &str = "ICVMSARH";
/// Words before a bare number that would point out of the repository.
const ELSEWHERE: [&str; 5] = ["class", "issue", "rule", "row", "section"];
/// Standards by the words that name them.
const STANDARDS: [&str; 4] = ["RFC", "GB", "GB/T", "ASVS"];

/// What may be cited.
#[derive(Default)]
struct Known {
    /// Numbers, articles and standards, with how often each is defined.
    defined: BTreeMap<String, usize>,
    /// File names of the repository's pages.
    pages: BTreeSet<String>,
}

impl Known {
    /// Reads docs/rules.md: `- **I1** …` defines a number, the first cell of a table's row an article or a standard.
    fn read(rules: &str) -> Self {
        let mut known = Self::default();
        for line in rules.lines() {
            let number = line.strip_prefix("- **").and_then(|rest| rest.split_once("**")).map(|(number, _)| number);
            let cell = line.strip_prefix("| ").filter(|_| !line.contains("---")).and_then(|rest| rest.split_once(" |"));
            let cell = cell.map(|(cell, _)| cell);
            match (number.filter(|number| is_number(number)), cell) {
                (Some(number), _) => *known.defined.entry(number.to_owned()).or_default() += 1,
                (None, Some(cell)) => *known.defined.entry(cell.to_owned()).or_default() += 1,
                (None, None) => {}
            }
        }
        known
    }

    /// Citations of a text that nothing defines, each with its line.
    fn undefined(&self, kind: &str, text: &str) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        for (place, line) in text.lines().enumerate() {
            let mut cited = cited(remark(kind, line));
            if kind == "rs" {
                cited.extend(numbers(line).filter(|number| number.starts_with('I')).map(str::to_owned));
            }
            let unknown =
                cited.into_iter().filter(|name| !self.defined.contains_key(name) && !self.pages.contains(name));
            found.extend(unknown.map(|name| (place + 1, name)));
        }
        found
    }
}

/// The part of a line in which people speak to people.
fn remark<'a>(kind: &str, line: &'a str) -> &'a str {
    let mark = match kind {
        "rs" | "js" => "//",
        "sql" => "--",
        "css" => "/*",
        "html" => "{#",
        "toml" => "#",
        _ => return line,
    };
    line.find(mark).map_or("", |at| &line[at..])
}

/// Whether a word is a rule's number: `I1`, `C14`. Codes of cooperatives (`C01`) begin with a zero.
fn is_number(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(|letter| FAMILIES.contains(letter))
        && (2..=3).contains(&word.len())
        && !word[1..].starts_with('0')
        && letters.all(|digit| digit.is_ascii_digit())
}

fn numbers(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| is_number(word))
}

/// Everything that a remark cites, as docs/rules.md would define it.
fn cited(remark: &str) -> Vec<String> {
    let mut cited: Vec<String> = numbers(remark).map(str::to_owned).collect();
    let words: Vec<&str> = remark.split(|c: char| c.is_whitespace() || "()[]`".contains(c)).collect();
    let words: Vec<&str> =
        words.iter().map(|w| w.trim_matches([',', ';', ':', '"'])).filter(|w| !w.is_empty()).collect();
    for (place, word) in words.iter().enumerate() {
        let next = words.get(place + 1).map_or("", |next| next.trim_end_matches('.'));
        let is_count = !next.is_empty() && next.chars().all(|c| c.is_ascii_digit());
        let starts_with_digit = next.starts_with(|c: char| c.is_ascii_digit());
        let bytes = word.as_bytes();
        if *word == "art." && place > 0 {
            let law = words[place - 1];
            cited.extend(articles(&words[place + 1..]).map(|article| format!("{law} art. {article}")));
        } else if STANDARDS.contains(word) && starts_with_digit || ELSEWHERE.contains(word) && is_count {
            cited.push(format!("{word} {next}"));
        } else if word.rsplit_once('.').is_some_and(|(_, ending)| ending == "md") {
            cited.push(word.rsplit('/').next().unwrap_or(word).to_owned());
        } else if bytes.len() > 2 && bytes[0].is_ascii_uppercase() && bytes[1] == b'-' && bytes[2].is_ascii_digit() {
            cited.push((*word).to_owned());
        }
    }
    cited
}

/// `9, 17` and `44–50` as single articles.
fn articles<'a>(words: &'a [&'a str]) -> impl Iterator<Item = u32> + 'a {
    let spans = words.iter().map_while(|word| {
        let word = word.trim_end_matches(['.', ')']);
        let (first, last) = word.split_once('–').unwrap_or((word, word));
        Some((first.parse::<u32>().ok()?, last.parse::<u32>().ok()?))
    });
    spans.flat_map(|(first, last)| first..=last)
}

fn known() -> Known {
    let rules = std::fs::read_to_string(root().join("docs/rules.md")).unwrap();
    let mut known = Known::read(&rules);
    let named = |path: &std::path::PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    known.pages.extend(files("docs", &["md"]).iter().chain(&files("seeds", &["md"])).map(named));
    known.pages.extend(["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(str::to_owned));
    known
}

#[test]
fn whatever_is_cited_is_defined_here() {
    let known = known();
    let folders = ["src", "tests", "migrations", "benches", "web", "docs"];
    let kinds = ["rs", "sql", "js", "css", "html", "md"];
    let mut texts: Vec<std::path::PathBuf> = folders.iter().flat_map(|folder| files(folder, &kinds)).collect();
    let of_the_root = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Cargo.toml", "clippy.toml", "deny.toml"];
    texts.extend(of_the_root.map(|name| root().join(name)).into_iter().filter(|path| path.exists()));
    let mut faults = String::new();
    for path in texts.into_iter().filter(|path| !path.ends_with("house/citations.rs")) {
        let text = std::fs::read_to_string(&path).unwrap();
        let text = if path.ends_with("docs/rules.md") { text.split("## Older names").next().unwrap() } else { &text };
        let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
        for (line, citation) in known.undefined(kind, text) {
            writeln!(faults, "{}:{line}: {citation} is not defined", path.strip_prefix(root()).unwrap().display())
                .unwrap();
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn a_rule_is_defined_once() {
    let twice: Vec<String> =
        known().defined.into_iter().filter(|(_, times)| *times > 1).map(|(name, _)| name).collect();
    assert!(twice.is_empty(), "defined more than once: {twice:?}");
}

/// The check itself can fail: a sample with one fault of each kind.
#[test]
fn citations_without_a_rule_are_found() {
    let rules = "- **I1** Stock.\n- **C2** Freight.\n- **C2** Again.\n| 电商法 art. 31 | kept |\n| RFC 8785 | form |\n";
    let known = Known::read(rules);
    assert_eq!(known.defined["C2"], 2);
    let good = "// Stock (I1, 电商法 art. 31) in the form of RFC 8785 of `C01`, V is no number.";
    assert_eq!(known.undefined("rs", good), []);
    let faults = [
        ("rs", "/// Freight (C3).", "C3"),
        ("rs", "    I9 \"coupons.used\", \"a use\" = \"SELECT 1\";", "I9"),
        ("rs", "// As counting.md says.", "counting.md"),
        ("rs", "// Keys (class 11).", "class 11"),
        ("js", "// Guessing (G-27).", "G-27"),
        ("sql", "-- Kept (电商法 art. 31, 32).", "电商法 art. 32"),
        ("md", "Ids are of RFC 9562.", "RFC 9562"),
    ];
    for (kind, text, citation) in faults {
        assert_eq!(known.undefined(kind, text), [(1, citation.to_owned())], "{text}");
    }
}

#[test]
fn decisions_count_from_one_without_gaps() {
    let mut faults = String::new();
    for (place, path) in (1..).zip(files("docs/decisions", &["md"])) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        if !name.starts_with(&format!("{place:04}-")) || !text.starts_with(&format!("# {place}. ")) {
            writeln!(faults, "{name} should be number {place} in its name and its heading").unwrap();
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn files_that_pages_name_exist() {
    let tops = ["src/", "tests/", "docs/", "migrations/", "seeds/", "web/", "deploy/", "benches/"];
    let mut faults = String::new();
    let pages = ["README.md", "CONTRIBUTING.md"].map(|name| root().join(name));
    for page in pages.into_iter().chain(files("docs", &["md"])) {
        let text = std::fs::read_to_string(&page).unwrap();
        for named in text.split('`').filter(|named| tops.iter().any(|top| named.starts_with(top))) {
            let pattern = named.contains([' ', '*', '{', '…']) || named.contains("NNNN");
            if !pattern && !root().join(named).exists() {
                writeln!(faults, "{}: there is no {named}", page.strip_prefix(root()).unwrap().display()).unwrap();
            }
        }
    }
    assert!(faults.is_empty(), "{faults}");
}
