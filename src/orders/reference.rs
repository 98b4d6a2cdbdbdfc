//! References of an order and its lines in the public journal: hashes that only who knows the salt can make.

use sha2::{Digest, Sha256};

use crate::kernel::{Error, Result, hash::number_of_hex};

/// SHA-256 over the order's salt and what is named: the number for the order, `number/line` for a line.
pub fn journal_ref(salt_hex: &str, name: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(hex::decode(salt_hex).unwrap_or_default());
    hash.update(name.as_bytes());
    hex::encode(hash.finalize())
}

/// The number under which the order of a reference is found.
pub fn journal_key(reference: &str) -> Result<i64> {
    number_of_hex(reference).ok_or_else(|| Error::fault("a reference of the journal has 64 hex digits"))
}
