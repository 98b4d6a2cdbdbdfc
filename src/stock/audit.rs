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
         LEFT JOIN (SELECT sku_id, 'online' AS location, CAST(SUM(qty) AS BIGINT) AS held FROM stock_holds
                    WHERE state = 'live' GROUP BY sku_id) h ON h.sku_id = l.sku_id AND h.location = l.location
         LEFT JOIN skus s ON s.id = l.sku_id
         WHERE l.held <> COALESCE(h.held, 0)
         UNION ALL
         SELECT 'order ' || h.order_id AS subject FROM stock_holds h WHERE h.state = 'live'
           AND NOT EXISTS (SELECT 1 FROM stock_levels l WHERE l.sku_id = h.sku_id AND l.location = 'online')";
    I1 "stock.bounds", "no more is held than is on hand, and nothing is below zero" =
        "SELECT sku_id || ' ' || location AS subject FROM stock_levels
         WHERE held < 0 OR (location = 'online' AND on_hand < held)";
    I1 "stock.sold", "what an order took is one movement of sale, and every sale was taken" =
        "SELECT 'order ' || h.order_id AS subject FROM stock_holds h
         LEFT JOIN stock_movements m ON m.kind = 'sale' AND m.ref = h.order_id AND m.sku_id = h.sku_id
           AND m.location = 'online'
         WHERE h.state = 'taken' AND (m.ref IS NULL OR m.delta <> -h.qty)
         UNION ALL
         SELECT 'movement ' || m.kind || ' ' || m.ref AS subject FROM stock_movements m
         LEFT JOIN stock_holds h ON h.order_id = m.ref AND h.sku_id = m.sku_id AND h.state = 'taken'
         WHERE m.kind = 'sale' AND m.location = 'online' AND h.order_id IS NULL";
}
