//! Refunds: promises and what went back, by line, order, payment and provider (I1, I5, I7).

use crate::db::audit::checks;

checks! {
    I7 "refunds.amounts", "a refund is the sum of its lines; money that no order took has none" =
        "SELECT r.id AS subject FROM refunds r
         LEFT JOIN (SELECT refund_id, CAST(SUM(goods_fen) AS BIGINT) AS goods, CAST(SUM(freight_fen) AS BIGINT) AS freight
                    FROM refund_lines GROUP BY refund_id) l ON l.refund_id = r.id
         WHERE r.goods_fen <> COALESCE(l.goods, 0) OR r.freight_fen <> COALESCE(l.freight, 0)
           OR (NOT r.unapplied AND (l.goods IS NULL OR r.amount_fen <> r.goods_fen + r.freight_fen))
           OR (r.state = 'succeeded') <> (r.succeeded_at IS NOT NULL)";
    I7 "refunds.lines", "what a line gave back and promised is the sum of its refunds" =
        "SELECT l.order_id || '/' || CAST(l.line_no AS TEXT) AS subject FROM order_lines l
         LEFT JOIN (SELECT r.order_id, x.line_no, CAST(SUM(x.qty) AS BIGINT) AS qty, CAST(SUM(x.goods_fen) AS BIGINT) AS goods,
                      CAST(SUM(x.freight_fen) AS BIGINT) AS freight, CAST(SUM(x.withdrawn_qty) AS BIGINT) AS withdrawn,
                      CAST(SUM(CASE WHEN r.state = 'succeeded' THEN x.qty ELSE 0 END) AS BIGINT) AS done_qty,
                      CAST(SUM(CASE WHEN r.state = 'succeeded' THEN x.goods_fen ELSE 0 END) AS BIGINT) AS done_goods,
                      CAST(SUM(CASE WHEN r.state = 'succeeded' THEN x.freight_fen ELSE 0 END) AS BIGINT) AS done_freight
                    FROM refund_lines x JOIN refunds r ON r.id = x.refund_id AND r.state <> 'failed'
                    GROUP BY r.order_id, x.line_no) b ON b.order_id = l.order_id AND b.line_no = l.line_no
         WHERE l.refund_reserved_qty <> COALESCE(b.qty, 0) OR l.refund_reserved_fen <> COALESCE(b.goods, 0)
           OR l.refund_reserved_freight_fen <> COALESCE(b.freight, 0) OR l.withdrawn_qty <> COALESCE(b.withdrawn, 0)
           OR l.refunded_qty <> COALESCE(b.done_qty, 0) OR l.refunded_fen <> COALESCE(b.done_goods, 0)
           OR l.refunded_freight_fen <> COALESCE(b.done_freight, 0)
         UNION ALL
         SELECT x.refund_id AS subject FROM refund_lines x LEFT JOIN refunds r ON r.id = x.refund_id
         WHERE NOT EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = r.order_id AND l.line_no = x.line_no)";
    I7 "refunds.orders", "what an order gave back and promised is the sum of its refunds" =
        "SELECT o.number AS subject FROM orders o
         LEFT JOIN (SELECT order_id, CAST(SUM(amount_fen) AS BIGINT) AS promised,
                      CAST(SUM(CASE WHEN state = 'succeeded' THEN amount_fen ELSE 0 END) AS BIGINT) AS done
                    FROM refunds WHERE NOT unapplied AND state <> 'failed' GROUP BY order_id) r ON r.order_id = o.id
         WHERE o.refund_reserved_fen <> COALESCE(r.promised, 0) OR o.refunded_fen <> COALESCE(r.done, 0)";
    I7 "refunds.tenders", "a refund goes back by its tenders, together its amount; what one of them refused waits for another" =
        "SELECT r.id AS subject FROM refunds r
         LEFT JOIN (SELECT refund_id, MAX(succeeded_at) AS last,
             CAST(SUM(CASE WHEN state = 'failed' THEN 0 ELSE amount_fen END) AS BIGINT) AS live,
             CAST(SUM(CASE WHEN state = 'failed' THEN amount_fen ELSE 0 END) AS BIGINT) AS refused,
             CAST(SUM(CASE WHEN state IN ('succeeded', 'undone') THEN amount_fen ELSE 0 END) AS BIGINT) AS back
           FROM refund_tenders GROUP BY refund_id) t ON t.refund_id = r.id
         WHERE CASE r.state WHEN 'failed' THEN COALESCE(t.live, 0) <> 0
             WHEN 'succeeded' THEN COALESCE(t.back, 0) <> r.amount_fen OR t.live <> t.back OR t.last <> r.succeeded_at
             ELSE COALESCE(t.live, 0) > r.amount_fen OR (COALESCE(t.live, 0) < r.amount_fen AND COALESCE(t.refused, 0) = 0)
               OR (r.amount_fen > 0 AND t.back = r.amount_fen) END
         UNION ALL
         SELECT t.id AS subject FROM refund_tenders t JOIN refunds r ON r.id = t.refund_id
         JOIN payments p ON p.id = t.payment_id
         WHERE p.order_id <> r.order_id OR (t.state IN ('succeeded', 'undone')) <> (t.succeeded_at IS NOT NULL)";
    I7 "refunds.payments", "what a payment gave back and promised is the sum of its refunds' tenders" =
        "SELECT p.id AS subject FROM payments p
         LEFT JOIN (SELECT payment_id, CAST(SUM(amount_fen) AS BIGINT) AS promised,
                      CAST(SUM(CASE WHEN state = 'succeeded' THEN amount_fen ELSE 0 END) AS BIGINT) AS done
                    FROM refund_tenders WHERE state IN ('requested', 'succeeded') GROUP BY payment_id) r
           ON r.payment_id = p.id
         WHERE p.refund_reserved_fen <> COALESCE(r.promised, 0) OR p.refunded_fen <> COALESCE(r.done, 0)";
    I5 "refunds.provider", "the sandbox gave back what is booked as given back, at the latest 15 minutes after" =
        "SELECT r.id AS subject FROM refund_tenders r JOIN payments p ON p.id = r.payment_id AND p.method = 'sandbox'
         LEFT JOIN sandbox_refunds s ON s.idempotency_key = r.id
         WHERE r.state = 'succeeded' AND (s.amount_fen IS DISTINCT FROM r.amount_fen OR s.state IS DISTINCT FROM 'succeeded')
         UNION ALL
         SELECT s.idempotency_key AS subject FROM sandbox_refunds s LEFT JOIN refund_tenders r ON r.id = s.idempotency_key
         WHERE r.id IS NULL
           OR (s.state = 'succeeded' AND r.state NOT IN ('succeeded', 'undone') AND s.at < (SELECT MAX(asked_at) FROM payments) - 900000000)";
    I5 "refunds.sent", "what was promised is with the provider at the latest 15 minutes after" =
        "SELECT t.id AS subject FROM refund_tenders t
         WHERE t.state = 'requested' AND t.provider_ref IS NULL
           AND t.promised_at < (SELECT MAX(asked_at) FROM payments) - 900000000";
    I1 "refunds.restocked", "units refunded before they were shipped are back in stock, once" =
        "SELECT w.refund_id AS subject FROM (SELECT x.refund_id, CAST(SUM(x.withdrawn_qty) AS BIGINT) AS qty FROM refund_lines x
               JOIN refunds r ON r.id = x.refund_id AND r.state = 'succeeded'
               WHERE x.withdrawn_qty > 0 GROUP BY x.refund_id) w
         LEFT JOIN (SELECT ref, CAST(SUM(delta) AS BIGINT) AS qty FROM stock_movements
                    WHERE kind = 'return' GROUP BY ref) m ON m.ref = w.refund_id
         WHERE w.qty IS DISTINCT FROM m.qty
         UNION ALL
         SELECT m.ref AS subject FROM stock_movements m
         WHERE m.kind = 'return' AND NOT EXISTS (
           SELECT 1 FROM refund_lines x JOIN refunds r ON r.id = x.refund_id AND r.state = 'succeeded'
           WHERE x.refund_id = m.ref AND x.withdrawn_qty > 0)";
}
