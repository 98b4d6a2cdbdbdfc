//! Seals the journal of past orders, as the sealer would have while they happened.

use std::collections::HashMap;

use super::{orders::Life, stall::Stall};
use crate::{
    counter::seal::{self, Told},
    db::Tx,
};

/// Seals what some lives posted.
pub async fn seal(tx: &mut Tx, stall: &Stall, lives: &[Life]) -> crate::kernel::Result<usize> {
    let slugs: HashMap<&str, &str> =
        stall.goods.iter().map(|g| (g.facts.coop_id.as_str(), g.facts.coop_slug.as_str())).collect();
    let codes: HashMap<&str, &str> =
        stall.goods.iter().map(|g| (g.facts.product_id.as_str(), g.product.as_str())).collect();
    let told = lives.iter().flat_map(|life| {
        let order = &life.record.order;
        life.entries.iter().map(|entry| Told {
            entry,
            number: &order.number,
            salt: &order.journal_salt,
            coop: entry.coop_id.as_ref().and_then(|id| slugs.get(id.as_str()).copied()),
            product: entry.product_id.as_ref().and_then(|id| codes.get(id.as_str()).copied()),
        })
    });
    seal::past(tx, told).await
}
