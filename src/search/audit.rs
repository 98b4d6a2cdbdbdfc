//! What must hold of an index (I15): it has every published product as it is, and no other.

use std::collections::BTreeMap;

use super::{Docs, Index, docs::Published};
use crate::{
    catalogue,
    db::{
        Conn,
        audit::{Check, Finding},
    },
    kernel::{At, Error, Result},
};

const SAME: Check =
    Check::walk("I15", "search.index", "the index has each published product as it is now, and no other");

/// Builds an index from the rows, as a start does, and compares it with them.
pub async fn run(conn: &mut Conn, now: At) -> Result<Vec<Finding>> {
    let snapshot = match catalogue::load(conn, now).await {
        Err(Error::Fault(unreadable)) => return Ok(vec![SAME.finding(1, format!("{unreadable:#}"))]),
        read => read?,
    };
    let docs = Published(&snapshot);
    Ok(vec![check(&Index::build(&docs), &docs)])
}

/// Compares an index with what is published.
pub fn check(index: &Index, docs: &(impl Docs + ?Sized)) -> Finding {
    let mut held: BTreeMap<&str, u64> = index.digests().collect();
    let mut faults: Vec<String> = Vec::new();
    docs.each(&mut |doc| {
        if held.remove(doc.code.as_str()) != Some(doc.digest()) {
            faults.push(doc.code.clone());
        }
    });
    faults.extend(held.into_keys().map(str::to_owned));
    SAME.finding_of(&faults)
}
