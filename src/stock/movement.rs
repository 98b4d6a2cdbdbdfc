//! Movements (出入库): each change of what is on hand, never changed itself.

use super::level::{Demand, ONLINE, StockLevel};
use crate::{
    db::{self, Rows, Tx, q, statements, table},
    kernel::{At, BatchId, Code, OrderId, PersonId, RefundId, Refusal, Result, SkuId, Step, closed_set},
};

statements! {
    ADJUST = "UPDATE stock_levels SET on_hand = on_hand + $1, changed_at = $2
              WHERE sku_id = $3 AND location = $4 AND ($5 OR on_hand + $1 >= held)";
    RESTOCK = "UPDATE stock_levels SET on_hand = on_hand + $1, changed_at = $2
               WHERE sku_id = $3 AND location = $4";
    HELD = "SELECT held FROM stock_levels WHERE sku_id = $1 AND location = $2";
}

closed_set! {
    /// Why stock moved.
    pub enum MovementKind {
        /// Came in from harvest or purchase.
        Receipt = "receipt",
        /// Sold.
        Sale = "sale",
        /// Came back into stock from a refund of unshipped goods.
        Return = "return",
        /// Counted and corrected.
        Adjustment = "adjustment",
        /// Moved between locations: a pair, out here and in there.
        Transfer = "transfer",
        /// Sold over a counter: it happened, whatever the level says. Below zero it is a shortage to be explained.
        CounterSale = "counter_sale",
        /// Spoiled (报损).
        Spoilage = "spoilage",
    }
}

table! {
    /// A movement as it was recorded; a fact moves a SKU at a place once.
    #[derive(Clone, Debug)]
    pub struct MovementRow in "stock_movements" {
        pub sku_id: SkuId,
        pub location: String,
        pub delta: i64,
        pub kind: MovementKind,
        pub r#ref: String,
        pub reason: String,
        pub batch_id: Option<BatchId>,
        pub person_id: Option<PersonId>,
        pub at: At,
    }
}

/// A change of what is on hand.
#[derive(Clone, Debug)]
pub struct Movement {
    pub sku_id: SkuId,
    pub location: String,
    /// Units, negative for out; never 0.
    pub delta: i64,
    /// Why.
    pub kind: MovementKind,
    /// The fact it belongs to; unique with kind, SKU and location.
    pub reference: String,
    /// Words of the person.
    pub reason: String,
    /// The batch that came in.
    pub batch_id: Option<BatchId>,
}

impl Movement {
    /// Of goods for online orders, by a fact that needs no words.
    pub fn online(sku_id: SkuId, delta: i64, kind: MovementKind, reference: String) -> Self {
        let (location, reason) = (ONLINE.to_owned(), String::new());
        Self { sku_id, location, delta, kind, reference, reason, batch_id: None }
    }

    /// The row of this movement.
    pub fn row(self, at: At, person_id: Option<PersonId>) -> MovementRow {
        let Self { sku_id, location, delta, kind, reference, reason, batch_id } = self;
        MovementRow { sku_id, location, delta, kind, r#ref: reference, reason, batch_id, person_id, at }
    }

    /// Units sold by an order.
    pub fn sale((sku_id, location): (SkuId, String), qty: i64, order: &OrderId) -> Self {
        Self { location, ..Self::online(sku_id, -qty, MovementKind::Sale, order.0.clone()) }
    }

    /// Whether it may take a level below what is held there.
    fn may_go_short(&self) -> bool {
        self.kind == MovementKind::CounterSale && self.location != ONLINE
    }

    /// Unshipped units of a refund.
    pub fn restock((sku_id, location): (SkuId, String), qty: i64, refund: &RefundId) -> Self {
        Self { location, ..Self::online(sku_id, qty, MovementKind::Return, refund.0.clone()) }
    }
}

/// Records movements whose levels were changed in the same transaction.
pub async fn record(tx: &mut Tx, movements: Vec<Movement>, step: &mut Step) -> Result<()> {
    let mut rows = Rows::to::<MovementRow>()?;
    for movement in movements {
        rows.add(&movement.row(step.at, step.by.person.clone()));
    }
    rows.exec(tx).await.map(|_| ())
}

/// Puts unshipped units of a refund back into stock, in key order.
pub async fn restock(tx: &mut Tx, refund: &RefundId, mut units: Vec<Demand>, step: &mut Step) -> Result<()> {
    units.sort_by(|a, b| (&a.sku_id, &a.location).cmp(&(&b.sku_id, &b.location)));
    for Demand { sku_id, location, qty, .. } in &units {
        tx.expect_rows(q(RESTOCK).bind(*qty).bind(step.at).bind(sku_id).bind(location), 1).await?;
    }
    let back = |Demand { sku_id, location, qty, .. }| Movement::restock((sku_id, location), qty, refund);
    let moved = units.into_iter().map(back).collect();
    record(tx, moved, step).await
}

/// Changes what is on hand and records why; refuses to go below what orders hold, but for a sale over a counter.
pub async fn apply(tx: &mut Tx, movement: Movement, step: &mut Step) -> Result<()> {
    let (sku_id, location) = (movement.sku_id.clone(), movement.location.clone());
    db::insert(tx, &StockLevel { sku_id, location, on_hand: 0, held: 0, changed_at: step.at }).await?;
    let adjust = q(ADJUST).bind(movement.delta).bind(step.at).bind(&movement.sku_id).bind(&movement.location);
    if adjust.bind(movement.may_go_short()).exec(tx).await? == 0 {
        let held: (i64,) = q(HELD).bind(&movement.sku_id).bind(&movement.location).one(tx).await?;
        return Err(Refusal::of_field("delta", Code::StockBelowHeld).with("held", held.0).into());
    }
    record(tx, vec![movement], step).await
}
