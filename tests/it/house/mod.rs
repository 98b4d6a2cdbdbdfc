//! The code held to the house's own rules (docs/rules.md, H): a rule that no test holds is a wish.

mod answers;
mod citations;

use std::{
    collections::BTreeMap,
    fmt::Write,
    path::{Path, PathBuf},
};

/// Layers from the bottom; a module may use those of lower rank and its own.
const LAYERS: &[&[&str]] = &[
    &["kernel"],
    &["db"],
    &["identity", "media", "ledger"],
    &["cooperatives"],
    &["promotions"],
    &["pricing"],
    &["catalogue"],
    &["stock", "search"],
    &["payments"],
    &["approvals"],
    &["orders", "pos"],
    &["counter"],
    &["reports"],
    &["audit"],
    &["config", "seeds", "jobs", "cli", "web", "app", "main", "lib"],
];

/// Most lines of a source file.
const MOST_LINES: usize = 400;

/// What has no place in the repository: marks of what is unfinished (clippy knows the macros), folders of
/// one person's machine.
const FORBIDDEN: &[&str] = &["TODO", "FIXME", "/home/", "/root/", "/Users/"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder with one of the endings.
fn files(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| endings.iter().any(|end| e.to_str() == Some(end))) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// A file's path within the repository, and its text.
fn sources(folder: &str) -> Vec<(String, String)> {
    let name = |path: &Path| path.strip_prefix(root()).unwrap().display().to_string();
    files(folder, &["rs"]).into_iter().map(|path| (name(&path), std::fs::read_to_string(&path).unwrap())).collect()
}

/// The capability a source file belongs to.
fn module(name: &str) -> &str {
    let inner = name.trim_start_matches("src/");
    inner.split_once('/').map_or(inner.trim_end_matches(".rs"), |(module, _)| module)
}

fn rank(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// Whether a file holds only tests of its module.
fn is_test(name: &str) -> bool {
    name.ends_with("/tests.rs") || name.contains("/tests/")
}

/// Names of the crate's modules that a text uses: `crate::x` and `crate::{x, y::z}`.
fn used(text: &str) -> Vec<&str> {
    let mut used = Vec::new();
    for (place, _) in text.match_indices("crate::") {
        let rest = &text[place + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 1;
            let mut start = 0;
            for (at, c) in group.char_indices() {
                match c {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    _ => {}
                }
                if depth == 0 || (depth == 1 && c == ',') {
                    used.push(first_word(&group[start..at]));
                    start = at + 1;
                }
                if depth == 0 {
                    break;
                }
            }
        } else {
            used.push(first_word(rest));
        }
    }
    used
}

fn first_word(text: &str) -> &str {
    let text = text.trim_start();
    text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("")
}

#[test]
fn layers_use_only_what_is_below_them() {
    let mut faults = String::new();
    for (name, text) in sources("src") {
        let own = module(&name);
        let Some(own_rank) = rank(own) else {
            writeln!(faults, "{name}: the module {own} has no layer").unwrap();
            continue;
        };
        for other in used(&text).into_iter().filter(|m| *m != own) {
            if rank(other).is_some_and(|rank| rank > own_rank || (rank == own_rank && own_rank < LAYERS.len() - 1)) {
                writeln!(faults, "{name}: {own} uses {other}, which is not below it").unwrap();
            }
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn frameworks_stay_where_they_belong() {
    let mut faults = String::new();
    for (name, text) in sources("src") {
        let own = module(&name);
        let web = matches!(own, "web" | "app") || name == "src/cli/serve.rs";
        if !web && (text.contains("axum::") || text.contains("use axum")) {
            writeln!(faults, "{name}: axum stays in web/").unwrap();
        }
        if own != "db" && text.contains("sqlx::") {
            writeln!(faults, "{name}: sqlx stays in db/").unwrap();
        }
        if own != "config" && text.contains("std::env::var") {
            writeln!(faults, "{name}: the environment is read in config.rs").unwrap();
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn files_are_short_and_modules_say_what_they_are_for() {
    let mut faults = String::new();
    for (name, text) in sources("src").into_iter().chain(sources("tests")).chain(sources("benches")) {
        let lines = text.lines().count();
        if lines > MOST_LINES {
            writeln!(faults, "{name}: {lines} lines").unwrap();
        }
        let head = text.lines().take_while(|line| line.starts_with("//!")).count();
        if head == 0 && lines > 5 {
            writeln!(faults, "{name}: no head that says what it is for").unwrap();
        }
        if head > 15 {
            writeln!(faults, "{name}: a head of {head} lines").unwrap();
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn the_repository_says_nothing_it_should_not() {
    let mut faults = String::new();
    for folder in ["src", "web", "seeds", "migrations", "benches", "docs", "tests"] {
        for path in files(folder, &["rs", "sql", "html", "css", "js", "toml", "csv", "tsv", "md"]) {
            if path.ends_with("tests/it/house/mod.rs") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for word in FORBIDDEN.iter().filter(|word| text.contains(**word)) {
                writeln!(faults, "{}: {word}", path.strip_prefix(root()).unwrap().display()).unwrap();
            }
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

/// Whether a file is a module that its parent shows to others.
fn is_public(name: &str) -> bool {
    let Some((folder, file)) = name.trim_end_matches("/mod.rs").rsplit_once('/') else { return true };
    let stem = file.trim_end_matches(".rs");
    ["mod.rs", "lib.rs"].iter().any(|parent| {
        let text = std::fs::read_to_string(root().join(folder).join(parent)).unwrap_or_default();
        text.contains(&format!("pub mod {stem};"))
    })
}

/// What all others build on says what it does; elsewhere a name that says it needs no words beside it.
#[test]
fn verbs_of_the_base_say_what_they_do() {
    let mut faults = String::new();
    let base = |name: &str| matches!(module(name), "kernel" | "db") && !is_test(name) && is_public(name);
    for (name, text) in sources("src").into_iter().filter(|(name, _)| base(name)) {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        for (place, line) in lines.iter().enumerate() {
            let item = ["pub fn ", "pub async fn ", "pub trait "];
            if line.contains('$') || !item.iter().any(|start| line.starts_with(start)) {
                continue;
            }
            let above = lines[..place].iter().rev().find(|above| !above.starts_with("#["));
            if !above.is_some_and(|above| above.starts_with("///") || above.ends_with(")]")) {
                writeln!(faults, "{name}:{}: {line}", place + 1).unwrap();
            }
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

/// The words of a closed set stand in its enum; the audit looks at the columns (I19).
#[test]
fn the_schema_lists_no_words_of_closed_sets() {
    let mut faults = String::new();
    for path in files("migrations", &["sql"]) {
        for line in std::fs::read_to_string(&path).unwrap().lines().filter(|line| line.contains("CHECK (")) {
            if line.split("CHECK (").skip(1).any(|check| check.split(' ').nth(1) == Some("IN")) {
                writeln!(faults, "{}: {line}", path.display()).unwrap();
            }
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn a_table_is_written_by_one_capability_only() {
    let mut writers: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for (name, text) in sources("src").into_iter().filter(|(name, _)| !is_test(name)) {
        let own = module(&name).to_owned();
        for verb in ["INSERT INTO ", "UPDATE ", "DELETE FROM "] {
            for (place, _) in text.match_indices(verb) {
                let table = first_word(&text[place + verb.len()..]);
                if table.len() > 2
                    && table == table.to_lowercase()
                    && table.chars().all(|c| c.is_ascii_lowercase() || c == '_')
                {
                    writers.entry(table.to_owned()).or_default().insert(own.clone(), name.clone());
                }
            }
        }
    }
    let tables = std::fs::read_dir(root().join("migrations")).unwrap();
    let schema: String = tables.filter_map(|f| std::fs::read_to_string(f.unwrap().path()).ok()).collect();
    let mut faults = String::new();
    for (table, modules) in writers {
        if schema.contains(&format!("CREATE TABLE {table} ")) && modules.len() > 1 {
            writeln!(faults, "{table} is written by {modules:?}").unwrap();
        }
    }
    assert!(faults.is_empty(), "{faults}");
}
