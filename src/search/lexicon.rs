//! Words that a query may mean, found by how they are written, sound, begin or are mistyped.
//!
//! Known words come from the thesaurus, places, categories and cooperatives from the documents,
//! and every two to four neighbouring characters of a product's name serve as words of last resort,
//! so that a name nobody foresaw is found by its pinyin too.

use std::{collections::BTreeMap, hash::Hasher};

use super::{
    hash::{Quick, QuickMap},
    sound,
    thesaurus::{Kind, Thesaurus},
};

/// Pieces of names kept at most; rarer ones are found as written only.
const PIECES: usize = 60_000;

/// How well a word is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// From the thesaurus, or a place or category of the documents.
    Known,
    /// What is left of a name between known words.
    Core,
    /// Neighbouring characters of a name.
    Piece,
}

/// A word.
#[derive(Debug)]
pub struct Entry {
    /// As written.
    pub text: Box<str>,
    /// What it does in a query.
    pub kind: Kind,
    /// Certificate kind, occasion and the like; empty for words of goods.
    pub value: Box<str>,
    /// How well it is known.
    pub level: Level,
    /// In how many distinct names it stands.
    pub uses: u32,
}

/// The words and the ways to them.
#[derive(Default)]
pub struct Lexicon {
    entries: Vec<Entry>,
    by_text: QuickMap<u64, u32>,
    by_sound: QuickMap<u64, Vec<u32>>,
    by_fold: QuickMap<u64, Vec<u32>>,
    by_initials: QuickMap<u64, Vec<u32>>,
    by_typo: QuickMap<u64, Vec<u32>>,
    starts: Vec<(Box<str>, u32)>,
}

/// Gathers words while documents are read.
#[derive(Default)]
pub struct Words {
    known: BTreeMap<String, (Kind, String)>,
    pieces: QuickMap<String, (bool, u32)>,
}

impl Words {
    /// Starts from the thesaurus.
    pub fn new(thesaurus: &Thesaurus) -> Self {
        let known = thesaurus.words().map(|(text, word)| (text.to_owned(), (word.kind, word.value.clone())));
        Self { known: known.collect(), pieces: QuickMap::default() }
    }

    /// A place, category or other name of the documents; the thesaurus' meaning stays.
    pub fn add(&mut self, text: &str, kind: Kind) {
        if kind == Kind::Place || !self.known.contains_key(text) {
            self.known.insert(text.to_owned(), (kind, text.to_owned()));
        }
    }

    /// A piece of a name that no known word covers.
    pub fn add_core(&mut self, text: &str) {
        match self.pieces.get_mut(text) {
            Some((core, uses)) => (*core, *uses) = (true, *uses + 1),
            None => drop(self.pieces.insert(text.to_owned(), (true, 1))),
        }
    }

    /// The neighbouring characters of a run of a distinct name.
    pub fn add_run(&mut self, run: &str) {
        let ends: Vec<usize> = run.char_indices().map(|(at, _)| at).chain([run.len()]).collect();
        for len in 2..=4 {
            for window in ends.windows(len + 1) {
                let piece = &run[window[0]..window[len]];
                match self.pieces.get_mut(piece) {
                    Some((_, uses)) => *uses += 1,
                    None => drop(self.pieces.insert(piece.to_owned(), (false, 1))),
                }
            }
        }
    }

    /// The lexicon of all words.
    pub fn finish(self) -> Lexicon {
        let mut lexicon = Lexicon::default();
        let Self { known, mut pieces } = self;
        for (text, (kind, value)) in known {
            let uses = pieces.remove(&text).map_or(0, |(_, uses)| uses);
            lexicon.push(Entry { text: text.into(), kind, value: value.into(), level: Level::Known, uses });
        }
        let mut rest: Vec<(String, (bool, u32))> = pieces.into_iter().collect();
        rest.sort_unstable_by(|a, b| (b.1.0, b.1.1, &a.0).cmp(&(a.1.0, a.1.1, &b.0)));
        rest.truncate(PIECES);
        for (text, (core, uses)) in rest {
            let level = if core { Level::Core } else { Level::Piece };
            lexicon.push(Entry { text: text.into(), kind: Kind::Name, value: "".into(), level, uses });
        }
        lexicon.starts.sort_unstable();
        lexicon
    }
}

/// A stable key of a text.
fn key(text: &str) -> u64 {
    let mut hasher = Quick::default();
    hasher.write(text.as_bytes());
    hasher.write_u8(0xff);
    hasher.finish()
}

impl Lexicon {
    fn push(&mut self, entry: Entry) {
        let id = self.entries.len() as u32;
        let text = &entry.text;
        self.by_text.insert(key(text), id);
        let chars = text.chars().count();
        let readings = if text.is_ascii() { vec![(text.to_string(), String::new())] } else { sound::readings(text) };
        let heard = entry.kind != Kind::Stop;
        for (at, (letters, initials)) in readings.iter().enumerate().filter(|_| heard) {
            if at == 0 || entry.level == Level::Known {
                push(&mut self.by_sound, key(letters), id);
                push(&mut self.by_fold, key(&sound::fold(letters)), id);
            }
            // 延长 is read both ways: it must be found by yc.
            if (2..=8).contains(&initials.len()) && (at == 0 || entry.kind == Kind::Place) {
                push(&mut self.by_initials, key(initials), id);
            }
            if entry.level != Level::Piece {
                self.starts.push((letters.as_str().into(), id));
                if chars > 1 && !text.is_ascii() {
                    self.starts.push((initials.as_str().into(), id));
                }
                if (4..=18).contains(&letters.len()) {
                    each_delete(letters, |cut| push(&mut self.by_typo, key(cut), id));
                }
            }
        }
        if heard && entry.level != Level::Piece && !text.is_ascii() {
            self.starts.push((text.clone(), id));
            if chars >= 3 {
                each_delete(text, |cut| push(&mut self.by_typo, key(cut), id));
            } else if chars == 2 && entry.level == Level::Known {
                each_delete(text, |cut| push(&mut self.by_typo, key(&format!("{cut}?")), id));
            }
        }
        self.entries.push(entry);
    }

    /// The entry of an id.
    pub fn entry(&self, id: u32) -> &Entry {
        &self.entries[id as usize]
    }

    /// The word written so.
    pub fn written(&self, text: &str) -> Option<u32> {
        self.by_text.get(&key(text)).copied()
    }

    /// Words that sound so (joined pinyin).
    pub fn sounding(&self, letters: &str) -> &[u32] {
        self.by_sound.get(&key(letters)).map_or(&[], Vec::as_slice)
    }

    /// Words that sound nearly so.
    pub fn near(&self, letters: &str) -> &[u32] {
        self.by_fold.get(&key(&sound::fold(letters))).map_or(&[], Vec::as_slice)
    }

    /// Words with these initials.
    pub fn initialled(&self, initials: &str) -> &[u32] {
        self.by_initials.get(&key(initials)).map_or(&[], Vec::as_slice)
    }

    /// Words one wrong, missing, further or swapped character away, in letters or as written.
    pub fn mistyped(&self, typed: &str) -> Vec<u32> {
        let mut found: Vec<u32> = Vec::new();
        let mut look = |lexicon: &Self, cut: &str| {
            found.extend(lexicon.by_typo.get(&key(cut)).map_or(&[][..], Vec::as_slice));
        };
        look(self, typed);
        each_delete(typed, |cut| look(self, cut));
        if typed.chars().count() == 2 && !typed.is_ascii() {
            each_delete(typed, |cut| look(self, &format!("{cut}?")));
        } else {
            each_delete(typed, |cut| found.extend(self.written(cut).filter(|_| cut.chars().count() > 1)));
            if typed.is_ascii() {
                each_delete(typed, |cut| found.extend(self.sounding(cut)));
            }
        }
        found.sort_unstable();
        found.dedup();
        found.retain(|id| self.is_near(*id, typed));
        found
    }

    fn is_near(&self, id: u32, typed: &str) -> bool {
        let entry = self.entry(id);
        if entry.level == Level::Piece || matches!(entry.kind, Kind::Stop | Kind::Soft) {
            return false;
        }
        if typed.is_ascii() && !entry.text.is_ascii() {
            return sound::readings(&entry.text).iter().any(|(letters, _)| one_apart(letters, typed));
        }
        one_apart(&entry.text, typed)
    }

    /// Words that begin so, in letters, initials or as written; the most used first.
    pub fn starting(&self, typed: &str, most: usize) -> Vec<u32> {
        let from = self.starts.partition_point(|(start, _)| **start < *typed);
        let range = self.starts[from..].iter().take_while(|(start, _)| start.starts_with(typed)).take(400);
        let mut found: Vec<u32> = range.map(|(_, id)| *id).collect();
        found.sort_unstable();
        found.dedup();
        found.sort_by_key(|id| (self.entry(*id).level, std::cmp::Reverse(self.entry(*id).uses)));
        found.truncate(most);
        found
    }

    /// Bytes held, nearly.
    pub fn bytes(&self) -> usize {
        let keys = self.by_sound.len() + self.by_fold.len() + self.by_initials.len() + self.by_typo.len();
        self.entries.len() * 80 + keys * 56 + self.starts.len() * 36
    }
}

fn push(map: &mut QuickMap<u64, Vec<u32>>, key: u64, id: u32) {
    let ids = map.entry(key).or_default();
    if ids.last() != Some(&id) {
        ids.push(id);
    }
}

/// The text with one character left out, for each character.
fn each_delete(text: &str, mut visit: impl FnMut(&str)) {
    let mut cut = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        cut.clear();
        cut.push_str(&text[..at]);
        cut.push_str(&text[at + c.len_utf8()..]);
        visit(&cut);
    }
}

/// One wrong, missing, further or swapped character lies between the two.
fn one_apart(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let head = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[head..], &b[head..]);
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    match (&a[..a.len() - tail], &b[..b.len() - tail]) {
        ([_], [] | [_]) | ([], [_]) => true,
        ([first, second], [third, fourth]) => first == fourth && second == third,
        _ => false,
    }
}
