//! The shape of the code: no circles between files, pages and API apart, functions that fit on a screen,
//! tuples with names. Each check is tried on a sample that it must refuse.

mod circles;
mod shapes;
mod tokens;

use std::path::Path;

use circles::Tree;

/// Rust files below a folder: paths within the repository, and texts.
fn sources(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let name = path.strip_prefix(root).unwrap().display().to_string();
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// The program's own files: neither its tests nor the few lines that start it.
fn program() -> Tree {
    let own = |name: &str| !name.ends_with("/tests.rs") && !name.contains("/tests/") && name != "src/main.rs";
    let files: Vec<_> = sources("src").into_iter().filter(|(name, _)| own(name)).collect();
    Tree::of(&files)
}

fn everything() -> Vec<(String, String)> {
    ["src", "tests", "benches"].into_iter().flat_map(sources).collect()
}

/// Faults of each file by one of the checks.
fn faults(files: &[(String, String)], check: fn(&[tokens::Token]) -> Vec<String>) -> Vec<String> {
    let of_file = |(name, text): &(String, String)| {
        let found = check(&tokens::tokens(text));
        found.into_iter().map(|fault| format!("{name}:{fault}")).collect::<Vec<_>>()
    };
    files.iter().flat_map(of_file).collect()
}

fn none(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// Ties between pages and API, each way.
fn across(edges: &circles::Edges) -> Vec<String> {
    let side = |file: &str| ["src/web/pages/", "src/web/api/"].into_iter().find(|side| file.starts_with(side));
    let mut found = Vec::new();
    for (file, others) in edges {
        for (other, names) in others {
            if side(file).is_some() && side(other).is_some_and(|other| side(file) != Some(other)) {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                found.push(format!("{file} uses {} of {other}", names.join(", ")));
            }
        }
    }
    found
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    none(&circles::circles(&program().edges()));
}

#[test]
fn pages_and_api_do_not_use_each_other() {
    none(&across(&program().edges()));
}

#[test]
fn functions_fit_on_a_screen() {
    none(&faults(&everything(), shapes::long_functions));
}

#[test]
fn signatures_name_what_has_more_than_two_parts() {
    let program: Vec<_> = everything().into_iter().filter(|(name, _)| !name.starts_with("tests/")).collect();
    none(&faults(&program, shapes::nameless_tuples));
}

fn sample(files: &[(&str, &str)]) -> Vec<(String, String)> {
    files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

#[test]
fn the_circles_of_a_sample_are_found() {
    let tree = Tree::of(&sample(&[
        ("src/lib.rs", "mod a; mod b;"),
        ("src/a/mod.rs", "mod one; mod two; mod three; pub use one::One; pub use three::start; pub struct Shared;"),
        ("src/a/one.rs", "use super::two; pub struct One; fn f() { two::Two::new() }"),
        ("src/a/two.rs", "use crate::a::One as First; pub struct Two(First); // use super::three"),
        ("src/a/three.rs", "use super::{Shared, one::One}; pub fn start() {}"),
        ("src/b.rs", "use crate::a::{self, One}; fn g() { a::start() } #[cfg(test)] mod tests { use crate::a::x; }"),
    ]));
    let edges = tree.edges();
    assert_eq!(circles::circles(&edges), ["src/a/one.rs -[Two]-> src/a/two.rs -[One]-> src/a/one.rs"]);
    assert_eq!(edges["src/b.rs"].keys().collect::<Vec<_>>(), ["src/a/one.rs", "src/a/three.rs"]);
    assert_eq!(edges["src/a/three.rs"].keys().collect::<Vec<_>>(), ["src/a/mod.rs", "src/a/one.rs"]);
    assert!(!edges.contains_key("src/a/mod.rs"), "what a folder shows of its files ties it to none");
}

#[test]
fn a_folder_that_uses_its_file_and_is_used_by_it_is_a_circle() {
    let tree = Tree::of(&sample(&[
        ("src/lib.rs", "mod a;"),
        ("src/a/mod.rs", "mod one; pub use one::One; pub struct Shared; fn f(_: One) {}"),
        ("src/a/one.rs", "pub struct One(super::Shared);"),
    ]));
    assert_eq!(circles::circles(&tree.edges()), ["src/a/mod.rs -[One]-> src/a/one.rs -[Shared]-> src/a/mod.rs"]);
}

#[test]
fn a_sample_page_that_uses_the_api_is_found() {
    let tree = Tree::of(&sample(&[
        ("src/lib.rs", "mod web;"),
        ("src/web/mod.rs", "mod api; mod pages;"),
        ("src/web/api/mod.rs", "pub mod orders;"),
        ("src/web/api/orders.rs", "pub fn placed() {}"),
        ("src/web/pages/mod.rs", "use crate::web::api::orders; fn page() { orders::placed() }"),
    ]));
    assert_eq!(across(&tree.edges()), ["src/web/pages/mod.rs uses placed of src/web/api/orders.rs"]);
}

#[test]
fn long_functions_and_nameless_tuples_of_a_sample_are_found() {
    let long = format!("fn short() {{ \"{{\" }}\nfn long() {{\n{}}}\n", "x();\n".repeat(59));
    assert_eq!(shapes::long_functions(&tokens::tokens(&long)), ["2: long has 61 lines"]);
    let text = "
        fn two(a: (A, B), f: impl Fn(A, B, C) -> D, x: Vec<(A, HashMap<B, C>)>) -> fn(A, B, C) {}
        fn answer<T>(x: X) -> Result<(A, B, C)> { let t = (1, 2, 3); }
        fn taken(State(a, b, c): State<X>, t: &'a mut (A, Vec<B>, C,)) {}
        struct Fine(A, B, C);
        struct Bad { x: Option<[(A, B, C); 3]> }";
    assert_eq!(shapes::nameless_tuples(&tokens::tokens(text)), ["3: answer", "4: taken", "6: struct Bad"]);
}
