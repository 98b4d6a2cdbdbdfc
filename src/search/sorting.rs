//! The orders of the list that only an edit changes: by price and by age.

use super::{Doc, page::Order};

/// Prices, ages and the orders by them.
pub struct SortedLists {
    /// Least price of each product.
    pub from_fen: Vec<i64>,
    /// Cheapest first.
    pub price: Order,
    /// Dearest first.
    pub price_down: Order,
    /// Last published first.
    pub newest: Order,
    created: Vec<i64>,
}

/// Prices and ages while documents are read.
#[derive(Default)]
pub struct SortedListsDraft {
    from_fen: Vec<i64>,
    created: Vec<i64>,
}

impl SortedListsDraft {
    /// Takes in the next document.
    pub fn read(&mut self, doc: &Doc) {
        self.from_fen.push(doc.from_fen());
        self.created.push(doc.created_at.0);
    }

    /// Sorts all that was read.
    pub fn finish(self) -> SortedLists {
        let Self { from_fen, created } = self;
        let n = from_fen.len();
        let price = Order::new(n, |p| from_fen[p as usize]);
        let price_down = Order::new(n, |p| -from_fen[p as usize]);
        let newest = Order::new(n, |p| -created[p as usize]);
        SortedLists { from_fen, price, price_down, newest, created }
    }
}

impl SortedLists {
    /// The same with further products after the last.
    pub fn with<'a>(&self, further: impl Iterator<Item = (u32, &'a Doc)>) -> Self {
        let (mut from_fen, mut created, mut moved) = (self.from_fen.clone(), self.created.clone(), Vec::new());
        for (p, doc) in further {
            from_fen.push(doc.from_fen());
            created.push(doc.created_at.0);
            moved.push(p);
        }
        let price = self.price.moved(&moved, |p| from_fen[p as usize]);
        let price_down = self.price_down.moved(&moved, |p| -from_fen[p as usize]);
        let newest = self.newest.moved(&moved, |p| -created[p as usize]);
        Self { from_fen, price, price_down, newest, created }
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.from_fen.len() * 16 + [&self.price, &self.price_down, &self.newest].map(Order::bytes).iter().sum::<usize>()
    }
}
