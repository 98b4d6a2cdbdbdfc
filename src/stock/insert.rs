//! One-row inserts of stock's tables, for one row or many.

use crate::db::statements;

statements! {
    pub HOLD = "INSERT INTO stock_holds (order_id, sku_id, qty, state) VALUES ($1, $2, $3, $4)";
    pub MOVEMENT = "INSERT INTO stock_movements (id, sku_id, location, delta, kind, ref, reason, batch_id, person_id, at)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    pub LEVEL = "INSERT INTO stock_levels (sku_id, location, on_hand, held, changed_at) VALUES ($1, $2, $3, $4, $5)";
    pub BATCH = "INSERT INTO batches (id, code, sku_id, plot, village, harvested_on, packhouse, conformity_no, report_no,
                   qty, created_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (code) DO NOTHING";
}
