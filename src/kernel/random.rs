//! Randomness that is passed in: the system's for the market, seeded for generators and tests.

use super::{At, Error, Result, hash};

/// Alphabet of order numbers and codes: no 0/O, 1/I/L, so that they can be read out on the phone.
const CODE_ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";

/// A source of ids, tokens and numbers.
#[derive(Clone, Debug)]
pub enum Random {
    /// The operating system's generator.
    System,
    /// SplitMix64 from a seed: the same numbers on every run. Never for secrets of a real market.
    Seeded(u64),
}

impl Random {
    /// Random of their own for the `n`th thing of a seed. The numbers of neighbours have nothing to do with
    /// each other, which those of neighbouring seeds would.
    pub fn nth(seed: u64, n: u64) -> Self {
        let mixed = Self::Seeded(seed).seeded_next() ^ n;
        Self::Seeded(Self::Seeded(mixed).seeded_next())
    }

    /// Fills 16 random bytes.
    fn bytes(&mut self) -> Result<[u8; 16]> {
        let mut bytes = [0; 16];
        match self {
            Self::System => getrandom::fill(&mut bytes).map_err(|e| Error::fault(format!("no randomness: {e}")))?,
            Self::Seeded(_) => {
                bytes[..8].copy_from_slice(&self.seeded_next().to_le_bytes());
                bytes[8..].copy_from_slice(&self.seeded_next().to_le_bytes());
            }
        }
        Ok(bytes)
    }

    fn seeded_next(&mut self) -> u64 {
        let Self::Seeded(state) = self else { return 0 };
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A uniform number below `n` (0 where `n` is 0).
    pub fn below(&mut self, n: u64) -> Result<u64> {
        let bytes = self.bytes()?;
        let mut eight = [0; 8];
        eight.copy_from_slice(&bytes[..8]);
        Ok(if n == 0 { 0 } else { u64::from_le_bytes(eight) % n })
    }

    /// A time-ordered id (UUID version 7, RFC 9562) for an entity made at `at`, in 26 digits to the base of 32.
    pub fn id(&mut self, at: At) -> Result<String> {
        let bytes = self.bytes()?;
        let millis = u64::try_from(at.0 / 1000).unwrap_or(0);
        let mut ten = [0; 10];
        ten.copy_from_slice(&bytes[..10]);
        Ok(digits(uuid::Builder::from_unix_timestamp_millis(millis, &ten).into_uuid().as_u128()))
    }

    /// What no id made at an instant or later is below.
    pub fn least_id(at: At) -> String {
        digits(u128::try_from(at.0 / 1000).unwrap_or(0) << 80)
    }

    /// A secret of 256 bits as hex: session and order tokens.
    pub fn token(&mut self) -> Result<String> {
        Ok(format!("{}{}", hex::encode(self.bytes()?), hex::encode(self.bytes()?)))
    }

    /// 128 random bits as hex: the salt of an order's journal references.
    pub fn salt(&mut self) -> Result<String> {
        Ok(hex::encode(self.bytes()?))
    }

    /// `n` characters that can be read out.
    pub fn code(&mut self, n: usize) -> Result<String> {
        let mut text = String::with_capacity(n);
        for _ in 0..n {
            let place = usize::try_from(self.below(CODE_ALPHABET.len() as u64)?).unwrap_or(0);
            text.push(char::from(CODE_ALPHABET[place]));
        }
        Ok(text)
    }

    /// An order number: `YX`, the day as `yymmdd`, eight characters (1.1·10¹² a day).
    pub fn order_number(&mut self, at: At) -> Result<String> {
        let day = at.day().to_string().replace('-', "");
        Ok(format!("YX{}{}", &day[2..], self.code(8)?))
    }

    /// The hash under which a token is stored.
    pub fn hash_of(token: &str) -> String {
        hash::sha256_hex(token.as_bytes())
    }
}

/// 128 bits in digits that sort as the number does in every collation, ten characters shorter than with hyphens.
fn digits(number: u128) -> String {
    const DIGITS: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";
    (0..26).rev().map(|place| char::from(DIGITS[(number >> (place * 5)) as usize & 31])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeded_dice_repeat_and_ids_are_ordered_by_time() {
        let (mut a, mut b) = (Random::Seeded(7), Random::Seeded(7));
        let first = a.id(At(1_000_000)).unwrap();
        assert_eq!(first, b.id(At(1_000_000)).unwrap());
        assert!(first < a.id(At(1_000_000_000_000)).unwrap());
        assert!(Random::least_id(At(1_000_000)) <= first && first < Random::least_id(At(1_001_000)));
        assert_eq!((first.len(), first.bytes().all(|b| b.is_ascii_alphanumeric())), (26, true));
        let drawn: std::collections::BTreeSet<u64> = (0..40)
            .flat_map(|n| {
                let mut random = Random::nth(7, n);
                (0..40).map(|_| random.below(u64::MAX).unwrap()).collect::<Vec<_>>()
            })
            .collect();
        assert_eq!(drawn.len(), 1600, "neighbours share no numbers");
        assert_eq!(Random::System.order_number(At(0)).unwrap().len(), 16);
    }
}
