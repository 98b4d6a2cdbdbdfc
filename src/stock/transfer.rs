//! Transfers (调拨): units that move from one location to another.

use super::movement::{self, Movement, MovementKind};
use crate::{
    db::Tx,
    kernel::{Result, SkuId, Step, parse},
};

/// Units on their way between two locations.
#[derive(Clone, Debug)]
pub struct Transfer {
    pub sku_id: SkuId,
    pub from: String,
    pub to: String,
    /// Units, above 0.
    pub qty: i64,
    /// The fact it belongs to; unique.
    pub reference: String,
    /// Words of the person.
    pub reason: String,
}

/// Moves units by a pair of movements, out there and in here; refuses more than is free where they lie.
pub async fn transfer(tx: &mut Tx, asked: &Transfer, step: &mut Step) -> Result<()> {
    let qty = parse::within("qty", asked.qty, 1, i64::MAX)?;
    // In key order, so that two transfers between the same locations never wait for each other.
    let mut pair = [(&asked.from, -qty), (&asked.to, qty)];
    pair.sort();
    for (location, delta) in pair {
        let moved = Movement {
            sku_id: asked.sku_id.clone(),
            location: location.clone(),
            delta,
            kind: MovementKind::Transfer,
            reference: asked.reference.clone(),
            reason: asked.reason.clone(),
            batch_id: None,
        };
        movement::apply(tx, moved, step).await?;
    }
    Ok(())
}
