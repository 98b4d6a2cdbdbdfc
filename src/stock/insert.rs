//! One-row inserts of levels and batches, for the portal, seeds and generators.

use crate::db::statements;

statements! {
    pub LEVEL = "INSERT INTO stock_levels (sku_id, location, on_hand, held, changed_at) VALUES ($1, $2, $3, $4, $5)";
    pub BATCH = "INSERT INTO batches (id, code, sku_id, plot, village, harvested_on, packhouse, conformity_no, report_no,
                   qty, created_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
}
