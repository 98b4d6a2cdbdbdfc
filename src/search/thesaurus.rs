//! Words of the trade from `seeds/synonyms.tsv`: goods and what they belong to, other names,
//! certificates, occasions, phrases without meaning, names that are mistaken for each other.

use std::sync::LazyLock;

use super::{hash::QuickMap, normalize};

/// What a word does in a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Names goods.
    Noun,
    /// Names a county of origin or a paired district; comes from the documents.
    Place,
    /// Asks for a certificate kind.
    Cert,
    /// Asks for a recognition scheme.
    Scheme,
    /// Asks for an occasion: gift, welfare, canteen, adopt.
    Intent,
    /// Asks for what is in season.
    Season,
    /// Asks for an order: price, sales, newest.
    Order,
    /// Asks for a grade.
    Grade,
    /// Lifts products that have it, never required.
    Soft,
    /// Says nothing about goods.
    Stop,
    /// Part of a product's name, found in the documents.
    Name,
}

/// A known word.
#[derive(Clone, Debug)]
pub struct Word {
    /// What it does.
    pub kind: Kind,
    /// Certificate kind, occasion, order or grade that it asks for; else the word.
    pub value: String,
}

/// The parsed file.
#[derive(Default)]
pub struct Thesaurus {
    words: QuickMap<String, Word>,
    parents: QuickMap<String, Vec<String>>,
    groups: Vec<Vec<String>>,
    group_of: QuickMap<String, Vec<usize>>,
    near: QuickMap<String, Vec<String>>,
    emoji: QuickMap<char, String>,
    marks: Vec<(String, Vec<String>)>,
    mixups: Vec<(String, String)>,
}

static FILE: LazyLock<Thesaurus> = LazyLock::new(|| Thesaurus::parse(include_str!("../../seeds/synonyms.tsv")));

/// The thesaurus of the program.
pub fn thesaurus() -> &'static Thesaurus {
    &FILE
}

impl Thesaurus {
    fn parse(file: &str) -> Self {
        let mut all = Self::default();
        for line in file.lines().filter(|l| !l.starts_with('#')) {
            let mut columns = line.split('\t');
            let (Some(kind), Some(head)) = (columns.next(), columns.next()) else { continue };
            let words: Vec<String> = columns.next().unwrap_or("").split_whitespace().map(normalize).collect();
            all.read(kind, head, words);
        }
        all
    }

    fn read(&mut self, kind: &str, head: &str, words: Vec<String>) {
        match kind {
            "noun" => {
                self.learn(head, Kind::Noun, head);
                self.parents.insert(head.into(), words);
            }
            "same" => {
                self.learn(head, Kind::Noun, head);
                for word in &words {
                    self.learn(word, Kind::Noun, head);
                }
                let group = self.groups.len();
                for word in words.iter().map(String::as_str).chain([head]) {
                    self.group_of.entry(word.into()).or_default().push(group);
                }
                self.groups.push([vec![head.into()], words].concat());
            }
            "near" => {
                self.learn(head, Kind::Noun, head);
                self.near.insert(head.into(), words);
            }
            "emoji" => {
                if let (Some(c), Some(word)) = (head.chars().next(), words.into_iter().next()) {
                    self.emoji.insert(c, word);
                }
            }
            "mark" => self.marks.push((head.into(), words)),
            "mixup" => self.mixups.extend(words.into_iter().map(|w| (head.to_owned(), w))),
            "cert" => self.learn_all(words, Kind::Cert, head),
            "scheme" => self.learn_all(words, Kind::Scheme, head),
            "intent" => self.learn_all(words, Kind::Intent, head),
            "season" => self.learn_all(words, Kind::Season, head),
            "cheap" => self.learn_all(words, Kind::Order, head),
            "grade" => self.learn_all(words, Kind::Grade, head),
            "soft" => self.learn_all([words, vec![head.into()]].concat(), Kind::Soft, ""),
            "stop" => self.learn_all([words, vec![head.into()]].concat(), Kind::Stop, ""),
            _ => {}
        }
    }

    fn learn_all(&mut self, words: Vec<String>, kind: Kind, value: &str) {
        for word in words {
            let value = if value.is_empty() { word.clone() } else { value.to_owned() };
            self.words.insert(word, Word { kind, value });
        }
    }

    /// The first meaning stays, except that other kinds outrank a mere other name.
    fn learn(&mut self, word: &str, kind: Kind, value: &str) {
        self.words.entry(word.into()).or_insert_with(|| Word { kind, value: value.into() });
    }

    /// All words with their kinds.
    pub fn words(&self) -> impl Iterator<Item = (&str, &Word)> {
        self.words.iter().map(|(text, word)| (text.as_str(), word))
    }

    /// The word, if it is known.
    pub fn word(&self, text: &str) -> Option<&Word> {
        self.words.get(text)
    }

    /// What goods of that name belong to.
    pub fn parents(&self, noun: &str) -> &[String] {
        self.parents.get(noun).map_or(&[], Vec::as_slice)
    }

    /// Whether the word heads a line `noun`.
    pub fn is_noun(&self, word: &str) -> bool {
        self.parents.contains_key(word)
    }

    /// Whether the word names goods.
    pub fn names_goods(&self, word: &str) -> bool {
        self.is_noun(word) || self.word(word).is_some_and(|w| w.kind == Kind::Noun)
    }

    /// Other names of a word, its line's head first.
    pub fn same<'a>(&'a self, word: &'a str) -> impl Iterator<Item = &'a str> {
        let groups = self.group_of.get(word).map_or(&[][..], Vec::as_slice);
        groups.iter().flat_map(|g| self.groups[*g].iter().map(String::as_str)).filter(move |w| *w != word)
    }

    /// Words that may serve whoever typed this one.
    pub fn near(&self, word: &str) -> &[String] {
        self.near.get(word).map_or(&[], Vec::as_slice)
    }

    /// The word that a picture stands for.
    pub fn emoji(&self, c: char) -> Option<&str> {
        self.emoji.get(&c).map(String::as_str)
    }

    /// Occasions with the words that mark a product as fit for them.
    pub fn marks(&self) -> &[(String, Vec<String>)] {
        &self.marks
    }

    /// Place names that are mistaken for this one.
    pub fn mixups<'a>(&'a self, place: &'a str) -> impl Iterator<Item = &'a str> {
        self.mixups.iter().filter_map(move |(a, b)| match place {
            p if p == a => Some(b.as_str()),
            p if p == b => Some(a.as_str()),
            _ => None,
        })
    }
}
