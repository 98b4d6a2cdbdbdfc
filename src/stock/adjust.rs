//! A cooperative counts its goods (改库存): units come in, go out or spoil, with a reason.

use serde::{Deserialize, Serialize};

use super::{
    level::ONLINE,
    movement::{self, Movement, MovementKind},
};
use crate::{
    catalogue::own,
    db::{Conn, Work, audit_log, once, q, row, statements},
    kernel::{CoopId, Result, SkuId, parse},
};

statements! {
    LEVEL = "SELECT on_hand, held FROM stock_levels WHERE sku_id = $1 AND location = $2";
}

/// Most units that one change brings or takes.
const MOST: i64 = 1_000_000;

row! {
    /// What is on hand for online orders.
    #[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
    pub struct Level {
        /// Units.
        pub on_hand: i64,
        /// Of them held by unpaid orders.
        pub held: i64,
    }
}

/// A change as its cooperative asks for it.
#[derive(Clone, Debug)]
pub struct Change {
    pub sku: SkuId,
    /// Units, negative for out.
    pub delta: i64,
    /// Why.
    pub reason: String,
}

/// What is on hand of a SKU for online orders.
pub async fn level(conn: &mut Conn, sku: &SkuId) -> Result<Level> {
    let level: Option<Level> = q(LEVEL).bind(sku).bind(ONLINE).opt(conn).await?;
    Ok(level.unwrap_or_default())
}

/// Changes what is on hand of a cooperative's own SKU, once for a key, and answers what is there now. Refuses
/// another cooperative's SKU as not found, a change of nothing, one without reason, and less than orders hold.
pub async fn adjust(work: &Work, coop: &CoopId, change: &Change) -> Result<Level> {
    let delta = parse::within("delta", change.delta, -MOST, MOST)?;
    let delta = if delta == 0 { parse::within("delta", 0, 1, MOST)? } else { delta };
    let reason = parse::text("reason", &change.reason, 200)?;
    once!(work, tx, step, {
        let sku = own::own_sku(&mut tx, &change.sku, coop).await?;
        let moved = Movement {
            sku_id: sku.id.clone(),
            location: ONLINE.to_owned(),
            delta,
            kind: MovementKind::Adjustment,
            reference: step.random.id(step.at)?,
            reason: reason.clone(),
            batch_id: None,
        };
        movement::apply(&mut tx, moved, &mut step).await?;
        audit_log::by(&mut tx, &step, "stock.adjust", &sku.code, &format!("{delta:+} {reason}")).await?;
        level(&mut tx, &sku.id).await
    })
}
