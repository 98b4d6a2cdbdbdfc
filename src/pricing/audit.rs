//! What must hold of quotes (I8).

use crate::db::audit::checks;

checks! {
    I8 "quotes.total", "a quote's total is goods less discount plus freight" =
        "SELECT id AS subject FROM quotes
         WHERE total_fen <> goods_fen - discount_fen + freight_fen OR discount_fen > goods_fen OR discount_fen < 0";
}
