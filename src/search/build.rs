//! Building an index from documents.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    Doc, Docs,
    bits::Bits,
    columns::ColumnsDraft,
    facets::FacetDraft,
    hash::QuickSet,
    index::Index,
    lexicon::{Lexicon, Words},
    live::LiveDraft,
    name, normalize,
    sorting::SortedListsDraft,
    store::ShownDraft,
    terms::{Draft, Terms, Tier},
    thesaurus::{Kind, thesaurus},
};

/// Characters of a summary that are indexed.
const SUMMARY: usize = 60;
const DIVISIONS: [char; 4] = ['县', '市', '区', '州'];

impl Index {
    /// Builds the index; documents keep their order, which breaks the last ties.
    pub fn build(docs: &(impl Docs + ?Sized)) -> Self {
        // Text on this thread, the rest on another.
        let (texts, rest) = std::thread::scope(|scope| {
            let rest = scope.spawn(|| read_rest(docs));
            let texts = read_texts(docs);
            (texts, rest.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        });
        let n = rest.n as usize;
        Self {
            all: Arc::new(Bits::all(n)),
            slots: n,
            shown: rest.shown.finish(),
            terms: texts.terms,
            lexicon: Arc::new(texts.lexicon),
            places: texts.places.into(),
            facets: Arc::new(rest.facets.finish(n)),
            columns: Arc::new(rest.columns.finish(n)),
            live: rest.live.finish(),
            orders: Arc::new(rest.orders.finish()),
        }
    }
}

/// What is read of the texts.
struct Texts {
    terms: Terms,
    lexicon: Lexicon,
    places: Vec<String>,
}

/// All parts but the text, while documents are read.
#[derive(Default)]
struct Rest {
    n: u32,
    shown: ShownDraft,
    facets: FacetDraft,
    columns: ColumnsDraft,
    orders: SortedListsDraft,
    live: LiveDraft,
}

fn read_rest(docs: &(impl Docs + ?Sized)) -> Rest {
    let mut rest = Rest::default();
    docs.each(&mut |doc| {
        rest.shown.read(doc, rest.n);
        rest.facets.read(doc, rest.n);
        rest.columns.read(doc, rest.n);
        rest.orders.read(doc);
        rest.live.read(doc);
        rest.n += 1;
    });
    rest
}

/// The terms of products that come after the last, by the place names known so far.
pub fn read_later<'a>(docs: impl Iterator<Item = (u32, &'a Doc)>, places: &Arc<[String]>) -> Draft {
    let mut reader = Reader::new(places.to_vec());
    docs.for_each(|(p, doc)| reader.read(doc, p));
    reader.draft
}

/// Names of places in the documents: 延川县 and 延川, 江阴市 and 江阴.
fn places(docs: &(impl Docs + ?Sized)) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut seen: QuickSet<String> = QuickSet::default();
    docs.each_place(&mut |name| {
        if !name.is_empty() && !seen.contains(name) {
            seen.insert(name.to_owned());
            let name = normalize(name);
            let short = name.trim_end_matches(DIVISIONS);
            if short.chars().count() >= 2 && short != name {
                names.push(short.to_owned());
            }
            names.push(name);
        }
    });
    names.sort();
    names.dedup();
    names
}

fn read_texts(docs: &(impl Docs + ?Sized)) -> Texts {
    let mut reader = Reader::new(places(docs));
    let mut categories: BTreeSet<String> = BTreeSet::new();
    let mut n = 0;
    docs.each(&mut |doc| {
        reader.read(doc, n);
        if !categories.contains(&doc.category.zh) {
            categories.insert(doc.category.zh.clone());
        }
        n += 1;
    });
    for name in categories {
        reader.words.add(&normalize(&name), Kind::Noun);
    }
    Texts { terms: reader.draft.finish(n as usize), lexicon: reader.words.finish(), places: reader.places }
}

struct Reader {
    draft: Draft,
    words: Words,
    places: Vec<String>,
    seen: QuickSet<String>,
}

impl Reader {
    fn new(places: Vec<String>) -> Self {
        let mut words = Words::new(thesaurus());
        for place in &places {
            words.add(place, Kind::Place);
        }
        Self { draft: Draft::default(), words, places, seen: QuickSet::default() }
    }

    fn read(&mut self, doc: &Doc, p: u32) {
        self.read_name(doc, p);
        let name_en = normalize(&doc.name_en);
        self.draft.add_text(Tier::Name, &name_en, p);
        for word in name_en.split(|c: char| !c.is_ascii_alphabetic()).filter(|w| w.len() >= 3) {
            if self.is_new(word) {
                self.words.add_core(word);
            }
        }
        let common = [&doc.category.zh, &doc.category.en, &doc.county.zh, &doc.county.en, &doc.keywords];
        let further = doc.pairing.iter().chain(&doc.grade).chain(doc.skus.iter().map(|s| &s.spec));
        for text in common.into_iter().chain(further) {
            self.draft.add_common(Tier::Meta, text, p);
        }
        self.draft.add_common(Tier::Prose, &doc.coop.zh, p);
        let summary: String = doc.summary.chars().take(SUMMARY).collect();
        self.draft.add_text(Tier::Prose, &normalize(&summary), p);
    }

    fn read_name(&mut self, doc: &Doc, p: u32) {
        let places = &self.places;
        let name = name::read(&doc.name, thesaurus(), |w| places.binary_search_by(|p| p.as_str().cmp(w)).is_ok());
        self.draft.add_text(Tier::Name, &name.main, p);
        self.draft.add_text(Tier::Meta, &name.aside, p);
        if let Some(head) = &name.head {
            self.draft.add_word(Tier::Head, head, p);
            for kin in thesaurus().parents(head) {
                self.draft.add_word(Tier::Head, kin, p);
            }
        }
        for run in &name.runs {
            if self.is_new(run) {
                self.words.add_run(run);
            }
        }
        for core in &name.cores {
            if self.is_new(&format!("\u{1}{core}")) {
                self.words.add_core(core);
            }
        }
    }

    /// The text was not met before: names count once in the lexicon, however many products have them.
    fn is_new(&mut self, text: &str) -> bool {
        !self.seen.contains(text) && self.seen.insert(text.to_owned())
    }
}
