//! Typed text cut into the words it most likely means, whatever script they are typed in.
//!
//! One pass of dynamic programming over at most 160 characters: each stretch may be a word as
//! written, its pinyin, its initials, a word of the same or nearly the same sound, or (asked for
//! when nothing else was found) a mistyped one; the cheapest cut wins.

use super::{
    lexicon::{Level, Lexicon},
    normalize::is_han,
    sound,
    thesaurus::Kind,
};

/// Longest stretch of Chinese characters, and of letters, that one word may take.
const HAN_MAX: usize = 8;
const LETTERS_MAX: usize = 26;
/// Words kept for one stretch.
const CHOICES: usize = 10;

/// How a word was recognised, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    Written,
    /// By its pinyin in letters.
    Pinyin,
    /// By the beginning of its pinyin.
    Start,
    Initials,
    /// By characters of the same sound.
    Homophone,
    /// By nearly the same sound.
    Near,
    /// One character mistyped.
    Typo,
}

impl How {
    /// Share of a full match that it earns, in thousandths.
    pub fn weight(self) -> u32 {
        match self {
            Self::Written | Self::Pinyin => 1000,
            Self::Initials => 930,
            Self::Start => 900,
            Self::Homophone => 880,
            Self::Near => 800,
            Self::Typo => 720,
        }
    }

    /// The text was changed to find something: worth a correction.
    pub fn corrects(self) -> bool {
        self >= Self::Homophone
    }

    fn cost(self, level: Level) -> u32 {
        let [known, core, piece] = match self {
            Self::Written => [100, 130, 220],
            Self::Pinyin => [120, 160, 260],
            Self::Start => [240, 320, 900],
            Self::Initials => [180, 300, 420],
            Self::Homophone => [190, 260, 340],
            Self::Near => [220, 300, 420],
            Self::Typo => [290, 370, 900],
        };
        match level {
            Level::Known => known,
            Level::Core => core,
            Level::Piece => piece,
        }
    }
}

/// A word that a stretch may mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// Entry of the lexicon.
    pub id: u32,
    /// How it was recognised.
    pub how: How,
}

/// A stretch of the text with what it may mean, best first; nothing where it is unknown.
#[derive(Clone, Debug)]
pub struct Stretch {
    /// As typed, normalized.
    pub source: String,
    /// What it may mean.
    pub matches: Vec<Match>,
}

/// How hard to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// Mistyped words too.
    pub typos: bool,
    /// The last word may be unfinished.
    pub typing: bool,
}

/// The cheapest way to a place of the text, and its last word.
#[derive(Clone)]
struct Way {
    cost: u32,
    from: usize,
    matches: Vec<Match>,
}

/// What stands between two places of the text.
struct Piece {
    from: usize,
    to: usize,
    matches: Vec<Match>,
}

/// Cuts a text into words.
pub fn cut(text: &str, lexicon: &Lexicon, effort: Effort) -> Vec<Stretch> {
    let chars: Vec<char> = text.chars().collect();
    let nothing = Way { cost: u32::MAX, from: 0, matches: Vec::new() };
    let mut best = vec![nothing; chars.len() + 1];
    best[0].cost = 0;
    for from in 0..chars.len() {
        let so_far = best[from].cost;
        if so_far == u32::MAX {
            continue;
        }
        let mut offer = |to: usize, cost: u32, matches: Vec<Match>| {
            if so_far + cost < best[to].cost {
                best[to] = Way { cost: so_far + cost, from, matches };
            }
        };
        offer(from + 1, unknown_cost(chars[from]), Vec::new());
        if chars[from] != ' ' {
            Stretches { chars: &chars, lexicon, effort }.each_from(from, &mut offer);
        }
    }
    whole_words(&chars, collect(&chars, best))
}

/// A word of letters is understood as a whole or not at all: no `ip` in `iphone`.
fn whole_words(chars: &[char], found: Vec<Piece>) -> Vec<Stretch> {
    let mut kept: Vec<Piece> = Vec::new();
    for Piece { from, to, matches } in found {
        let is_letters = |at: usize| chars.get(at).is_some_and(char::is_ascii_alphanumeric);
        let torn = matches.is_empty() && to - from > 1;
        let joins = from > 0 && is_letters(from - 1) && is_letters(from);
        match kept.last_mut() {
            Some(last) if joins && (torn || last.matches.is_empty()) && is_letters(last.to - 1) => {
                last.to = to;
                last.matches.clear();
            }
            _ => kept.push(Piece { from, to, matches }),
        }
    }
    let source = |from: usize, to: usize| chars[from..to].iter().collect::<String>().trim().to_owned();
    let stretches =
        kept.into_iter().map(|piece| Stretch { source: source(piece.from, piece.to), matches: piece.matches });
    stretches.filter(|s| !s.source.is_empty()).collect()
}

fn unknown_cost(c: char) -> u32 {
    match c {
        ' ' => 0,
        c if is_han(c) => 400,
        _ => 260,
    }
}

fn collect(chars: &[char], mut best: Vec<Way>) -> Vec<Piece> {
    let mut found: Vec<Piece> = Vec::new();
    let mut at = chars.len();
    while at > 0 {
        let (from, matches) = (best[at].from, std::mem::take(&mut best[at].matches));
        let unknown = matches.is_empty();
        match found.last_mut() {
            Some(next)
                if unknown && next.matches.is_empty() && next.from == at && chars[from] != ' ' && chars[at] != ' ' =>
            {
                next.from = from;
            }
            _ => found.push(Piece { from, to: at, matches }),
        }
        at = from;
    }
    found.reverse();
    found
}

struct Stretches<'a> {
    chars: &'a [char],
    lexicon: &'a Lexicon,
    effort: Effort,
}

impl Stretches<'_> {
    fn each_from(&self, from: usize, offer: &mut impl FnMut(usize, u32, Vec<Match>)) {
        let (mut text, mut letters) = (String::new(), String::new());
        let (mut han, mut latin, mut blanks) = (0, 0, 0);
        for (at, c) in self.chars.iter().enumerate().skip(from) {
            if *c == ' ' {
                blanks += 1;
                continue;
            }
            if is_han(*c) {
                han += 1;
            } else {
                latin += 1;
            }
            if han > HAN_MAX || letters.len() > LETTERS_MAX || blanks > 6 {
                return;
            }
            text.push(*c);
            sound::push_letters(&mut letters, *c);
            let matches = self.matches(&text, &letters, (han, latin), at + 1 == self.chars.len());
            if let Some(first) = matches.first() {
                let level = self.lexicon.entry(first.id).level;
                // Nothing but a word as written may take a single character.
                offer(at + 1, first.how.cost(level) + blanks * 8, matches);
            }
        }
    }

    fn matches(&self, text: &str, letters: &str, (han, latin): (usize, usize), last: bool) -> Vec<Match> {
        let mut found: Vec<Match> = Vec::new();
        let written = self.lexicon.written(text);
        found.extend(written.map(|id| Match { id, how: How::Written }));
        let spelled = latin > 0 && letters.len() >= 2;
        if spelled || (han >= 2 && written.is_none()) || (han == 1 && latin == 0 && self.effort.typos) {
            let how = if latin > 0 { How::Pinyin } else { How::Homophone };
            self.extend(&mut found, self.lexicon.sounding(letters), how);
            if found.is_empty() && letters.len() >= 3 {
                self.extend(&mut found, self.lexicon.near(letters), How::Near);
            }
        }
        if han == 0 && (2..=8).contains(&latin) && !found.iter().any(|m| self.is_known(m.id)) {
            self.extend(&mut found, self.lexicon.initialled(text), How::Initials);
        }
        if self.effort.typing && last && latin > 0 && letters.len() >= 2 && found.is_empty() {
            self.extend(&mut found, &self.lexicon.starting(letters, CHOICES), How::Start);
        }
        if self.effort.typos && found.is_empty() && (han >= 2 || letters.len() >= 4) {
            let typed = if latin == 0 { text } else { letters };
            let mut near = self.lexicon.mistyped(typed);
            if near.is_empty() && latin == 0 && han >= 3 {
                near = self.lexicon.mistyped(letters);
            }
            self.extend(&mut found, &near, How::Typo);
        }
        found.sort_by_key(|m| {
            let entry = self.lexicon.entry(m.id);
            (m.how.cost(entry.level), std::cmp::Reverse(entry.uses), m.id)
        });
        found.truncate(CHOICES);
        found
    }

    fn is_known(&self, id: u32) -> bool {
        self.lexicon.entry(id).level == Level::Known
    }

    fn extend(&self, found: &mut Vec<Match>, ids: &[u32], how: How) {
        for id in ids {
            let guess = how >= How::Homophone;
            let kind = self.lexicon.entry(*id).kind;
            // A guess must name goods or places; phrases are taken as written only.
            if found.iter().any(|m| m.id == *id) || (guess && !matches!(kind, Kind::Noun | Kind::Place | Kind::Name)) {
                continue;
            }
            found.push(Match { id: *id, how });
        }
    }
}
