//! Money in integer 分 (I8): checked arithmetic, splits by largest remainder, no floating point.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Error, Result};

/// An amount of money in 分 (1/100 yuan).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fen(pub i64);

/// A rate in basis points: 10,000 bp = 100 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bp(pub i64);

fn overflow(what: &str) -> Error {
    Error::fault(format!("money overflow in {what}"))
}

impl Fen {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// Sum; refuses overflow.
    pub fn plus(self, other: Self) -> Result<Self> {
        self.0.checked_add(other.0).map(Self).ok_or_else(|| overflow("plus"))
    }

    /// Difference, which may be negative; refuses overflow.
    pub fn minus(self, other: Self) -> Result<Self> {
        self.0.checked_sub(other.0).map(Self).ok_or_else(|| overflow("minus"))
    }

    /// Price times quantity; refuses overflow.
    pub fn times(self, qty: i64) -> Result<Self> {
        self.0.checked_mul(qty).map(Self).ok_or_else(|| overflow("times"))
    }

    /// Sum of many amounts; refuses overflow.
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Result<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::plus)
    }

    /// ⌊amount · bp / 10,000⌋: a percent coupon (M2).
    pub fn percent(self, rate: Bp) -> Result<Self> {
        self.share_floor(rate.0, 10_000)
    }

    /// ⌊amount · part / whole⌋; `whole` must be above zero.
    pub fn share_floor(self, part: i64, whole: i64) -> Result<Self> {
        if whole <= 0 {
            return Err(Error::fault("share of nothing"));
        }
        let exact = i128::from(self.0) * i128::from(part);
        i64::try_from(exact.div_euclid(i128::from(whole))).map(Self).map_err(|_| overflow("share"))
    }

    /// Splits the amount over `weights` by largest remainder; ties go to the lower place
    /// (M1). The parts sum to the amount exactly. Where all weights are zero
    /// the first place takes all.
    ///
    /// Refuses negative amounts and weights, and an empty list for money above zero.
    pub fn allocate(self, weights: &[i64]) -> Result<Vec<Self>> {
        if self.0 < 0 || weights.iter().any(|w| *w < 0) || (weights.is_empty() && self.0 > 0) {
            return Err(Error::fault("allocation of or over negative amounts"));
        }
        let total: i128 = weights.iter().map(|w| i128::from(*w)).sum();
        if total == 0 {
            let first = |i: usize| if i == 0 { self } else { Self::ZERO };
            return Ok((0..weights.len()).map(first).collect());
        }
        let mut parts = Vec::with_capacity(weights.len());
        let mut rests: Vec<(i128, usize)> = Vec::with_capacity(weights.len());
        let mut given: i64 = 0;
        for (place, weight) in weights.iter().enumerate() {
            let exact = i128::from(self.0) * i128::from(*weight);
            let floor = i64::try_from(exact / total).map_err(|_| overflow("allocate"))?;
            given = given.checked_add(floor).ok_or_else(|| overflow("allocate"))?;
            parts.push(Self(floor));
            rests.push((exact % total, place));
        }
        rests.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let left = usize::try_from(self.0 - given).map_err(|_| overflow("allocate"))?;
        for (_, place) in rests.into_iter().take(left) {
            parts[place].0 += 1;
        }
        Ok(parts)
    }

    /// The same for people, with thousands apart: `1,234.50`, `−0.05`.
    pub fn grouped(self) -> String {
        let plain = self.yuan();
        let (sign, digits) = plain.strip_prefix('-').map_or(("", plain.as_str()), |digits| ("−", digits));
        let (whole, part) = digits.split_once('.').unwrap_or((digits, "00"));
        format!("{sign}{}.{part}", thousands(whole))
    }

    /// Yuan with two decimals and no sign for the currency: `12.30`, `-0.05`.
    pub fn yuan(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let abs = self.0.unsigned_abs();
        format!("{sign}{}.{:02}", abs / 100, abs % 100)
    }
}

/// Digits with a comma before each three from the right.
pub fn thousands(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "¥{}", self.grouped())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split(amount: i64, weights: &[i64]) -> Vec<i64> {
        Fen(amount).allocate(weights).unwrap().into_iter().map(|f| f.0).collect()
    }

    #[test]
    fn a_coupon_of_ten_yuan_over_three_equal_lines_is_334_333_333() {
        assert_eq!(split(1000, &[1000, 1000, 1000]), [334, 333, 333]);
    }

    #[test]
    fn the_mixed_box_of_v5_splits_by_list_price() {
        assert_eq!(split(17900, &[9800, 5900, 4200]), [8815, 5307, 3778]);
    }

    #[test]
    fn ties_go_to_the_lower_line_as_in_v7() {
        assert_eq!(split(10000, &[3, 3, 1]), [4286, 4286, 1428]);
        assert_eq!(split(100, &[1, 1, 1]), [34, 33, 33]);
    }

    #[test]
    fn what_weighs_nothing_gets_nothing_and_the_first_takes_all_where_all_weigh_nothing() {
        assert_eq!(split(10, &[0, 3, 1]), [0, 8, 2]);
        assert_eq!(split(10, &[0, 0]), [10, 0]);
    }

    #[test]
    fn people_read_thousands_apart() {
        for (fen, text) in [
            (0, "0.00"),
            (-5, "−0.05"),
            (99_999, "999.99"),
            (123_456_789, "1,234,567.89"),
            (-10_000_000, "−100,000.00"),
        ] {
            assert_eq!(Fen(fen).grouped(), text);
        }
    }

    #[test]
    fn overflow_and_negative_splits_are_refused() {
        assert!(Fen(i64::MAX).plus(Fen(1)).is_err());
        assert!(Fen(i64::MAX).times(2).is_err());
        assert!(Fen(-1).allocate(&[1]).is_err());
        assert!(Fen(1).allocate(&[2, -1]).is_err());
        assert!(Fen(1).allocate(&[]).is_err());
    }

    proptest! {
        #[test]
        fn parts_always_sum_to_the_whole_and_stay_within_one_fen(
            amount in 0i64..1_000_000_000,
            weights in prop::collection::vec(0i64..10_000_000, 1..20),
        ) {
            let parts = split(amount, &weights);
            prop_assert_eq!(parts.iter().sum::<i64>(), amount);
            let total: i128 = weights.iter().map(|w| i128::from(*w)).sum();
            if total > 0 {
                for (part, weight) in parts.iter().zip(&weights) {
                    let floor = i128::from(amount) * i128::from(*weight) / total;
                    prop_assert!(i128::from(*part) == floor || i128::from(*part) == floor + 1);
                }
            }
        }
    }
}
