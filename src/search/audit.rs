//! What must hold of an index (I15): it has every published product as it is, and no other.

use std::collections::BTreeMap;

use super::{Doc, Index};
use crate::db::audit::{Check, Finding};

const SAME: Check =
    Check::walk("I15", "search.index", "the index has each published product as it is now, and no other");

/// Compares an index with what is published.
pub fn check(index: &Index, docs: &[Doc]) -> Finding {
    let mut held: BTreeMap<&str, u64> = index.digests().collect();
    let mut faults: Vec<String> = docs
        .iter()
        .filter(|doc| held.remove(doc.code.as_str()) != Some(doc.digest()))
        .map(|d| d.code.clone())
        .collect();
    faults.extend(held.into_keys().map(str::to_owned));
    SAME.finding_of(&faults)
}
