//! Sets of products as bits, one per product in index order.

/// A set over `0..n`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bits {
    words: Vec<u64>,
}

impl Bits {
    /// The empty set over `0..n`.
    pub fn none(n: usize) -> Self {
        Self { words: vec![0; n.div_ceil(64)] }
    }

    /// The whole of `0..n`.
    pub fn all(n: usize) -> Self {
        let mut words = vec![u64::MAX; n.div_ceil(64)];
        if let (Some(last), tail @ 1..) = (words.last_mut(), n % 64) {
            *last = (1 << tail) - 1;
        }
        Self { words }
    }

    /// The words, lowest product first.
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// Whether `i` is in.
    pub fn has(&self, i: u32) -> bool {
        let i = i as usize;
        self.words.get(i / 64).is_some_and(|w| w >> (i % 64) & 1 == 1)
    }

    /// Adds `i`.
    pub fn add(&mut self, i: u32) {
        let i = i as usize;
        if let Some(word) = self.words.get_mut(i / 64) {
            *word |= 1 << (i % 64);
        }
    }

    /// Takes `i` out.
    pub fn remove(&mut self, i: u32) {
        let i = i as usize;
        if let Some(word) = self.words.get_mut(i / 64) {
            *word &= !(1 << (i % 64));
        }
    }

    /// Keeps what is in `other` too; a shorter `other` has nothing beyond its end.
    pub fn and(&mut self, other: &[u64]) {
        self.words.iter_mut().zip(other).for_each(|(a, b)| *a &= b);
        self.words.iter_mut().skip(other.len()).for_each(|a| *a = 0);
    }

    /// The same set over more products.
    #[must_use]
    pub fn grown(mut self, n: usize) -> Self {
        self.words.resize(n.div_ceil(64).max(self.words.len()), 0);
        self
    }

    /// Adds what is in `other`.
    pub fn or(&mut self, other: &[u64]) {
        self.words.iter_mut().zip(other).for_each(|(a, b)| *a |= b);
    }

    /// Drops what is in `other`.
    pub fn minus(&mut self, other: &[u64]) {
        self.words.iter_mut().zip(other).for_each(|(a, b)| *a &= !b);
    }

    /// Number of members.
    pub fn count(&self) -> u64 {
        self.words.iter().map(|w| u64::from(w.count_ones())).sum()
    }

    /// Nothing is in.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|w| *w == 0)
    }

    /// Number of members shared with `other`.
    pub fn count_with(&self, other: &[u64]) -> u64 {
        self.words.iter().zip(other).map(|(a, b)| u64::from((a & b).count_ones())).sum()
    }

    /// Calls `visit` for every member, in order.
    pub fn each(&self, mut visit: impl FnMut(u32)) {
        for (at, word) in self.words.iter().enumerate() {
            let mut word = *word;
            while word != 0 {
                visit((at * 64) as u32 + word.trailing_zeros());
                word &= word - 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_count_their_members() {
        let mut odd = Bits::none(131);
        (0..131).filter(|i| i % 2 == 1).for_each(|i| odd.add(i));
        let all = Bits::all(131);
        assert_eq!((all.count(), odd.count()), (131, 65));
        assert_eq!(all.count_with(odd.words()), 65);
        let mut even = all.clone();
        even.minus(odd.words());
        let mut seen = Vec::new();
        even.each(|i| seen.push(i));
        assert_eq!(seen, (0..131).step_by(2).collect::<Vec<u32>>());
        assert!(!Bits::all(0).has(0));
    }
}
