//! States of orders and their parts are what happened to their lines (I2, I4).

use crate::db::audit::checks;

checks! {
    I4 "orders.states", "an order's state agrees with its times and with what was given back" =
        "SELECT number AS subject FROM orders
         WHERE NOT CASE state
             WHEN 'awaiting_payment' THEN paid_at IS NULL AND closed_at IS NULL AND hold_until IS NOT NULL
             WHEN 'cancelled' THEN paid_at IS NULL AND closed_at IS NOT NULL
             WHEN 'expired' THEN paid_at IS NULL AND closed_at IS NOT NULL
             WHEN 'paid' THEN paid_at IS NOT NULL AND closed_at IS NULL
             WHEN 'completed' THEN paid_at IS NOT NULL AND closed_at IS NOT NULL
             ELSE paid_at IS NOT NULL AND closed_at IS NOT NULL AND refunded_fen = total_fen END
           OR (paid_at IS NULL AND refunded_fen > 0)";
    I4 "orders.parts_of_state", "the states of an order's parts give the order's state" =
        "SELECT o.number AS subject FROM orders o
         LEFT JOIN (SELECT order_id, CAST(count(*) AS BIGINT) AS n,
                      CAST(SUM(CASE WHEN state = 'awaiting_payment' THEN 1 ELSE 0 END) AS BIGINT) AS waiting,
                      CAST(SUM(CASE WHEN state = 'cancelled' THEN 1 ELSE 0 END) AS BIGINT) AS cancelled,
                      CAST(SUM(CASE WHEN state = 'received' THEN 1 ELSE 0 END) AS BIGINT) AS received,
                      CAST(SUM(CASE WHEN state = 'refunded' THEN 1 ELSE 0 END) AS BIGINT) AS refunded
                    FROM seller_orders GROUP BY order_id) s ON s.order_id = o.id
         WHERE s.n IS NULL OR NOT CASE
             WHEN o.state = 'awaiting_payment' THEN s.waiting = s.n
             WHEN o.state IN ('cancelled', 'expired') THEN s.cancelled = s.n
             WHEN o.state = 'completed' THEN s.received + s.refunded = s.n
               AND (s.received > 0 OR o.refunded_fen < o.total_fen)
             WHEN o.state = 'refunded' THEN s.refunded = s.n
             ELSE s.waiting = 0 AND s.cancelled = 0 AND s.received + s.refunded < s.n END";
    I4 "orders.shipping", "a paid part's state is what its lines say of shipped, received and refunded units" =
        "SELECT s.id AS subject FROM seller_orders s JOIN orders o ON o.id = s.order_id AND o.paid_at IS NOT NULL
         JOIN (SELECT seller_order_id, CAST(SUM(shipped_qty) AS BIGINT) AS shipped,
                 CAST(SUM(qty - withdrawn_qty - shipped_qty) AS BIGINT) AS open_qty,
                 CAST(SUM(received_qty) AS BIGINT) AS received,
                 CAST(SUM(CASE WHEN refunded_fen = payable_fen AND (payable_fen > 0 OR refunded_qty = qty)
                   THEN 0 ELSE 1 END) AS BIGINT) AS kept
               FROM order_lines GROUP BY seller_order_id) l ON l.seller_order_id = s.id
         WHERE s.state <> CASE WHEN l.kept = 0 THEN 'refunded' WHEN l.shipped = 0 THEN 'to_ship'
             WHEN l.open_qty > 0 THEN 'part_shipped' WHEN l.received = l.shipped THEN 'received' ELSE 'shipped' END
           AND NOT EXISTS (SELECT 1 FROM refunds r WHERE r.order_id = s.order_id AND r.state = 'requested')";
    I4 "orders.shipments", "units shipped and received are those of the parcels" =
        "SELECT l.order_id || '/' || CAST(l.line_no AS TEXT) AS subject FROM order_lines l
         LEFT JOIN (SELECT c.seller_order_id, c.line_no, CAST(SUM(c.qty) AS BIGINT) AS shipped,
                      CAST(SUM(CASE WHEN p.delivered_at IS NULL THEN 0 ELSE c.qty END) AS BIGINT) AS received,
                      MAX(p.delivered_at) AS arrived_at
                    FROM shipment_lines c JOIN shipments p ON p.seller_order_id = c.seller_order_id AND p.n = c.n
                    GROUP BY c.seller_order_id, c.line_no) s
           ON s.seller_order_id = l.seller_order_id AND s.line_no = l.line_no
         WHERE l.shipped_qty <> COALESCE(s.shipped, 0) OR l.received_qty <> COALESCE(s.received, 0)
           OR l.arrived_at IS DISTINCT FROM s.arrived_at
           OR (l.received_at IS NOT NULL AND (l.received_qty = 0 OR (l.received_qty < l.qty - l.withdrawn_qty
             AND NOT EXISTS (SELECT 1 FROM refund_lines x JOIN refunds r ON r.id = x.refund_id AND r.state = 'failed'
               WHERE r.order_id = l.order_id AND x.line_no = l.line_no AND x.withdrawn_qty > 0))))
           OR (l.received_at IS NULL AND l.received_qty > 0 AND l.received_qty = l.qty - l.withdrawn_qty
             AND NOT EXISTS (SELECT 1 FROM refunds r WHERE r.order_id = l.order_id AND r.state = 'requested'))";
    I2 "orders.events", "an order was placed once and paid or ended as often as its state says" =
        "SELECT o.number AS subject FROM orders o
         LEFT JOIN (SELECT order_id, CAST(SUM(CASE WHEN kind = 'placed' THEN 1 ELSE 0 END) AS BIGINT) AS placed,
                      CAST(SUM(CASE WHEN kind = 'paid' THEN 1 ELSE 0 END) AS BIGINT) AS paid,
                      CAST(SUM(CASE WHEN kind IN ('cancelled', 'expired') THEN 1 ELSE 0 END) AS BIGINT) AS ended
                    FROM order_events GROUP BY order_id) e ON e.order_id = o.id
         WHERE e.placed IS DISTINCT FROM 1 OR e.paid <> CASE WHEN o.paid_at IS NULL THEN 0 ELSE 1 END
           OR (o.state IN ('cancelled', 'expired') AND e.ended <> 1)
           OR (o.state = 'awaiting_payment' AND e.ended <> 0)";
}
