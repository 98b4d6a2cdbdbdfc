//! What CONTRIBUTING.md answers is so: each path is a file, and each `name` said to stand in one stands there.

use super::root;

/// Words in backticks of a text.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn is_path(word: &str) -> bool {
    word.contains('/') && word.contains('.') && !word.starts_with('/') && !word.contains(' ')
}

/// Faults of one answer. Names since the last path, in the same sentence or list, are those of the next one.
fn faults(answer: &str, read: &dyn Fn(&str) -> Option<String>) -> Vec<String> {
    let (mut faults, mut names, mut paths) = (Vec::new(), Vec::new(), Vec::new());
    for word in quoted(answer) {
        if !is_path(word) {
            names.push(word.trim_end_matches("()").rsplit("::").next().unwrap_or(word));
            continue;
        }
        match read(word) {
            Some(text) => faults.extend(
                names.iter().filter(|name| !text.contains(*name)).map(|name| format!("{name} is not in {word}")),
            ),
            None => faults.push(format!("{word} is no file")),
        }
        names.clear();
        paths.push(word);
    }
    paths.sort_unstable();
    paths.dedup();
    if paths.is_empty() || paths.len() > 3 {
        faults.push(format!("{} files", paths.len()));
    }
    faults
}

/// The numbered answers, each behind its question.
fn answers(page: &str) -> Vec<&str> {
    let questions = page.split("## The twelve questions").nth(1).and_then(|rest| rest.split("\n## ").next());
    let lines = questions.unwrap_or("").lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit()));
    lines
        .filter_map(|line| line.split_once("?** ").or_else(|| line.split_once(".** ")))
        .map(|(_, answer)| answer)
        .collect()
}

#[test]
fn each_answer_names_what_stands_in_three_files_at_most() {
    let page = std::fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let answers = answers(&page);
    assert_eq!(answers.len(), 12);
    let read = |path: &str| std::fs::read_to_string(root().join(path)).ok();
    let found: Vec<String> = answers.iter().flat_map(|answer| faults(answer, &read)).collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn an_answer_that_does_not_hold_is_found() {
    let read = |path: &str| (path == "src/a.rs").then(|| "pub fn keep() {}".to_owned());
    assert_eq!(faults("`keep` of `src/a.rs`.", &read), [""; 0]);
    assert_eq!(faults("`lose()` of `src/a.rs`.", &read), ["lose is not in src/a.rs"]);
    assert_eq!(faults("`keep` of `src/b.rs`.", &read), ["src/b.rs is no file"]);
    assert_eq!(faults("Nowhere.", &read), ["0 files"]);
}
