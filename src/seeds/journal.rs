//! Seals the journal of past orders, as the sealer would have while they happened.

use super::orders::Life;
use crate::{counter::seal, db::Tx};

/// Seals what some lives posted; their orders are there.
pub async fn seal(tx: &mut Tx, lives: &[Life]) -> crate::kernel::Result<usize> {
    let rows = lives.iter().flat_map(|life| life.entries.iter().filter(|entry| entry.kind.counts()).cloned());
    seal::past(tx, rows.collect()).await
}
