//! SHA-256: as lower-case hex, and as a number.

use sha2::{Digest, Sha256};

/// SHA-256 of `bytes` as 64 hex digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// The first 63 bits of SHA-256 of `bytes`: a number that follows from the content. Among ten million contents
/// two have the same with a chance of one in 180,000.
pub fn sha256_number(bytes: &[u8]) -> i64 {
    let digest = Sha256::digest(bytes);
    let first: [u8; 8] = std::array::from_fn(|place| digest[place]);
    i64::from_be_bytes(first) & i64::MAX
}

/// The same from 64 hex digits; `None` where it is none.
pub fn number_of_hex(hex: &str) -> Option<i64> {
    let bytes = hex::decode(hex).ok().filter(|bytes| bytes.len() == 32)?;
    let first: [u8; 8] = std::array::from_fn(|place| bytes[place]);
    Some(i64::from_be_bytes(first) & i64::MAX)
}
