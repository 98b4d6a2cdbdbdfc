//! What Meilisearch is given: the fields that our own analysis derives, and settings to match.
//!
//! Stock, sales, prices and seasons are not among them: those are judged in the process, so that a
//! sale changes nothing here and an answer never mixes two states. No personal data either.

use meilisearch_sdk::settings::{MinWordSizeForTypos, PaginationSetting, Settings, TypoToleranceSettings};
use serde::Serialize;

use crate::search::{Doc, name, normalize, normalize::is_han, sound, thesaurus::thesaurus};

/// Raised when the fields or their meaning change: the index is then built anew.
const FORMAT: u32 = 1;
/// Fields that are searched, the telling first.
const SEARCHABLE: [&str; 8] = ["head", "name", "aliases", "pinyin", "initials", "spec_tokens", "about", "prose"];
/// Products that one search brings at most.
pub const MOST: usize = 1000;

/// A product as Meilisearch holds it.
#[derive(Debug, Serialize)]
pub struct Document {
    /// The product's code in letters that Meilisearch takes.
    pub id: String,
    /// The product's code.
    pub code: String,
    /// Digest of what it was made from, told by a hit so that a stale one is noticed.
    pub version: String,
    head: String,
    name: String,
    aliases: Vec<String>,
    pinyin: Vec<String>,
    initials: Vec<String>,
    spec_tokens: Vec<String>,
    about: Vec<String>,
    prose: String,
}

/// The version that a document of this state has.
pub fn version(digest: u64) -> String {
    format!("{digest:016x}")
}

/// The id of a product's document.
pub fn id(code: &str) -> String {
    hex::encode(code)
}

impl Document {
    /// The document of a product.
    pub fn of(doc: &Doc) -> Self {
        let place = normalize(&doc.county.zh);
        let short = place.trim_end_matches(['县', '市', '区']);
        let read = name::read(&doc.name, thesaurus(), |word| word == place || word == short);
        let head = read.head.clone().unwrap_or_default();
        let words = || read.runs.iter().chain(&read.cores).chain([&head]).filter(|word| !word.is_empty());
        let sounds: Vec<(String, String)> = words().flat_map(|word| sound::readings(word)).collect();
        let same = thesaurus().same(&head).map(str::to_owned);
        let near = thesaurus().near(&head).iter().cloned();
        let about = [&doc.category.zh, &doc.category.en, &doc.county.zh, &doc.county.en, &doc.name_en, &doc.keywords];
        let further = doc.pairing.iter().chain(&doc.grade).chain([&read.aside]);
        let mut document = Self {
            id: id(&doc.code),
            code: doc.code.clone(),
            version: version(doc.text_digest()),
            aliases: same.chain(near).chain(thesaurus().parents(&head).iter().cloned()).collect(),
            pinyin: sounds.iter().map(|(letters, _)| letters.clone()).collect(),
            initials: sounds.into_iter().map(|(_, initials)| initials).collect(),
            spec_tokens: doc.skus.iter().flat_map(|sku| spec_tokens(&sku.spec)).collect(),
            about: about.into_iter().chain(further).map(|text| normalize(text)).collect(),
            prose: format!("{} {}", normalize(&doc.coop.zh), normalize(&doc.summary)),
            name: read.main,
            head,
        };
        document.about.push(short.to_owned());
        for list in [&mut document.aliases, &mut document.pinyin, &mut document.initials, &mut document.spec_tokens] {
            list.sort_unstable();
            list.dedup();
        }
        document
    }
}

/// `75mm`, `5kg`, `22-24枚`: the pieces of a spec, each as one word.
fn spec_tokens(spec: &str) -> Vec<String> {
    let normal = normalize(spec);
    let pieces = normal.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | '、' | 'x'));
    pieces.filter(|piece| piece.chars().any(|c| c.is_ascii_digit() || is_han(c))).map(str::to_owned).collect()
}

/// The settings of the index; spelling is forgiven by our own understanding, before Meilisearch is asked.
pub fn settings() -> Settings {
    Settings::new()
        .with_searchable_attributes(SEARCHABLE)
        .with_displayed_attributes(["code", "version"])
        .with_filterable_attributes(Vec::<String>::new())
        .with_sortable_attributes(Vec::<String>::new())
        .with_ranking_rules(["words", "attribute", "exactness", "proximity", "typo"])
        .with_pagination(PaginationSetting { max_total_hits: MOST + 1 })
        .with_typo_tolerance(TypoToleranceSettings {
            enabled: Some(false),
            disable_on_attributes: None,
            disable_on_words: None,
            min_word_size_for_typos: None::<MinWordSizeForTypos>,
            disable_on_numbers: None,
        })
        .with_search_cutoff(400)
}

/// Tells these fields and settings from those of another release.
pub fn fingerprint() -> String {
    format!("{FORMAT}-{}", SEARCHABLE.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::{Spec, Term};

    #[test]
    fn a_document_has_the_fields_that_our_analysis_derives() {
        let doc = Doc {
            code: "P01".into(),
            name: "洛川红富士".into(),
            county: Term::new("610629", "洛川县", "Luochuan"),
            skus: vec![Spec { spec: "75mm 5kg（22–24枚）".into(), ..Spec::default() }],
            ..Doc::default()
        };
        let document = Document::of(&doc);
        assert_eq!((document.id.as_str(), document.head.as_str()), ("503031", "红富士"));
        assert!(document.pinyin.contains(&"luochuanhongfushi".to_owned()), "{document:?}");
        assert!(document.initials.contains(&"lchfs".to_owned()) && document.about.contains(&"洛川".to_owned()));
        assert_eq!(document.spec_tokens, ["22-24枚", "5kg", "75mm"]);
        assert_eq!(document.version, version(doc.text_digest()));
    }
}
