//! SHA-256 as lower-case hex.

use sha2::{Digest, Sha256};

/// SHA-256 of `bytes` as 64 hex digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
