//! Holds (占用): units kept for an unpaid order.

use std::collections::BTreeMap;

use super::{
    level::Demand,
    movement::{self, Movement},
};
use crate::{
    db::{self, Conn, Tx, q, q_in_order, row, statements, table},
    kernel::{Code, Error, OrderId, Refusal, Result, SkuId, Step, closed_set},
};

statements! {
    HOLD = "UPDATE stock_levels SET held = held + wanted.qty, changed_at = $2
            FROM (SELECT h.sku_id, h.location, h.qty FROM stock_holds h
                  JOIN stock_levels l ON l.sku_id = h.sku_id AND l.location = h.location
                  WHERE h.order_id = $1 AND h.state = 'live' ORDER BY l.sku_id, l.location /* locked */) AS wanted
            WHERE stock_levels.sku_id = wanted.sku_id AND stock_levels.location = wanted.location
              AND stock_levels.on_hand - stock_levels.held >= wanted.qty
            RETURNING stock_levels.sku_id AS sku_id";
    LEFT = "SELECT on_hand - held AS left_over FROM stock_levels WHERE sku_id = $1 AND location = $2";
    OF_ORDER = "SELECT h.sku_id, h.location, h.qty, s.code AS sku FROM stock_holds h JOIN skus s ON s.id = h.sku_id
                WHERE h.order_id = $1 ORDER BY h.sku_id";
    FREED = "UPDATE stock_holds SET state = $1 WHERE state = $2 AND order_id IN ($3) RETURNING sku_id, location, qty";
    MARK = "UPDATE stock_holds SET state = $1 WHERE order_id = $2 AND state = $3 RETURNING sku_id, location, qty";
    RELEASE = "UPDATE stock_levels SET held = held - $1, changed_at = $2
               WHERE sku_id = $3 AND location = $4 AND held >= $1";
    TAKE = "UPDATE stock_levels SET on_hand = on_hand - sold.qty, held = held - sold.qty, changed_at = $2
            FROM (SELECT h.sku_id, h.location, h.qty FROM stock_holds h
                  JOIN stock_levels l ON l.sku_id = h.sku_id AND l.location = h.location
                  WHERE h.order_id = $1 AND h.state = 'taken' ORDER BY l.sku_id, l.location /* locked */) AS sold
            WHERE stock_levels.sku_id = sold.sku_id AND stock_levels.location = sold.location
              AND stock_levels.held >= sold.qty AND stock_levels.on_hand >= sold.qty";
    TAKE_FREE = "UPDATE stock_levels SET on_hand = on_hand - $1, changed_at = $2
                 WHERE sku_id = $3 AND location = $4 AND on_hand - held >= $1";
}

closed_set! {
    /// What became of a hold.
    pub enum HoldState {
        /// The order is not paid yet.
        Live = "live",
        /// The order was paid: the units were sold.
        Taken = "taken",
        /// The order ended unpaid.
        Released = "released",
    }
}

table! {
    /// Units of one SKU held for an order.
    #[derive(Clone, Debug)]
    pub struct Hold in "stock_holds" {
        pub order_id: OrderId,
        pub sku_id: SkuId,
        /// Where the units lie.
        pub location: String,
        pub qty: i64,
        pub state: HoldState,
    }
}

/// Holds what an order wants, or nothing; refuses where too little is left, saying how much.
pub async fn hold(tx: &mut Tx, order: &OrderId, mut demands: Vec<Demand>, step: &Step) -> Result<()> {
    demands.sort_by(|a, b| a.sku_id.cmp(&b.sku_id));
    let live = |demand: &Demand| Hold {
        order_id: order.clone(),
        sku_id: demand.sku_id.clone(),
        location: demand.location.clone(),
        qty: demand.qty,
        state: HoldState::Live,
    };
    db::insert_all(tx, &demands.iter().map(live).collect::<Vec<_>>()).await?;
    let held: Vec<(SkuId,)> = q_in_order(HOLD).bind(order).bind(step.at).all(tx).await?;
    match demands.iter().find(|demand| !held.iter().any(|(sku,)| *sku == demand.sku_id)) {
        Some(demand) => Err(out_of_stock(tx, demand).await?),
        None => Ok(()),
    }
}

async fn out_of_stock(conn: &mut Conn, demand: &Demand) -> Result<Error> {
    let left: Option<(i64,)> = q(LEFT).bind(&demand.sku_id).bind(&demand.location).opt(conn).await?;
    let left = left.map_or(0, |row| row.0.max(0));
    Ok(Refusal::of_field("items", Code::OutOfStock).with("sku", &demand.sku).with("left", left).into())
}

/// Releases the live holds of orders, in key order of their SKUs; a second call does nothing.
pub async fn release(tx: &mut Tx, orders: &[OrderId], step: &Step) -> Result<()> {
    let freed = q(FREED).bind(HoldState::Released).bind(HoldState::Live).and_list(orders);
    let freed: Vec<(SkuId, String, i64)> = freed.all(tx).await?;
    let mut units: BTreeMap<(SkuId, String), i64> = BTreeMap::new();
    for (sku, location, qty) in freed {
        *units.entry((sku, location)).or_default() += qty;
    }
    for ((sku, location), qty) in &units {
        tx.expect_rows(q(RELEASE).bind(*qty).bind(step.at).bind(sku).bind(location), 1).await?;
    }
    Ok(())
}

/// Takes an order's held units out of stock, as sold; a fault where nothing is held.
pub async fn take(tx: &mut Tx, order: &OrderId, step: &mut Step) -> Result<()> {
    let taken = mark(tx, order, HoldState::Live, HoldState::Taken).await?;
    if taken.is_empty() {
        return Err(Error::fault(format!("order {order} holds nothing to take")));
    }
    tx.expect_rows(q_in_order(TAKE).bind(order).bind(step.at), taken.len() as u64).await?;
    sold(tx, order, taken, step).await
}

/// Whether enough is left for an order whose hold was released.
pub async fn can_take_again(conn: &mut Conn, order: &OrderId) -> Result<bool> {
    for demand in of_order(conn, order).await? {
        let left: Option<(i64,)> = q(LEFT).bind(&demand.sku_id).bind(&demand.location).opt(conn).await?;
        if left.is_none_or(|row| row.0 < demand.qty) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Takes units again for an order whose hold was released; ask [`can_take_again`] first. Units that went
/// meanwhile are a conflict, and the transaction runs again.
pub async fn take_again(tx: &mut Tx, order: &OrderId, step: &mut Step) -> Result<()> {
    let demands = of_order(tx, order).await?;
    for demand in &demands {
        let taken =
            q(TAKE_FREE).bind(demand.qty).bind(step.at).bind(&demand.sku_id).bind(&demand.location).exec(tx).await?;
        if taken == 0 {
            return Err(Error::Conflict(anyhow::anyhow!("stock of {} went while it was taken again", demand.sku)));
        }
    }
    let taken = mark(tx, order, HoldState::Released, HoldState::Taken).await?;
    sold(tx, order, taken, step).await
}

async fn sold(tx: &mut Tx, order: &OrderId, taken: Vec<Marked>, step: &mut Step) -> Result<()> {
    let moved =
        taken.into_iter().map(|units| Movement::sale((units.sku_id, units.location), units.qty, order)).collect();
    movement::record(tx, moved, step).await
}

/// What an order held, and where.
pub async fn of_order(conn: &mut Conn, order: &OrderId) -> Result<Vec<Demand>> {
    q(OF_ORDER).bind(order).all(conn).await
}

row! {
    /// What a hold holds.
    struct Marked {
        sku_id: SkuId,
        location: String,
        qty: i64,
    }
}

/// Marks the holds of an order; answers what they hold.
async fn mark(tx: &mut Tx, order: &OrderId, from: HoldState, to: HoldState) -> Result<Vec<Marked>> {
    q(MARK).bind(to).bind(order).bind(from).all(tx).await
}
