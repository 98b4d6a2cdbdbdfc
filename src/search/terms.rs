//! The inverted index: which products carry which word or pair of characters, in which part of them.

use std::hash::Hasher;

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
        Terms { ids: self.ids, postings, n }
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

/// The terms of all products.
pub struct Terms {
    ids: QuickMap<u64, u32>,
    postings: Vec<Posting>,
    n: usize,
}

/// Products of a word: of the index itself, or put together for one query.
pub enum Held<'a> {
    /// Of the index.
    Index(&'a Posting),
    /// Put together.
    Own(Posting),
}

impl Held<'_> {
    /// The posting.
    pub fn get(&self) -> &Posting {
        match self {
            Self::Index(posting) => posting,
            Self::Own(posting) => posting,
        }
    }
}

impl Terms {
    fn posting(&self, key: u64) -> Option<&Posting> {
        self.ids.get(&key).map(|id| &self.postings[*id as usize])
    }

    /// Products that carry a word in that part: all its pairs of characters and words of letters.
    pub fn products(&self, tier: Tier, word: &str) -> Option<Held<'_>> {
        if tier == Tier::Head || word.is_ascii() {
            return self.posting(word_key(tier, word)).map(Held::Index);
        }
        let chars: Vec<char> = word.chars().collect();
        let mut parts: Vec<&Posting> = Vec::with_capacity(chars.len());
        if let [one] = chars[..] {
            return self.posting(gram_key(tier, one, None)).map(Held::Index);
        }
        for pair in chars.windows(2) {
            if is_han(pair[0]) && is_han(pair[1]) {
                parts.push(self.posting(gram_key(tier, pair[0], Some(pair[1])))?);
            }
        }
        for letters in word.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()) {
            parts.push(self.posting(word_key(tier, letters))?);
        }
        parts.sort_by_key(|p| p.len());
        match parts[..] {
            [] => None,
            [one] => Some(Held::Index(one)),
            [first, ref others @ ..] => {
                let shared = first.and_all(others, self.n);
                (shared.len() > 0).then_some(Held::Own(shared))
            }
        }
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.ids.len() * 20 + self.postings.iter().map(|p| p.bytes() + 32).sum::<usize>()
    }
}
