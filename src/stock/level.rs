//! Levels (库存量): what is on hand of a SKU at a place, what of it is held, and what of it is wanted.

use crate::{
    db::{row, table},
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

row! {
    /// Units of one SKU that an order wants.
    #[derive(Clone, Debug)]
    pub struct Demand {
        pub sku_id: SkuId,
        /// From where they are taken.
        pub location: String,
        /// Units, above 0.
        pub qty: i64,
        /// SKU code, for the words of a refusal.
        pub sku: String,
    }
}
