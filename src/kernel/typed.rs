//! Values that people type, each with the one rule that holds for form and API alike.
//!
//! A value of these types was parsed; nothing behind the edge asks again whether it is one.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Code, Refusal, Result, parse};

/// Units of one SKU in a cart, quote or order line: 1 to 999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Qty(i64);

impl Qty {
    /// The most units of one SKU.
    pub const MOST: i64 = 999;

    /// Refuses less than one and more than [`Self::MOST`].
    pub fn parse(field: &str, units: i64) -> Result<Self, Refusal> {
        parse::within(field, units, 1, Self::MOST).map(Self)
    }

    /// The units.
    pub fn units(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Qty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = |$field:ident, $raw:ident| $parse:expr;)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// What was typed, as it is kept; refuses what is none, naming the field.
            pub fn parse($field: &str, $raw: &str) -> Result<Self, Refusal> {
                $parse.map(Self)
            }

            /// What the database holds, which was parsed before it came there.
            pub fn stored(text: String) -> Self {
                Self(text)
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )* };
}

texts! {
    /// Code of a SKU (规格编码) as it stands on the shelf: `P01-1`; upper case, 1 to 40 letters, digits, dashes.
    SkuCode = |field, raw| sku_code(field, raw);
    /// A phone number: 11 digits from 1, or a landline with its area code; digits alone.
    Phone = |field, raw| parse::phone(field, raw);
    /// Code of a region (GB/T 2260 and the statistical divisions below it): 4 to 12 digits.
    RegionCode = |field, raw| region_code(field, raw);
    /// A taxpayer's number (税号): 15 to 20 letters or digits, upper case.
    TaxNo = |field, raw| tax_no(field, raw);
    /// A unified social credit code (统一社会信用代码, GB 32100).
    CreditCode = |field, raw| parse::credit_code(field, raw);
}

/// Longest code of a SKU.
const LONGEST_SKU: usize = 40;

fn sku_code(field: &str, raw: &str) -> Result<String, Refusal> {
    let code = raw.trim().to_ascii_uppercase();
    if code.chars().count() > LONGEST_SKU {
        return Err(Refusal::of_field(field, Code::TooLong).with("max", LONGEST_SKU));
    }
    let good = !code.is_empty() && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if good { Ok(code) } else { Err(Refusal::of_field(field, Code::UnknownSku).with("sku", raw)) }
}

fn region_code(field: &str, raw: &str) -> Result<String, Refusal> {
    let code = raw.trim();
    let good = (4..=12).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit());
    if good { Ok(code.to_owned()) } else { Err(Refusal::of_field(field, Code::UnknownRegion)) }
}

fn tax_no(field: &str, raw: &str) -> Result<String, Refusal> {
    let number = raw.trim().to_ascii_uppercase();
    let good = (15..=20).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_alphanumeric());
    let refusal = || Refusal::of_field(field, Code::Malformed).with("example", "91320200MA00000000");
    if good { Ok(number) } else { Err(refusal()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_stay_between_one_and_the_most() {
        assert_eq!([1, 999].map(|n| Qty::parse("qty", n).unwrap().units()), [1, 999]);
        for n in [i64::MIN, -1, 0, 1000, i64::MAX] {
            assert_eq!(Qty::parse("items[0].qty", n).unwrap_err().fields[0].code, Code::OutOfRange);
        }
    }

    #[test]
    fn what_is_typed_is_kept_in_one_form() {
        assert_eq!(SkuCode::parse("sku", " p01-1 ").unwrap().as_str(), "P01-1");
        assert_eq!(Phone::parse("phone", "+86 138-0013-8000").unwrap().as_str(), "13800138000");
        assert_eq!(TaxNo::parse("tax_no", "91320200ma00000000").unwrap().as_str(), "91320200MA00000000");
        assert!(RegionCode::parse("region_code", "320").is_err() && RegionCode::parse("region_code", "320213").is_ok());
        assert!(TaxNo::parse("tax_no", "1234").is_err() && SkuCode::parse("sku", "P01 1").is_err());
        assert_eq!(SkuCode::parse("sku", &"p".repeat(41)).unwrap_err().fields[0].code, Code::TooLong);
    }
}
