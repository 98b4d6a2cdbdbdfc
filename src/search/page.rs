//! Orders of the list, and the page of an order without sorting what matched.

use super::bits::Bits;

/// A total order of all products: by rank, and each product's rank.
#[derive(Clone)]
pub struct Order {
    by_rank: Vec<u32>,
    rank: Vec<u32>,
}

impl Order {
    /// Orders `0..n` by `key`, ties by product number.
    pub fn new<K: Ord>(n: usize, key: impl Fn(u32) -> K) -> Self {
        let mut by_rank: Vec<u32> = (0..n as u32).collect();
        by_rank.sort_by_cached_key(|p| (key(*p), *p));
        Self::of(by_rank)
    }

    fn of(by_rank: Vec<u32>) -> Self {
        let mut rank = vec![0; by_rank.len()];
        by_rank.iter().zip(0..).for_each(|(p, at)| rank[*p as usize] = at);
        Self { by_rank, rank }
    }

    /// The same order after `moved` products (some may be new) got other keys; the rest stay in their order.
    pub fn moved<K: Ord>(&self, moved: &[u32], key: impl Fn(u32) -> K) -> Self {
        let mut moved: Vec<u32> = moved.to_vec();
        moved.sort_unstable();
        moved.dedup();
        let stays = |p: &&u32| moved.binary_search(p).is_err();
        let mut rest = self.by_rank.iter().filter(stays).copied().peekable();
        let mut sorted = moved.clone();
        sorted.sort_by_cached_key(|p| (key(*p), *p));
        let mut by_rank = Vec::with_capacity(self.by_rank.len() + sorted.len());
        for p in sorted {
            let place = (key(p), p);
            while let Some(before) = rest.next_if(|other| (key(*other), *other) < place) {
                by_rank.push(before);
            }
            by_rank.push(p);
        }
        by_rank.extend(rest);
        Self::of(by_rank)
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
    fn moving_a_few_gives_the_order_of_all() {
        let key = |p: u32| (p * 7919) % 101;
        let later = |p: u32| if p % 10 == 3 { 50 } else { key(p) };
        let moved: Vec<u32> = (0..120).filter(|p| p % 10 == 3 || *p >= 100).collect();
        let order = Order::new(100, key).moved(&moved, later);
        assert_eq!(order.by_rank, Order::new(120, later).by_rank);
        assert!((0..120).all(|p| order.at(order.rank(p)) == p));
    }

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
