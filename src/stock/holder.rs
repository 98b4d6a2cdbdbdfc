//! Limits of holds (abuse A3): nobody keeps goods from others by orders that are not paid.
//!
//! What one person, one phone or one address holds at a time is limited in all, and of each SKU to a share of
//! what is on hand. A paid order's units count no more. Holders are keyed hashes, and are forgotten with the hold.

use crate::{
    db::{self, Tx, q, statements, table},
    kernel::{At, Code, OrderId, Refusal, Result},
};

/// Units that one holder has in unpaid orders at most. A unit (单位) that buys for its people takes hundreds.
const MOST: i64 = 5_000;
/// Of one SKU, half of what is on hand, but always so many.
const ALWAYS: i64 = 200;

statements! {
    // Asked after the units were held: who holds the same SKU at once waits for its stock level, and sees the other.
    OVER = "WITH live AS (SELECT k.holder AS holder, h.sku_id AS sku_id, CAST(SUM(h.qty) AS BIGINT) AS units,
                            MAX(l.on_hand) AS on_hand
                          FROM stock_holders k JOIN stock_holds h ON h.order_id = k.order_id AND h.state = 'live'
                          JOIN stock_levels l ON l.sku_id = h.sku_id AND l.location = h.location
                          WHERE k.holder IN ($4) GROUP BY k.holder, h.sku_id, h.location)
            SELECT holder FROM live GROUP BY holder
            HAVING CAST(SUM(units) AS BIGINT) > $1
              OR CAST(SUM(CASE WHEN units > $2 AND units * 2 > on_hand AND sku_id IN (
                        SELECT o.sku_id FROM stock_holds o WHERE o.order_id = $3) THEN 1 ELSE 0 END) AS BIGINT) > 0
            LIMIT 1";
    FORGET = "DELETE FROM stock_holders WHERE until_at <= $1 AND NOT EXISTS (
                SELECT 1 FROM stock_holds h WHERE h.order_id = stock_holders.order_id AND h.state = 'live')";
}

table! {
    /// Whose hold an order's is.
    #[derive(Clone, Debug)]
    pub struct Holder in "stock_holders" {
        /// Keyed hash of a person, a phone or an address.
        pub holder: String,
        pub order_id: OrderId,
        /// Until when it holds.
        pub until_at: At,
    }
}

/// Notes whose the hold of an order is, which has just been made; refuses where one of them now holds too much.
pub async fn limit(tx: &mut Tx, order: &OrderId, holders: &[String], until_at: At) -> Result<()> {
    let row = |holder: &String| Holder { holder: holder.clone(), order_id: order.clone(), until_at };
    db::insert_all(tx, &holders.iter().map(row).collect::<Vec<_>>()).await?;
    let over = q(OVER).bind(MOST).bind(ALWAYS).bind(order).and_list(holders.iter().map(String::as_str));
    match over.opt::<(String,)>(tx).await? {
        Some(_) => Err(Refusal::new(Code::TooManyHolds).into()),
        None => Ok(()),
    }
}

/// Forgets whose holds they were that have ended; answers how many rows went.
pub async fn forget(tx: &mut Tx, now: At) -> Result<u64> {
    q(FORGET).bind(now).exec(tx).await
}
