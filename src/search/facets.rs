//! Facets: which products carry which value, and counts that equal what a click gives.

use std::collections::BTreeMap;

use super::{Doc, Facet, FacetCount, FacetCounts, SearchRequest, Term, bits::Bits, hash::QuickMap, posting::Posting};
use crate::kernel::{Day, Season};

/// Values of one facet that an answer lists; further ones (many cooperatives) are found by their page.
const LISTED: usize = 100;
/// Upper ends of the net weight bands in grams.
const WEIGHT_ENDS: [i64; 4] = [500, 1000, 2500, 5000];
const WEIGHT_WORDS: [(&str, &str); 5] = [
    ("500g 以内", "up to 500 g"),
    ("0.5–1kg", "0.5–1 kg"),
    ("1–2.5kg", "1–2.5 kg"),
    ("2.5–5kg", "2.5–5 kg"),
    ("5kg 以上", "over 5 kg"),
];
/// Upper ends of the price bands in fen.
const PRICE_ENDS: [i64; 4] = [2999, 4999, 9999, 19999];
const PRICE_WORDS: [(&str, &str); 5] = [
    ("30 元以下", "under ¥30"),
    ("30–50 元", "¥30–50"),
    ("50–100 元", "¥50–100"),
    ("100–200 元", "¥100–200"),
    ("200 元以上", "¥200 and more"),
];

/// The band that holds `amount`, as a term.
fn band(amount: i64, ends: &[i64; 4], words: &[(&str, &str); 5]) -> Term {
    let at = ends.iter().position(|end| amount <= *end).unwrap_or(ends.len());
    let low = if at == 0 { 0 } else { ends[at - 1] + 1 };
    let high = ends.get(at).map_or(String::new(), i64::to_string);
    Term::new(format!("{low}-{high}"), words[at].0, words[at].1)
}

#[derive(Clone)]
struct Value {
    term: Term,
    products: Posting,
}

/// Values of one facet while documents are read.
#[derive(Default)]
struct ValuesDraft {
    values: Vec<(Term, Vec<u32>)>,
    known: QuickMap<String, usize>,
}

impl ValuesDraft {
    fn add(&mut self, term: &Term, product: u32) {
        let at = match self.known.get(&term.value) {
            Some(at) => *at,
            None => {
                self.known.insert(term.value.clone(), self.values.len());
                self.values.push((term.clone(), Vec::new()));
                self.values.len() - 1
            }
        };
        let products = &mut self.values[at].1;
        if products.last() != Some(&product) {
            products.push(product);
        }
    }
}

/// All facets of the index, and the season windows behind `in_season`.
#[derive(Clone)]
pub struct FacetTable {
    n: usize,
    values: Vec<Vec<Value>>,
    known: Vec<QuickMap<String, usize>>,
    all_year: Posting,
    windows: Vec<(Season, Posting)>,
}

/// The sets behind an answer: what matched, and what each chosen facet would count over.
pub struct Chosen<'a> {
    /// Products that hold every choice.
    pub matched: Bits,
    /// For each facet with a choice, what the other choices leave.
    without: Vec<(Facet, Bits)>,
    in_season: &'a Bits,
}

/// All facets while documents are read.
#[derive(Default)]
pub struct FacetDraft {
    values: [ValuesDraft; Facet::ALL.len()],
    all_year: Vec<u32>,
    windows: BTreeMap<(String, String), Vec<u32>>,
}

impl FacetDraft {
    /// Takes in the next document.
    pub fn read(&mut self, doc: &Doc, product: u32) {
        for (facet, draft) in Facet::ALL.into_iter().zip(&mut self.values) {
            each_value(doc, facet, |term| draft.add(term, product));
        }
        if doc.skus.iter().any(|s| s.season.is_none()) {
            self.all_year.push(product);
        }
        for season in doc.skus.iter().filter_map(|s| s.season.as_ref()) {
            let products = self.windows.entry((season.from.clone(), season.to.clone())).or_default();
            if products.last() != Some(&product) {
                products.push(product);
            }
        }
    }

    /// The facets of `n` documents.
    pub fn finish(self, n: usize) -> FacetTable {
        let values = Facet::ALL.into_iter().zip(self.values);
        let (values, known) = values.map(|(facet, draft)| finish(facet, draft, n)).unzip();
        let windows = self.windows.into_iter();
        let windows = windows.map(|((from, to), p)| (Season { from, to }, Posting::new(p, n))).collect();
        FacetTable { n, values, known, all_year: Posting::new(self.all_year, n), windows }
    }
}

impl FacetTable {
    /// Products with a SKU in season on that day.
    pub fn in_season(&self, day: Day) -> Bits {
        let mut set = Bits::none(self.n);
        self.all_year.add_to(&mut set);
        self.windows.iter().filter(|(season, _)| season.contains(day)).for_each(|(_, p)| p.add_to(&mut set));
        set
    }

    /// The same over `0..n`, with the values of further products.
    pub fn with<'a>(&self, further: impl Iterator<Item = (u32, &'a Doc)>, n: usize) -> Self {
        let mut table = Self { n, ..self.clone() };
        for (product, doc) in further {
            for (at, facet) in Facet::ALL.into_iter().enumerate() {
                each_value(doc, facet, |term| table.add(at, facet, term, product));
            }
            if doc.skus.iter().any(|s| s.season.is_none()) {
                table.all_year.push(product);
            }
            for season in doc.skus.iter().filter_map(|s| s.season.as_ref()) {
                match table.windows.iter_mut().find(|(known, _)| known == season) {
                    Some((_, products)) => products.push(product),
                    None => table.windows.push((season.clone(), Posting::new(vec![product], n))),
                }
            }
        }
        table
    }

    fn add(&mut self, at: usize, facet: Facet, term: &Term, product: u32) {
        let values = &mut self.values[at];
        let place = match self.known[at].get(&term.value) {
            Some(place) => *place,
            None => {
                let products = Posting::new(Vec::new(), self.n);
                let place = if is_sorted(facet) {
                    values.partition_point(|v| place_of(&v.term) < place_of(term))
                } else {
                    values.len()
                };
                values.insert(place, Value { term: term.clone(), products });
                self.known[at] = names(values.iter().map(|v| &v.term));
                place
            }
        };
        values[place].products.push(product);
    }

    /// Products of one value of a facet.
    pub fn products(&self, facet: Facet, value: &str) -> Option<&Posting> {
        let at = place(facet);
        self.known[at].get(value).map(|v| &self.values[at][*v].products)
    }

    /// All values of a facet, with the number of products.
    pub fn terms(&self, facet: Facet) -> impl Iterator<Item = (&Term, usize)> {
        self.values[place(facet)].iter().map(|v| (&v.term, v.products.len()))
    }

    /// Narrows `base` (what text and price leave) by the chosen values.
    pub fn choose<'a>(&self, base: Bits, req: &SearchRequest, in_season: &'a Bits) -> Chosen<'a> {
        let unions: Vec<(Facet, Bits)> = Facet::ALL
            .into_iter()
            .filter(|f| req.selected.iter().any(|(facet, _)| facet == f))
            .map(|facet| (facet, self.union(facet, req, in_season)))
            .collect();
        let without = unions
            .iter()
            .map(|(facet, _)| {
                let mut set = base.clone();
                unions.iter().filter(|(other, _)| other != facet).for_each(|(_, u)| set.and(u.words()));
                (*facet, set)
            })
            .collect();
        let mut matched = base;
        for (_, union) in &unions {
            matched.and(union.words());
        }
        Chosen { matched, without, in_season }
    }

    fn union(&self, facet: Facet, req: &SearchRequest, in_season: &Bits) -> Bits {
        let mut set = Bits::none(self.n);
        for (_, value) in req.selected.iter().filter(|(f, _)| *f == facet) {
            match (facet, value.as_str()) {
                (Facet::InSeason, "true" | "1") => set.or(in_season.words()),
                (Facet::InSeason, "false" | "0") => {
                    let mut rest = Bits::all(self.n);
                    rest.minus(in_season.words());
                    set.or(rest.words());
                }
                _ => {
                    if let Some(products) = self.products(facet, value) {
                        products.add_to(&mut set);
                    }
                }
            }
        }
        set
    }

    /// Counts every facet over what the other facets' choices leave.
    pub fn count(&self, chosen: &Chosen, req: &SearchRequest) -> Vec<FacetCounts> {
        Facet::ALL
            .into_iter()
            .map(|facet| {
                let set = chosen.without.iter().find(|(f, _)| *f == facet).map_or(&chosen.matched, |(_, set)| set);
                let is_chosen = |value: &str| req.selected.iter().any(|(f, v)| *f == facet && v == value);
                let values = if facet == Facet::InSeason {
                    season_counts(set, chosen.in_season, is_chosen)
                } else {
                    listed(&self.values[place(facet)], set, is_chosen)
                };
                FacetCounts { facet, values }
            })
            .collect()
    }

    /// Bytes held by postings.
    pub fn bytes(&self) -> usize {
        let values = self.values.iter().flatten().map(|v| v.products.bytes() + 128);
        values.chain(self.windows.iter().map(|(_, p)| p.bytes())).sum::<usize>() + self.all_year.bytes()
    }
}

fn place(facet: Facet) -> usize {
    Facet::ALL.into_iter().position(|f| f == facet).unwrap_or(0)
}

/// Values that `set` has, and the chosen ones; of very many the most frequent.
fn listed(values: &[Value], set: &Bits, is_chosen: impl Fn(&str) -> bool) -> Vec<FacetCount> {
    let counted = values.iter().map(|v| (v, v.products.count_in(set), is_chosen(&v.term.value)));
    let mut counted: Vec<_> = counted.filter(|(_, count, selected)| *count > 0 || *selected).collect();
    if counted.len() > LISTED {
        let mut counts: Vec<u64> = counted.iter().map(|(_, count, _)| *count).collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        let least = counts[LISTED - 1];
        let mut room = LISTED - counts.iter().filter(|count| **count > least).count();
        counted.retain(|(_, count, selected)| {
            let tied = *count == least && room > 0;
            room -= usize::from(tied);
            *count > least || tied || *selected
        });
    }
    let shown = counted.into_iter().map(|(v, count, selected)| FacetCount {
        value: v.term.value.clone(),
        label: v.term.zh.clone(),
        label_en: v.term.en.clone(),
        count,
        selected,
    });
    shown.collect()
}

fn season_counts(set: &Bits, in_season: &Bits, is_chosen: impl Fn(&str) -> bool) -> Vec<FacetCount> {
    let now = set.count_with(in_season.words());
    let count = |value: &str, label: &str, label_en: &str, count| FacetCount {
        value: value.into(),
        label: label.into(),
        label_en: label_en.into(),
        count,
        selected: is_chosen(value),
    };
    let mut counts = vec![
        count("true", "当季可买", "in season", now),
        count("false", "过季或预订", "out of season", set.count() - now),
    ];
    counts.retain(|v| v.count > 0 || v.selected);
    counts
}

fn each_value(doc: &Doc, facet: Facet, mut add: impl FnMut(&Term)) {
    match facet {
        Facet::County => add(&doc.county),
        Facet::Category => add(&doc.category),
        Facet::Coop => add(&doc.coop),
        Facet::Cert => doc.certs.iter().for_each(add),
        Facet::Scheme => doc.schemes.iter().for_each(add),
        Facet::Grade => doc.grade.iter().for_each(|g| add(&Term::new(g, g, g))),
        Facet::Price => add(&band(doc.from_fen(), &PRICE_ENDS, &PRICE_WORDS)),
        Facet::Weight => doc.skus.iter().for_each(|s| add(&band(s.net_g, &WEIGHT_ENDS, &WEIGHT_WORDS))),
        Facet::Diameter => doc.skus.iter().filter_map(|s| s.diameter_mm).for_each(|mm| {
            let label = format!("{mm}mm");
            add(&Term::new(mm.to_string(), label.clone(), label));
        }),
        Facet::InSeason => {}
    }
}

/// Values stand by size rather than as first met.
fn is_sorted(facet: Facet) -> bool {
    matches!(facet, Facet::County | Facet::Price | Facet::Weight | Facet::Diameter)
}

fn place_of(term: &Term) -> (i64, &Term) {
    (term.value.split('-').next().and_then(|low| low.parse().ok()).unwrap_or(i64::MAX), term)
}

fn names<'a>(terms: impl Iterator<Item = &'a Term>) -> QuickMap<String, usize> {
    terms.enumerate().map(|(at, term)| (term.value.clone(), at)).collect()
}

/// Puts the values in their steady order: numbers by size, counties by code, the rest as first met.
fn finish(facet: Facet, mut draft: ValuesDraft, n: usize) -> (Vec<Value>, QuickMap<String, usize>) {
    if is_sorted(facet) {
        draft.values.sort_by(|a, b| place_of(&a.0).cmp(&place_of(&b.0)));
    }
    let known = names(draft.values.iter().map(|(term, _)| term));
    let values =
        draft.values.into_iter().map(|(term, products)| Value { term, products: Posting::new(products, n) }).collect();
    (values, known)
}
