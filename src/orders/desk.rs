//! Orders as the desks list them: a cooperative's counts, the operator's latest.

use super::{OrderState, SellerOrderState, record::Order, store};
use crate::{
    db::{Conn, FromRow, q, statements},
    kernel::{At, CoopId, OrderId, Result},
};

statements! {
    COUNTS = "SELECT state, CAST(count(*) AS BIGINT) AS n, MIN(ship_by) AS earliest FROM seller_orders
              WHERE coop_id = $1 AND state IN ('to_ship', 'part_shipped', 'shipped', 'received')
              GROUP BY state ORDER BY state";
    LATEST = "SELECT id FROM orders ORDER BY placed_on DESC, placed_at DESC, id DESC LIMIT $1 OFFSET $2";
    LATEST_IN = "SELECT id FROM orders WHERE state = $1
                 ORDER BY placed_on DESC, placed_at DESC, id DESC LIMIT $2 OFFSET $3";
}

/// How many of a cooperative's seller orders are in a state, and when the first must be shipped.
#[derive(Clone, Debug, FromRow)]
pub struct Count {
    /// Which state.
    pub state: SellerOrderState,
    /// How many.
    pub n: i64,
    /// The earliest promise to ship among them.
    pub earliest: Option<At>,
}

/// A cooperative's work by state.
pub async fn counts(conn: &mut Conn, coop: &CoopId) -> Result<Vec<Count>> {
    q(COUNTS).bind(coop).all(conn).await
}

/// The latest orders, in one state or all.
pub async fn latest(conn: &mut Conn, state: Option<OrderState>, (limit, offset): (i64, i64)) -> Result<Vec<Order>> {
    let ids: Vec<(OrderId,)> = match state {
        Some(state) => q(LATEST_IN).bind(state).bind(limit).bind(offset).all(conn).await?,
        None => q(LATEST).bind(limit).bind(offset).all(conn).await?,
    };
    let mut orders = Vec::with_capacity(ids.len());
    for (id,) in ids {
        orders.push(q(store::ORDER).bind(&id).one(conn).await?);
    }
    Ok(orders)
}
