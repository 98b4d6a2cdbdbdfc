//! A concept: a thing asked for, as weighted words over the parts of a product.

use super::{
    bits::Bits,
    query::Alternative,
    terms::{Held, Terms, Tier},
    thesaurus::thesaurus,
};

/// Weights of the parts in thousandths: for goods, for places, for occasions.
const GOODS: [u32; 4] = [1000, 850, 700, 250];
const PLACE: [u32; 4] = [0, 1000, 950, 0];
const OCCASION: [u32; 4] = [1000, 1000, 950, 400];
/// Share that another name of the word keeps, and a word that merely may serve.
const SAME: u32 = 960;
const NEAR: u32 = 600;
/// Share of the best found that a part must be worth: a mention in a summary is no match beside a name.
const WORTH: u32 = 650;

/// Postings with what a product earns by them, the most first.
pub struct Concept<'a> {
    parts: Vec<(u32, Held<'a>)>,
}

impl<'a> Concept<'a> {
    /// Goods by any of these words, their other names and what may serve.
    pub fn goods(terms: &'a Terms, alternatives: &[Alternative]) -> Self {
        let mut words: Vec<(String, u32)> = Vec::new();
        for a in alternatives {
            offer(&mut words, &a.text, a.weight);
            thesaurus().same(&a.text).for_each(|w| offer(&mut words, w, a.weight * SAME / 1000));
            thesaurus().near(&a.text).iter().for_each(|w| offer(&mut words, w, a.weight * NEAR / 1000));
        }
        Self::over(terms, &words, GOODS)
    }

    /// A county or paired district.
    pub fn place(terms: &'a Terms, alternatives: &[Alternative]) -> Self {
        let words: Vec<_> = alternatives.iter().map(|a| (a.text.clone(), a.weight)).collect();
        Self::over(terms, &words, PLACE)
    }

    /// An occasion by the words that mark it, the telling first.
    pub fn occasion(terms: &'a Terms, occasion: &str) -> Self {
        let marks = thesaurus().marks().iter().filter(|(name, _)| name == occasion);
        let words: Vec<_> = marks
            .flat_map(|(_, words)| {
                words.iter().zip(0..).map(|(word, at)| (word.clone(), 1000_u32.saturating_sub(at * 30)))
            })
            .collect();
        Self::over(terms, &words, OCCASION)
    }

    /// A text that no word explains, by its characters.
    pub fn raw(terms: &'a Terms, text: &str) -> Self {
        Self::over(terms, &[(text.to_owned(), 900)], GOODS)
    }

    fn over(terms: &'a Terms, words: &[(String, u32)], weights: [u32; 4]) -> Self {
        let mut parts = Vec::new();
        for (word, weight) in words {
            for (tier, share) in Tier::ALL.into_iter().zip(weights).filter(|(_, share)| *share > 0) {
                if let Some(held) = terms.products(tier, word) {
                    parts.push((weight * share / 1000, held));
                }
            }
        }
        parts.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        let least = parts.first().map_or(0, |(best, _)| best * WORTH / 1000);
        parts.retain(|(weight, _)| *weight >= least);
        Self { parts }
    }

    /// Products that have it at all.
    pub fn products(&self, n: usize) -> Bits {
        let mut set = Bits::none(n);
        self.parts.iter().for_each(|(_, held)| held.add_to(&mut set));
        set
    }

    /// Adds what each member of `set` earns, by its best part, times `share` thousandths.
    pub fn score(&self, set: &Bits, share: u32, scores: &mut [u32]) {
        if let [(weight, held)] = &self.parts[..] {
            held.each_in(set, |p| scores[p as usize] += weight * share / 1000);
            return;
        }
        let mut left = set.clone();
        for (weight, held) in &self.parts {
            let earned = weight * share / 1000;
            held.each_in(&left, |p| scores[p as usize] += earned);
            held.take_from(&mut left);
        }
    }
}

fn offer(words: &mut Vec<(String, u32)>, word: &str, weight: u32) {
    match words.iter_mut().find(|(known, _)| known == word) {
        Some((_, best)) => *best = weight.max(*best),
        None => words.push((word.to_owned(), weight)),
    }
}
