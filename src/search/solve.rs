//! From a text to the products it means: all that is asked for, else step by step less, and said so.

use super::{
    Chip, Index, Note, Sort,
    bits::Bits,
    concept::Concept,
    label,
    posting::Posting,
    quantity::Quantity,
    query::{self, Alternative, Ask, Item},
    request::Facet,
    segment::{Effort, How},
};

/// What a text came to.
pub struct Solved<'a> {
    /// Products that it means.
    pub set: Bits,
    /// What its pieces demand beside words.
    pub demands: Vec<Bits>,
    /// The text, piece by piece.
    pub items: Vec<Item>,
    /// What they earn by it, each with its share in thousandths.
    pub concepts: Vec<(u32, Concept<'a>)>,
    /// The order that it asks for.
    pub sort: Option<Sort>,
    /// What was understood.
    pub chips: Vec<Chip>,
    /// What was relaxed.
    pub notes: Vec<Note>,
    /// What may have been meant.
    pub corrections: Vec<String>,
    /// No product has all that was asked for.
    pub zero: bool,
}

/// One item at work.
pub(super) struct Asked<'a> {
    pub(super) item: Item,
    pub(super) concept: Option<Concept<'a>>,
    /// Products that have it; none where it is not required.
    pub(super) set: Option<Bits>,
}

/// A text at work.
pub(super) struct Solver<'a> {
    pub(super) index: &'a Index,
    in_season: &'a Bits,
    pub(super) asked: Vec<Asked<'a>>,
    pub(super) notes: Vec<Note>,
    pub(super) corrections: Vec<String>,
}

/// Solves a text; mistyped words are looked for where the text as it stands finds nothing.
pub fn solve<'a>(index: &'a Index, text: &str, in_season: &'a Bits) -> Solved<'a> {
    let mut best = Solver::new(index, text, in_season, false);
    let mut set = best.all();
    if set.is_empty() || best.is_puzzled() {
        let looser = Solver::new(index, text, in_season, true);
        let found = looser.all();
        if !found.is_empty() || looser.puzzles() < best.puzzles() {
            (best, set) = (looser, found);
        }
    }
    if best.asked.is_empty() {
        set = Bits::none(index.slots);
    }
    let zero = set.is_empty();
    best.correct();
    if zero {
        set = best.relax();
    }
    best.finish(set, zero)
}

/// A note in both languages.
pub(super) fn note(zh: String, en: String) -> Note {
    Note { zh, en }
}

impl<'a> Solver<'a> {
    fn new(index: &'a Index, text: &str, in_season: &'a Bits, typos: bool) -> Self {
        let items = query::read(text, &index.lexicon, Effort { typos, typing: true });
        let mut solver = Self { index, in_season, asked: Vec::new(), notes: Vec::new(), corrections: Vec::new() };
        solver.asked = items.into_iter().map(|item| solver.ask(item)).collect();
        solver
    }

    pub(super) fn ask(&self, item: Item) -> Asked<'a> {
        let terms = &self.index.terms;
        let n = self.index.slots;
        let concept = match &item.ask {
            Ask::Goods(words) => Some(Concept::goods(terms, words)),
            Ask::Place(words) => Some(Concept::place(terms, words)),
            Ask::Grade(grade) | Ask::Soft(grade) => Some(Concept::raw(terms, grade)),
            Ask::Intent(name) => Some(Concept::occasion(terms, name)),
            Ask::Unknown => Some(Concept::raw(terms, &item.source)),
            _ => None,
        };
        let set = match &item.ask {
            Ask::Soft(_) | Ask::Nothing | Ask::Order(Sort::Price | Sort::PriceDown | Sort::Relevance) => None,
            Ask::Cert(kind) => Some(self.facet(Facet::Cert, |v| v == kind)),
            Ask::Scheme(part) => Some(self.facet(Facet::Scheme, |v| v.to_ascii_lowercase().contains(part.as_str()))),
            Ask::Season => Some(self.in_season.clone()),
            Ask::Quantity(Quantity::Price(low, high)) => Some(self.index.priced(*low, *high)),
            Ask::Quantity(quantity) => Some(self.index.columns.products(*quantity)),
            _ => concept.as_ref().map(|c| c.products(n)),
        };
        let set = set.map(|mut set| {
            set.and(self.index.all.words());
            set
        });
        Asked { item, concept, set }
    }

    fn facet(&self, facet: Facet, fits: impl Fn(&str) -> bool) -> Bits {
        let mut set = Bits::none(self.index.slots);
        let values = self.index.facets.terms(facet).filter(|(term, _)| fits(&term.value));
        let postings = values.filter_map(|(term, _)| self.index.facets.products(facet, &term.value));
        postings.for_each(|p: &Posting| p.add_to(&mut set));
        set
    }

    /// Products that have all that is asked for, but for the items of which `but` is true.
    pub(super) fn all_but(&self, but: impl Fn(usize) -> bool) -> Bits {
        let mut set = (*self.index.all).clone();
        let required = self.asked.iter().enumerate().filter(|(at, _)| !but(*at)).filter_map(|(_, a)| a.set.as_ref());
        required.for_each(|other| set.and(other.words()));
        set
    }

    fn all(&self) -> Bits {
        self.all_but(|_| false)
    }

    fn puzzles(&self) -> usize {
        let is_nowhere = |a: &&Asked| a.set.as_ref().is_none_or(Bits::is_empty);
        self.asked.iter().filter(|a| a.item.ask == Ask::Unknown).filter(is_nowhere).count()
    }

    fn is_puzzled(&self) -> bool {
        self.puzzles() > 0
    }

    /// Where a word was taken for another one, says which text was searched for.
    fn correct(&mut self) {
        if !self.asked.iter().any(|a| a.item.how.corrects()) {
            return;
        }
        let words = self.asked.iter().map(|a| match &a.item.ask {
            Ask::Goods(words) | Ask::Place(words) if a.item.how != How::Written => words[0].text.clone(),
            _ => a.item.source.clone(),
        });
        self.corrections.push(words.collect::<Vec<_>>().join(" "));
    }

    /// The text without what is described so.
    fn without(&self, chip: &(&'static str, Words)) -> String {
        let others = self.asked.iter().filter(|a| a.item.ask != Ask::Nothing && describe(a).as_ref() != Some(chip));
        others.map(|a| a.item.source.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// What was understood, each thing once however often it was said.
    fn chips(&self) -> Vec<Chip> {
        let mut chips: Vec<Chip> = Vec::new();
        for described in self.asked.iter().filter_map(describe) {
            let without = self.without(&described);
            let (kind, (label, label_en)) = described;
            let chip = Chip { kind, label, label_en, without };
            if !chips.contains(&chip) {
                chips.push(chip);
            }
        }
        chips
    }

    fn finish(self, set: Bits, zero: bool) -> Solved<'a> {
        let chips = self.chips();
        let sort = self.asked.iter().find_map(|a| match a.item.ask {
            Ask::Order(sort) => Some(sort),
            _ => None,
        });
        let share = |ask: &Ask| if matches!(ask, Ask::Soft(_)) { 80 } else { 1000 };
        let (mut items, mut concepts, mut demands) = (Vec::new(), Vec::new(), Vec::new());
        for asked in self.asked {
            if asked.concept.is_none() || matches!(asked.item.ask, Ask::Intent(_)) {
                demands.extend(asked.set);
            }
            concepts.extend(asked.concept.map(|c| (share(&asked.item.ask), c)));
            items.push(asked.item);
        }
        Solved { set, demands, items, concepts, sort, chips, notes: self.notes, corrections: self.corrections, zero }
    }
}

type Words = (String, String);

/// The words that are meant alike: `yc` is 延川, 宜川 and 延长.
fn names(words: &[Alternative]) -> String {
    let alike = words.iter().take_while(|word| word.weight == words[0].weight);
    alike.map(|word| word.text.as_str()).collect::<Vec<_>>().join("/")
}

/// Kind and words of an item's chip; plain goods have none.
fn describe(asked: &Asked) -> Option<(&'static str, Words)> {
    let words = |(zh, en): (&str, &str)| (zh.to_owned(), en.to_owned());
    Some(match &asked.item.ask {
        Ask::Place(places) => ("county", words((&names(places), &names(places)))),
        Ask::Grade(grade) => ("grade", (grade.clone(), grade.clone())),
        Ask::Cert(kind) => ("cert", words(label::cert(kind))),
        Ask::Scheme(part) => ("scheme", words(label::scheme(part))),
        Ask::Intent(name) => ("intent", words(label::occasion(name))),
        Ask::Season => ("season", words(("当季", "in season"))),
        Ask::Order(Sort::Sales) => ("order", words(("销量优先", "most sold first"))),
        Ask::Order(Sort::Newest) => ("order", words(("新品优先", "newest first"))),
        Ask::Order(_) => ("order", words(("价格从低到高", "cheapest first"))),
        Ask::Quantity(quantity) => (label::kind(*quantity), label::quantity(*quantity)),
        Ask::Goods(_) | Ask::Soft(_) | Ask::Nothing | Ask::Unknown => return None,
    })
}

impl Solved<'_> {
    /// These products, for no word of a text.
    pub fn of(set: Bits) -> Self {
        let (chips, notes, corrections) = Default::default();
        let (items, concepts, demands) = Default::default();
        Solved { set, demands, items, concepts, sort: None, chips, notes, corrections, zero: false }
    }
}
