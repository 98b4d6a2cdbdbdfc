//! Postings: which products carry a term, as a list where few, as bits where many.

use std::borrow::Cow;

use super::bits::Bits;

/// The products of one term.
#[derive(Clone, Debug)]
pub enum Posting {
    /// Ascending.
    Few(Box<[u32]>),
    /// All of them as bits, with their number.
    Many(Box<[u64]>, u32),
}

impl Posting {
    /// From ascending product numbers out of `0..n`; the smaller form is kept.
    pub fn new(products: Vec<u32>, n: usize) -> Self {
        if products.len() * 32 <= n {
            return Self::Few(products.into_boxed_slice());
        }
        let mut bits = Bits::none(n);
        for product in &products {
            bits.add(*product);
        }
        Self::Many(bits.words().into(), products.len() as u32)
    }

    /// Adds a product that comes after all that carry the term so far.
    pub fn push(&mut self, product: u32) {
        if self.has(product) {
            return;
        }
        *self = self.with(&[product]);
    }

    /// The same with further products, each after all that carry the term so far.
    pub fn with(&self, further: &[u32]) -> Self {
        match self {
            Self::Few(list) => Self::Few(list.iter().chain(further).copied().collect()),
            Self::Many(words, count) => {
                let last = further.last().map_or(0, |p| *p as usize + 1);
                let mut bits = Bits::none(last.max(words.len() * 64));
                bits.or(words);
                for p in further {
                    bits.add(*p);
                }
                Self::Many(bits.words().into(), count + further.len() as u32)
            }
        }
    }

    /// Number of products.
    pub fn len(&self) -> usize {
        match self {
            Self::Few(list) => list.len(),
            Self::Many(_, count) => *count as usize,
        }
    }

    /// It is kept as bits.
    pub fn is_bits(&self) -> bool {
        matches!(self, Self::Many(..))
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Few(list) => list.len() * 4,
            Self::Many(words, _) => words.len() * 8,
        }
    }

    /// Whether the product carries the term.
    pub fn has(&self, product: u32) -> bool {
        match self {
            Self::Few(list) => list.binary_search(&product).is_ok(),
            Self::Many(words, _) => words.get(product as usize / 64).is_some_and(|w| w >> (product % 64) & 1 == 1),
        }
    }

    /// How many members of `set` carry the term.
    pub fn count_in(&self, set: &Bits) -> u64 {
        match self {
            Self::Few(list) => list.iter().filter(|p| set.has(**p)).count() as u64,
            Self::Many(words, _) => set.count_with(words),
        }
    }

    /// Adds its products to `set`.
    pub fn add_to(&self, set: &mut Bits) {
        match self {
            Self::Few(list) => list.iter().for_each(|p| set.add(*p)),
            Self::Many(words, _) => set.or(words),
        }
    }

    /// Takes its products out of `set`.
    pub fn take_from(&self, set: &mut Bits) {
        match self {
            Self::Few(list) => list.iter().for_each(|p| set.remove(*p)),
            Self::Many(words, _) => set.minus(words),
        }
    }

    /// What this and all `others` share.
    pub fn and_all(&self, others: &[Cow<Self>], n: usize) -> Self {
        match self {
            Self::Few(list) => Self::Few(list.iter().copied().filter(|p| others.iter().all(|o| o.has(*p))).collect()),
            Self::Many(words, _) => {
                let mut both = Bits::all(n);
                both.and(words);
                for other in others {
                    if let Self::Many(words, _) = &**other {
                        both.and(words);
                    }
                }
                let count = both.count() as u32;
                Self::Many(both.words().into(), count)
            }
        }
    }

    /// Calls `visit` for every product that is in `set` too.
    pub fn each_in(&self, set: &Bits, mut visit: impl FnMut(u32)) {
        match self {
            Self::Few(list) => list.iter().filter(|p| set.has(**p)).for_each(|p| visit(*p)),
            Self::Many(words, _) => {
                for (at, (a, b)) in words.iter().zip(set.words()).enumerate() {
                    let mut word = a & b;
                    while word != 0 {
                        visit((at * 64) as u32 + word.trailing_zeros());
                        word &= word - 1;
                    }
                }
            }
        }
    }
}
