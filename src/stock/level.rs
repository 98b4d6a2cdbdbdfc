//! Levels (库存量): what is on hand of a SKU at a place, and what of it is held.

use crate::{
    db::table,
    kernel::{At, SkuId},
};

/// Where goods for online orders lie.
pub const ONLINE: &str = "online";

table! {
    /// A level; the first movement of a SKU at a place opens it.
    #[derive(Clone, Debug)]
    pub struct StockLevel in "stock_levels" or "ON CONFLICT (sku_id, location) DO NOTHING" {
        pub sku_id: SkuId,
        pub location: String,
        pub on_hand: i64,
        /// Units held by unpaid orders.
        pub held: i64,
        pub changed_at: At,
    }
}
