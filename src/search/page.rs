//! Orders of the list, and the page of an order without sorting what matched.

use super::bits::Bits;

/// A total order of all products: by rank, and each product's rank.
pub struct Order {
    by_rank: Vec<u32>,
    rank: Vec<u32>,
}

impl Order {
    /// Orders `0..n` by `key`, ties by product number.
    pub fn new<K: Ord>(n: usize, key: impl Fn(u32) -> K) -> Self {
        let mut by_rank: Vec<u32> = (0..n as u32).collect();
        by_rank.sort_by_cached_key(|p| (key(*p), *p));
        let mut rank = vec![0; n];
        by_rank.iter().zip(0..).for_each(|(p, at)| rank[*p as usize] = at);
        Self { by_rank, rank }
    }

    /// Rank of a product, 0 first.
    pub fn rank(&self, product: u32) -> u32 {
        self.rank[product as usize]
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.rank.len() * 8
    }

    /// Members `from..from+take` of `set` (which has `total`) in this order.
    pub fn slice(&self, set: &Bits, total: u64, from: usize, take: usize) -> Vec<u32> {
        let total = total as usize;
        let wanted = (from + take).min(total);
        if from >= wanted {
            return Vec::new();
        }
        // Walking the order meets a member every n/total steps; gathering costs the members themselves.
        if wanted * (self.rank.len() / total.max(1)) < total * 4 {
            return self.by_rank.iter().copied().filter(|p| set.has(*p)).skip(from).take(take).collect();
        }
        let mut top = Top::new(wanted);
        set.each(|p| top.offer(u64::from(self.rank(p))));
        top.sorted().into_iter().skip(from).map(|rank| self.by_rank[rank as usize]).collect()
    }

    /// The product of a rank.
    pub fn at(&self, rank: u32) -> u32 {
        self.by_rank[rank as usize]
    }
}

/// Keeps the `wanted` least keys of a stream.
pub struct Top {
    wanted: usize,
    keys: Vec<u64>,
    bound: u64,
}

impl Top {
    /// For the `wanted` least keys.
    pub fn new(wanted: usize) -> Self {
        Self { wanted: wanted.max(1), keys: Vec::new(), bound: u64::MAX }
    }

    /// Takes a key into account.
    pub fn offer(&mut self, key: u64) {
        if key >= self.bound {
            return;
        }
        self.keys.push(key);
        if self.keys.len() >= self.wanted * 2 + 64 {
            self.cut();
        }
    }

    fn cut(&mut self) {
        if self.keys.len() > self.wanted {
            let (_, bound, _) = self.keys.select_nth_unstable(self.wanted);
            self.bound = *bound;
            self.keys.truncate(self.wanted);
        }
    }

    /// The least keys, ascending.
    pub fn sorted(mut self) -> Vec<u64> {
        self.cut();
        self.keys.sort_unstable();
        self.keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_walk_and_gather_agree_with_sorting() {
        let n = 1000;
        let order = Order::new(n, |p| (p * 7919) % 1009);
        for step in [1, 3, 50, 400] {
            let mut set = Bits::none(n);
            (0..n as u32).step_by(step).for_each(|p| set.add(p));
            let mut all: Vec<u32> = (0..n as u32).step_by(step).collect();
            all.sort_by_key(|p| order.rank(*p));
            for from in [0, 5, 990] {
                let expected: Vec<u32> = all.iter().copied().skip(from).take(7).collect();
                assert_eq!(order.slice(&set, set.count(), from, 7), expected, "step {step} from {from}");
            }
        }
    }
}
