//! Weight in integer grams.

use serde::{Deserialize, Serialize};

use super::{Error, Fen, Result};

/// A weight in grams.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Grams(pub i64);

impl Grams {
    /// Sum; refuses overflow.
    pub fn plus(self, other: Self) -> Result<Self> {
        self.0.checked_add(other.0).map(Self).ok_or_else(|| Error::fault("weight overflow"))
    }

    /// Weight of `qty` pieces; refuses overflow.
    pub fn times(self, qty: i64) -> Result<Self> {
        self.0.checked_mul(qty).map(Self).ok_or_else(|| Error::fault("weight overflow"))
    }

    /// Price of 500 g (斤) of goods that cost `price` for this net weight, rounded to the nearest 分.
    pub fn price_per_500g(self, price: Fen) -> Fen {
        let grams = i128::from(self.0.max(1));
        let exact = (i128::from(price.0) * 1000 + grams) / (2 * grams);
        Fen(i64::try_from(exact).unwrap_or(i64::MAX))
    }

    /// As people type it, in kg: `0.5`, `2.5`, `10`.
    pub fn kilograms(self) -> String {
        let text = format!("{}.{:03}", self.0 / 1000, self.0 % 1000);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }

    /// For people: `500g`, `2.5kg`, `10kg`.
    pub fn label(self) -> String {
        match self.0 {
            g if g < 1000 => format!("{g}g"),
            g if g % 1000 == 0 => format!("{}kg", g / 1000),
            g if g % 100 == 0 => format!("{}.{}kg", g / 1000, g % 1000 / 100),
            g => format!("{}.{:03}kg", g / 1000, g % 1000),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unit_price_is_rounded_to_the_nearest_fen() {
        assert_eq!(Grams(5000).price_per_500g(Fen(8990)), Fen(899));
        assert_eq!(Grams(3500).price_per_500g(Fen(9800)), Fen(1400));
        assert_eq!(Grams(300).price_per_500g(Fen(100)), Fen(167));
    }

    #[test]
    fn labels_read_as_on_a_box() {
        let labels: Vec<_> = [250, 2500, 5000, 1225].map(|g| Grams(g).label()).into();
        assert_eq!(labels, ["250g", "2.5kg", "5kg", "1.225kg"]);
        assert_eq!([250, 2500, 10_000, 1225].map(|g| Grams(g).kilograms()), ["0.25", "2.5", "10", "1.225"]);
    }
}
