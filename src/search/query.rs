//! What a typed text asks for: pure, bounded, never fails.

use super::{
    lexicon::Lexicon,
    normalize,
    normalize::is_han,
    quantity::{self, Quantity},
    request::Sort,
    segment::{self, Effort, How, Stretch},
    thesaurus::{Kind, thesaurus},
};

/// A word that may be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternative {
    /// The word.
    pub text: String,
    /// Share of a full match in thousandths.
    pub weight: u32,
}

/// What one piece of the text asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Goods, by any of these words.
    Goods(Vec<Alternative>),
    /// A county or a paired district.
    Place(Vec<Alternative>),
    Grade(String),
    /// A certificate kind.
    Cert(String),
    /// A recognition scheme whose code contains this.
    Scheme(String),
    /// An occasion.
    Intent(String),
    Season,
    /// An order of the list.
    Order(Sort),
    Quantity(Quantity),
    /// A word that lifts but is not required.
    Soft(String),
    Nothing,
    /// Not understood.
    Unknown,
}

/// A piece of the text with what it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// As typed, normalized.
    pub source: String,
    pub ask: Ask,
    /// How it was recognised.
    pub how: How,
}

/// Reads a text: quantities first, words of what lies between.
pub fn read(text: &str, lexicon: &Lexicon, effort: Effort) -> Vec<Item> {
    let chars: Vec<char> = spoken(text).chars().collect();
    let mut items = Vec::new();
    let mut at = 0;
    for found in quantity::find(&chars) {
        read_words(&chars[at..found.from], lexicon, Effort { typing: false, ..effort }, &mut items);
        let source: String = chars[found.from..found.to].iter().collect();
        let ask = if found.quantity == Quantity::Order { Ask::Nothing } else { Ask::Quantity(found.quantity) };
        items.push(Item { source: source.trim().to_owned(), ask, how: How::Written });
        at = found.to;
    }
    read_words(&chars[at..], lexicon, effort, &mut items);
    items
}

/// Pictures become words, punctuation blanks.
fn spoken(text: &str) -> String {
    let mut out = String::new();
    for c in normalize(text).chars() {
        if is_han(c) || c.is_alphanumeric() || matches!(c, '#' | '¥' | '$' | '.' | '-') {
            out.push(c);
        } else if let Some(word) = thesaurus().emoji(c) {
            out.push(' ');
            out.push_str(word);
            out.push(' ');
        } else {
            out.push(' ');
        }
    }
    out
}

fn read_words(chars: &[char], lexicon: &Lexicon, effort: Effort, items: &mut Vec<Item>) {
    let text: String = chars.iter().map(|c| if matches!(c, '#' | '¥' | '$' | '.' | '-') { ' ' } else { *c }).collect();
    if text.trim().is_empty() {
        return;
    }
    for stretch in segment::cut(&text, lexicon, effort) {
        let how = stretch.matches.first().map_or(How::Written, |m| m.how);
        let ask = ask(&stretch, lexicon);
        items.push(Item { source: stretch.source, ask, how });
    }
}

fn ask(stretch: &Stretch, lexicon: &Lexicon) -> Ask {
    let Some(best) = stretch.matches.first().map(|m| lexicon.entry(m.id)) else { return Ask::Unknown };
    let value = best.value.to_string();
    let words = |of_place: bool| {
        let fits = |kind: Kind| {
            if of_place { kind == Kind::Place } else { matches!(kind, Kind::Noun | Kind::Name | Kind::Place) }
        };
        let of_kind = stretch.matches.iter().filter(|m| fits(lexicon.entry(m.id).kind));
        of_kind
            .map(|m| Alternative { text: lexicon.entry(m.id).text.to_string(), weight: m.how.weight() })
            .collect::<Vec<_>>()
    };
    match best.kind {
        Kind::Noun | Kind::Name => Ask::Goods(words(false)),
        Kind::Place => Ask::Place(words(true)),
        Kind::Cert => Ask::Cert(value),
        Kind::Scheme => Ask::Scheme(value),
        Kind::Intent => Ask::Intent(value),
        Kind::Season => Ask::Season,
        Kind::Grade => Ask::Grade(value),
        Kind::Soft => Ask::Soft(best.text.to_string()),
        Kind::Stop => Ask::Nothing,
        Kind::Order => Ask::Order(match &*value {
            "sales" => Sort::Sales,
            "newest" => Sort::Newest,
            _ => Sort::Price,
        }),
    }
}
