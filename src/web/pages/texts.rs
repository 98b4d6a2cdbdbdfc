//! The words of pages by key, from `web/text/*.toml`: `key = ["中文", "English"]` under its group.

use std::{collections::HashMap, sync::LazyLock};

use rust_embed::RustEmbed;

use crate::kernel::Lang;

#[derive(RustEmbed)]
#[folder = "web/text"]
struct Files;

type Words = HashMap<String, [String; 2]>;

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut words = Words::new();
    for path in Files::iter() {
        let text = Files::get(&path).map(|file| String::from_utf8_lossy(&file.data).into_owned());
        // A file that cannot be read leaves its keys bare, which a test finds.
        words.extend(parse(&text.unwrap_or_default()).unwrap_or_default());
    }
    words
});

/// One file: groups of keys, each with both languages.
fn parse(text: &str) -> Result<Words, toml::de::Error> {
    let groups: HashMap<String, HashMap<String, [String; 2]>> = toml::from_str(text)?;
    let flat = groups
        .into_iter()
        .flat_map(|(group, keys)| keys.into_iter().map(move |(key, words)| (format!("{group}.{key}"), words)));
    Ok(flat.collect())
}

/// The words of a key, if there are any.
pub fn find(lang: Lang, key: &str) -> Option<&'static str> {
    WORDS.get(key).map(|[zh, en]| lang.pick(zh, en))
}

/// The words of a key; the key itself where there are none.
pub fn get(lang: Lang, key: &str) -> &str {
    find(lang, key).unwrap_or(key)
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, fs, path::Path};

    use super::*;

    #[test]
    fn every_file_is_read_and_no_key_stands_in_two() {
        let mut seen = HashSet::new();
        for path in Files::iter() {
            let text = String::from_utf8(Files::get(&path).unwrap().data.into_owned()).unwrap();
            for (key, [zh, en]) in parse(&text).unwrap_or_else(|e| panic!("{path}: {e}")) {
                assert!(!zh.is_empty(), "{key} has no Chinese words");
                assert!(
                    !en.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)),
                    "{key}: Chinese in the English words"
                );
                assert!(seen.insert(key.clone()), "{key} stands twice");
            }
        }
    }

    fn source(folder: &Path, ends: &str, into: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                source(&path, ends, into);
            } else if path.to_string_lossy().ends_with(ends) {
                into.push_str(&fs::read_to_string(&path).unwrap());
            }
        }
    }

    #[test]
    fn every_key_that_a_template_asks_for_has_words() {
        let mut html = String::new();
        source(Path::new("web/templates"), ".html", &mut html);
        for asked in html.split("layout.t(\"").skip(1) {
            let key = asked.split('"').next().unwrap();
            assert!(find(Lang::ZhCn, key).is_some(), "no words for {key}");
        }
    }

    #[test]
    fn every_key_is_used() {
        let mut all = String::new();
        source(Path::new("web/templates"), ".html", &mut all);
        source(Path::new("src"), ".rs", &mut all);
        for key in WORDS.keys() {
            let group = key.split('.').next().unwrap();
            let by_group = all.contains(&format!("word(\"{group}\""));
            assert!(by_group || all.contains(&format!("\"{key}\"")), "{key} is never used");
        }
    }
}
