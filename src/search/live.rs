//! What selling changes: stock and sales, in columns of their own so that a sale costs no rebuild.

use std::sync::Arc;

use super::{Doc, bits::Bits, page::Order};

/// Stock and sales of all products.
#[derive(Clone)]
pub struct Live {
    stock: Arc<Vec<u64>>,
    stocked: Arc<Bits>,
    sales: Arc<Vec<i64>>,
    order: Arc<Order>,
}

/// Stock and sales while documents are read.
#[derive(Default)]
pub struct LiveDraft {
    stock: Vec<u64>,
    sales: Vec<i64>,
}

impl LiveDraft {
    /// Takes in the next document.
    pub fn read(&mut self, doc: &Doc) {
        self.stock.push(doc.stock_mask());
        self.sales.push(doc.sales);
    }

    /// The columns of all that was read.
    pub fn finish(self) -> Live {
        let Self { stock, sales } = self;
        let mut stocked = Bits::none(stock.len());
        (0..).zip(&stock).filter(|(_, mask)| **mask != 0).for_each(|(p, _)| stocked.add(p));
        let order = Order::new(sales.len(), |p| -sales[p as usize]);
        Live { stock: Arc::new(stock), stocked: Arc::new(stocked), sales: Arc::new(sales), order: Arc::new(order) }
    }
}

impl Live {
    /// The same over `0..n` with these products as they are now, further ones in ascending order.
    pub fn with<'a>(&self, changed: impl Iterator<Item = (u32, &'a Doc)>, n: usize) -> Self {
        let mut live = self.clone();
        let mut moved = Vec::new();
        for (p, doc) in changed {
            let (at, mask) = (p as usize, doc.stock_mask());
            if live.stock.get(at) != Some(&mask) {
                set(Arc::make_mut(&mut live.stock), at, mask);
                let stocked = Arc::make_mut(&mut live.stocked);
                *stocked = std::mem::replace(stocked, Bits::none(0)).grown(n);
                if mask == 0 { stocked.remove(p) } else { stocked.add(p) }
            }
            if live.sales.get(at) != Some(&doc.sales) {
                set(Arc::make_mut(&mut live.sales), at, doc.sales);
                moved.push(p);
            }
        }
        if !moved.is_empty() {
            live.order = Arc::new(live.order.moved(&moved, |p| -live.sales[p as usize]));
        }
        live
    }

    /// Stock of each SKU, and units sold.
    pub fn of(&self, p: u32) -> (u64, i64) {
        (self.stock[p as usize], self.sales[p as usize])
    }

    /// Products of which something is left.
    pub fn stocked(&self) -> &Bits {
        &self.stocked
    }

    /// Most sold first.
    pub fn order(&self) -> &Order {
        &self.order
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.stock.len() * 16 + self.stocked.words().len() * 8 + self.order.bytes()
    }
}

fn set<T: Copy>(column: &mut Vec<T>, at: usize, value: T) {
    if at < column.len() {
        column[at] = value;
    } else {
        column.push(value);
    }
}
