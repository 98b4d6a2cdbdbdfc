//! The cart: a cookie of the browser, `P01-1:2:8990~P19-1:1`. SKU, units, and the price that was seen
//! when it was put in, so that a price that changed since is asked again.

use axum::http::HeaderMap;

use crate::{
    kernel::{Fen, Qty, SkuCode},
    web::{Market, auth},
};

/// Name of the cookie, which the pages' script reads too.
const COOKIE: &str = "cart";
/// Most different SKUs, as an order takes.
const MOST_LINES: usize = 50;
/// A cart that nobody touched is kept for this many seconds.
const LIFE: i64 = 30 * 24 * 3600;

/// One SKU in the cart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub sku: SkuCode,
    /// How many of it.
    pub qty: Qty,
    /// Unit price when it was put in, where it is known.
    pub seen: Option<Fen>,
}

/// The cart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Basket {
    /// Each SKU once, in the order in which they were put in.
    pub items: Vec<Item>,
}

/// Units as far as an order takes them; none where there are none.
fn units(n: i64) -> Option<Qty> {
    Qty::parse("qty", n.min(Qty::MOST)).ok()
}

impl Basket {
    /// The cart of a request; what is unreadable in it is left out.
    pub fn of(headers: &HeaderMap) -> Self {
        let mut basket = Self::default();
        for text in auth::cookie(headers, COOKIE).unwrap_or_default().replace("%3A", ":").replace("%7E", "~").split('~')
        {
            let mut parts = text.split(':');
            let sku = parts.next().and_then(|sku| SkuCode::parse("sku", sku).ok());
            let qty = parts.next().and_then(|n| n.parse().ok()).and_then(units);
            let seen = parts.next().and_then(|n| n.parse().ok()).filter(|fen| *fen > 0).map(Fen);
            if let Some((sku, qty)) = sku.zip(qty) {
                basket.add(sku, qty, seen);
            }
        }
        basket
    }

    /// Puts units in, on top of those that are there; the price last seen counts.
    pub fn add(&mut self, sku: SkuCode, qty: Qty, seen: Option<Fen>) {
        if let Some(item) = self.items.iter_mut().find(|item| item.sku == sku) {
            item.qty = units(item.qty.units() + qty.units()).unwrap_or(qty);
            item.seen = seen.or(item.seen);
        } else if self.items.len() < MOST_LINES {
            self.items.push(Item { sku, qty, seen });
        }
    }

    /// Sets the units of a SKU that is in; none takes it out.
    pub fn set(&mut self, sku: &SkuCode, qty: Option<Qty>) {
        match qty {
            Some(qty) => self.items.iter_mut().filter(|item| item.sku == *sku).for_each(|item| item.qty = qty),
            None => self.items.retain(|item| item.sku != *sku),
        }
    }

    /// `Set-Cookie` that keeps it in the browser; the script reads it, so it is not `HttpOnly`.
    pub fn cookie(&self, market: &Market) -> String {
        let items = self.items.iter().map(|item| {
            let seen = item.seen.map(|fen| format!(":{}", fen.0)).unwrap_or_default();
            format!("{}:{}{seen}", item.sku, item.qty)
        });
        let value = items.collect::<Vec<_>>().join("~");
        let age = if self.items.is_empty() { 0 } else { LIFE };
        auth::open_cookie(market, COOKIE, (&value, age))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderValue, header};

    use super::*;

    fn of(cookie: &str) -> Vec<String> {
        let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(cookie).unwrap())]);
        Basket::of(&headers)
            .items
            .into_iter()
            .map(|i| format!("{} {} {:?}", i.sku, i.qty, i.seen.map(|fen| fen.0)))
            .collect()
    }

    #[test]
    fn carts_are_read_leniently_and_never_beyond_what_an_order_takes() {
        let item = |sku: &str, qty: i64, seen: Option<i64>| format!("{sku} {qty} {seen:?}");
        assert_eq!(of("a=1; cart=P01-1:2:8990~P19-1:1"), [item("P01-1", 2, Some(8990)), item("P19-1", 1, None)]);
        assert_eq!(of("cart=P01-1:2~P01-1:3"), [item("P01-1", 5, None)]);
        assert_eq!(of("cart=P01-1:99999999"), [item("P01-1", 999, None)]);
        for broken in
            ["", "cart=", "cart=~", "cart=P01-1", "cart=P01-1:0", "cart=P01-1:-3", "cart=<b>:1", "cart=P01-1:x:9"]
        {
            assert!(of(broken).is_empty(), "{broken}");
        }
        let many: Vec<String> = (0..80).map(|n| format!("S{n}:1")).collect();
        assert_eq!(of(&format!("cart={}", many.join("~"))).len(), 50);
    }
}
