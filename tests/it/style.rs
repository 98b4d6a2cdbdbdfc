//! Styles and templates held to their own rules: sizes come from the scale (`web/css/00_tokens.css`), lines
//! of templates are short enough to be read beside each other.

use std::path::Path;

/// Longest line of a template.
const WIDEST_LINE: usize = 140;

/// Sizes that are no rhythm of the page and may stand where they are needed: a hairline's width, the height
/// of a thumb's target, heights of bars that others make room for.
const LENGTHS: &[&str] = &["1px", "44px", "68px"];

/// Type that no reader scales: words within a drawing (its own units), the counter read from ten metres.
const TYPE: &[&str] = &["12px var(--sans)", "700 clamp(44px, 10.5vw, 148px)/1.12 var(--song)"];

/// Path and text of all files below a folder of the repository.
fn texts(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().display().to_string();
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// The declarations of a line of CSS: property and value.
fn declarations(line: &str) -> impl Iterator<Item = (&str, &str)> {
    line.split(['{', '}', ';']).filter_map(|one| one.split_once(':')).map(|(name, value)| (name.trim(), value.trim()))
}

/// The lengths in px or rem that a value states itself.
fn lengths(value: &str) -> impl Iterator<Item = &str> {
    value.split([' ', ',', '(', ')', '/']).filter(|word| {
        let number = word.strip_suffix("px").or_else(|| word.strip_suffix("rem"));
        number.is_some_and(|number| number.parse::<f64>().is_ok())
    })
}

/// What a declaration states that the scale should.
fn off_scale<'a>(name: &str, value: &'a str) -> Vec<&'a str> {
    let spaced = ["gap", "row-gap", "column-gap"].contains(&name)
        || ["padding", "margin"].iter().any(|start| name.starts_with(start));
    match name {
        "font" | "font-size" if TYPE.contains(&value) => Vec::new(),
        // Behind the slash stands the line's height.
        "font" => lengths(value.split('/').next().unwrap_or_default()).collect(),
        "font-size" => lengths(value).collect(),
        _ if spaced => lengths(value).filter(|length| !LENGTHS.contains(length)).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn type_and_spaces_come_from_the_scale() {
    assert_eq!(off_scale("font", "700 18px/20px var(--song)"), ["18px"], "the rule sees what it should");
    assert_eq!(off_scale("margin-block", "calc(-1 * .5rem) 1px"), [".5rem"]);
    let mut faults = Vec::new();
    for (file, text) in texts("web/css").into_iter().filter(|(file, _)| !file.ends_with("00_tokens.css")) {
        for (place, line) in text.lines().enumerate() {
            for (name, value) in declarations(line) {
                let off = off_scale(name, value);
                if !off.is_empty() {
                    faults.push(format!("{file}:{}: {name}: {value} states {}", place + 1, off.join(", ")));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn lines_of_templates_are_short() {
    let mut faults = Vec::new();
    for (file, text) in texts("web/templates") {
        for (place, line) in text.lines().enumerate() {
            let wide = line.chars().count();
            if wide > WIDEST_LINE {
                faults.push(format!("{file}:{}: {wide} columns", place + 1));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
