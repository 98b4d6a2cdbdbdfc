//! What must hold of stock (I1): levels are the sums of movements and of live holds.

use crate::db::audit::checks;

checks! {
    I1 "stock.on_hand", "what is on hand is the sum of its movements" =
        "SELECT COALESCE(s.code, l.sku_id) || ' ' || l.location AS subject
         FROM stock_levels l
         LEFT JOIN (SELECT sku_id, location, CAST(SUM(delta) AS BIGINT) AS moved FROM stock_movements
                    GROUP BY sku_id, location) m ON m.sku_id = l.sku_id AND m.location = l.location
         LEFT JOIN skus s ON s.id = l.sku_id
         WHERE l.on_hand <> COALESCE(m.moved, 0)
         UNION ALL
         SELECT 'movement ' || m.kind || ' ' || m.ref AS subject FROM stock_movements m
         WHERE NOT EXISTS (SELECT 1 FROM stock_levels l WHERE l.sku_id = m.sku_id AND l.location = m.location)";
    I1 "stock.held", "what is held is the sum of the live holds" =
        "SELECT COALESCE(s.code, l.sku_id) || ' ' || l.location AS subject
         FROM stock_levels l
         LEFT JOIN (SELECT sku_id, location, CAST(SUM(qty) AS BIGINT) AS held FROM stock_holds
                    WHERE state = 'live' GROUP BY sku_id, location) h ON h.sku_id = l.sku_id AND h.location = l.location
         LEFT JOIN skus s ON s.id = l.sku_id
         WHERE l.held <> COALESCE(h.held, 0)
         UNION ALL
         SELECT 'order ' || h.order_id AS subject FROM stock_holds h WHERE h.state = 'live'
           AND NOT EXISTS (SELECT 1 FROM stock_levels l WHERE l.sku_id = h.sku_id AND l.location = h.location)";
    I1 "stock.bounds", "no more is held than is on hand, and nothing is below zero but by sales over a counter" =
        "SELECT l.sku_id || ' ' || l.location AS subject FROM stock_levels l
         WHERE l.held < 0 OR (l.on_hand < l.held AND (l.location = 'online' OR NOT EXISTS (
           SELECT 1 FROM stock_movements m
           WHERE m.sku_id = l.sku_id AND m.location = l.location AND m.kind = 'counter_sale')))";
    I1 "stock.sold", "what an order took is one movement of sale, and every sale was taken" =
        "SELECT 'order ' || h.order_id AS subject FROM stock_holds h
         LEFT JOIN stock_movements m ON m.kind = 'sale' AND m.ref = h.order_id AND m.sku_id = h.sku_id
           AND m.location = h.location
         WHERE h.state = 'taken' AND (m.ref IS NULL OR m.delta <> -h.qty)
         UNION ALL
         SELECT 'movement ' || m.kind || ' ' || m.ref AS subject FROM stock_movements m
         LEFT JOIN stock_holds h ON h.order_id = m.ref AND h.sku_id = m.sku_id AND h.location = m.location
           AND h.state = 'taken'
         WHERE m.kind = 'sale' AND h.order_id IS NULL";
    I1 "stock.transfers", "what a transfer took from one location came to one other" =
        "SELECT 'transfer ' || ref AS subject FROM stock_movements WHERE kind = 'transfer'
         GROUP BY ref, sku_id HAVING CAST(count(*) AS BIGINT) <> 2 OR CAST(SUM(delta) AS BIGINT) <> 0";
}
