//! The inverted index: which products carry which word or pair of characters, in which part of them.

use std::{borrow::Cow, hash::Hasher, sync::Arc};

use super::{
    hash::{Quick, QuickMap},
    normalize,
    normalize::is_han,
    posting::Posting,
};

/// The part of a product that carries a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// What the goods are, and what they belong to; whole words.
    Head,
    /// The name outside brackets.
    Name,
    /// Category, place, grade, spec, certificates, keywords.
    Meta,
    /// Summary, cooperative.
    Prose,
}

impl Tier {
    /// All parts, the telling first.
    pub const ALL: [Self; 4] = [Self::Head, Self::Name, Self::Meta, Self::Prose];
}

fn gram_key(tier: Tier, a: char, b: Option<char>) -> u64 {
    (tier as u64) << 56 | u64::from(a) << 28 | b.map_or(0, u64::from)
}

fn word_key(tier: Tier, word: &str) -> u64 {
    let mut hasher = Quick::default();
    hasher.write(word.as_bytes());
    (tier as u64 | 0x80) << 56 | hasher.finish() >> 8
}

/// Texts whose terms are remembered while building: categories, places, specs come again and again.
const REMEMBERED: usize = 50_000;

/// Collects terms product by product, in ascending order.
#[derive(Default)]
pub struct Draft {
    ids: QuickMap<u64, u32>,
    lists: Vec<Vec<u32>>,
    texts: QuickMap<(u8, String), Vec<u32>>,
}

impl Draft {
    fn id(&mut self, key: u64) -> u32 {
        let next = self.lists.len() as u32;
        let id = *self.ids.entry(key).or_insert(next);
        if id == next {
            self.lists.push(Vec::new());
        }
        id
    }

    fn push(&mut self, id: u32, product: u32) {
        let list = &mut self.lists[id as usize];
        if list.last() != Some(&product) {
            list.push(product);
        }
    }

    /// A whole word.
    pub fn add_word(&mut self, tier: Tier, word: &str, product: u32) {
        let id = self.id(word_key(tier, word));
        self.push(id, product);
    }

    /// Words of letters and digits, neighbouring characters, in names single characters too.
    pub fn add_text(&mut self, tier: Tier, text: &str, product: u32) {
        let mut ids = Vec::with_capacity(48);
        each_term(tier, text, |key| ids.push(self.id(key)));
        for id in ids {
            self.push(id, product);
        }
    }

    /// The same for a text as written that many products share; it is normalized here.
    pub fn add_common(&mut self, tier: Tier, text: &str, product: u32) {
        if text.is_empty() {
            return;
        }
        let key = (tier as u8, text.to_owned());
        let ids = match self.texts.remove(&key) {
            Some(ids) => ids,
            None => {
                let mut ids = Vec::new();
                each_term(tier, &normalize(text), |key| ids.push(self.id(key)));
                ids
            }
        };
        for id in &ids {
            self.push(*id, product);
        }
        if self.texts.len() < REMEMBERED {
            self.texts.insert(key, ids);
        }
    }

    /// The index over `0..n`.
    pub fn finish(self, n: usize) -> Terms {
        let postings = self.lists.into_iter().map(|list| Posting::new(list, n)).collect();
        Terms { base: Arc::new(Base { ids: self.ids, postings }), later: Arc::default(), n }
    }
}

fn each_term(tier: Tier, text: &str, mut add: impl FnMut(u64)) {
    let mut before: Option<char> = None;
    let mut word_from: Option<usize> = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        let in_word = c.is_ascii_alphanumeric() || (c == '.' && word_from.is_some());
        match (in_word, word_from) {
            (true, None) => word_from = Some(at),
            (false, Some(from)) => {
                add(word_key(tier, text[from..at].trim_end_matches('.')));
                word_from = None;
            }
            _ => {}
        }
        let han = Some(c).filter(|c| is_han(*c));
        if let (Some(a), Some(b)) = (before, han) {
            add(gram_key(tier, a, Some(b)));
        }
        if let (Tier::Name, Some(c)) = (tier, han) {
            add(gram_key(tier, c, None));
        }
        before = han;
    }
}

/// The terms of all products: those that the index was built with, and those that came later.
#[derive(Clone)]
pub struct Terms {
    base: Arc<Base>,
    later: Arc<QuickMap<u64, Vec<u32>>>,
    n: usize,
}

struct Base {
    ids: QuickMap<u64, u32>,
    postings: Vec<Posting>,
}

/// Products of a word: of the index itself, or put together for one query.
pub type Held<'a> = Cow<'a, Posting>;

impl Terms {
    /// The same over `0..n`, with the terms of products that came later.
    pub fn with(&self, draft: Draft, n: usize) -> Self {
        let mut later = (*self.later).clone();
        let Draft { ids, mut lists, .. } = draft;
        for (key, id) in ids {
            later.entry(key).or_default().append(&mut lists[id as usize]);
        }
        Self { base: Arc::clone(&self.base), later: Arc::new(later), n }
    }

    fn posting(&self, key: u64) -> Option<Held<'_>> {
        let first = self.base.ids.get(&key).map(|id| &self.base.postings[*id as usize]);
        match (first, self.later.get(&key)) {
            (Some(first), None) => Some(Cow::Borrowed(first)),
            (Some(first), Some(later)) => Some(Cow::Owned(first.with(later))),
            (None, later) => later.map(|later| Cow::Owned(Posting::new(later.clone(), self.n))),
        }
    }

    /// Products that carry a word in that part: all its pairs of characters and words of letters.
    pub fn products(&self, tier: Tier, word: &str) -> Option<Held<'_>> {
        if tier == Tier::Head || word.is_ascii() {
            return self.posting(word_key(tier, word));
        }
        let chars: Vec<char> = word.chars().collect();
        let mut parts: Vec<Held> = Vec::with_capacity(chars.len());
        if let [one] = chars[..] {
            return self.posting(gram_key(tier, one, None));
        }
        for pair in chars.windows(2) {
            if is_han(pair[0]) && is_han(pair[1]) {
                parts.push(self.posting(gram_key(tier, pair[0], Some(pair[1])))?);
            }
        }
        for letters in word.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()) {
            parts.push(self.posting(word_key(tier, letters))?);
        }
        // The first is a list wherever one of them is.
        parts.sort_by_key(|p| (p.is_bits(), p.len()));
        if parts.len() < 2 {
            return parts.pop();
        }
        let shared = parts[0].and_all(&parts[1..], self.n);
        (shared.len() > 0).then_some(Cow::Owned(shared))
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        let postings = self.base.postings.iter().map(|p| p.bytes() + 32).sum::<usize>();
        self.base.ids.len() * 20 + postings + self.later.values().map(|p| p.len() * 4 + 40).sum::<usize>()
    }
}
