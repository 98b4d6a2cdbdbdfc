//! Sums of an order: its own, its sellers', its lines' and their parts' (I8, I9, I10).

use crate::db::audit::checks;

checks! {
    I8 "orders.totals", "an order's amounts are the sums of its lines and of its sellers' freight" =
        "SELECT o.number AS subject FROM orders o
         LEFT JOIN (SELECT order_id, CAST(SUM(list_fen) AS BIGINT) AS goods,
                      CAST(SUM(list_fen - payable_fen) AS BIGINT) AS discount, CAST(SUM(freight_fen) AS BIGINT) AS freight
                    FROM order_lines GROUP BY order_id) l ON l.order_id = o.id
         WHERE o.total_fen <> o.goods_fen - o.discount_fen + o.freight_fen OR o.goods_fen IS DISTINCT FROM l.goods
           OR o.discount_fen IS DISTINCT FROM l.discount OR o.freight_fen IS DISTINCT FROM l.freight";
    I8 "orders.sellers", "a seller order's amounts are the sums of its lines, and it sells its own goods" =
        "SELECT s.id AS subject FROM seller_orders s
         LEFT JOIN (SELECT seller_order_id, MIN(order_id) AS order_id, CAST(SUM(list_fen) AS BIGINT) AS goods,
                      CAST(SUM(list_fen - payable_fen) AS BIGINT) AS discount, CAST(SUM(freight_fen) AS BIGINT) AS freight
                    FROM order_lines GROUP BY seller_order_id) l ON l.seller_order_id = s.id
         WHERE l.order_id IS DISTINCT FROM s.order_id OR s.goods_fen IS DISTINCT FROM l.goods
           OR s.discount_fen IS DISTINCT FROM l.discount OR s.freight_fen IS DISTINCT FROM l.freight";
    I8 "orders.lines", "a line is units times price, less its discounts, and no more comes back than was paid" =
        "SELECT order_id || '/' || CAST(line_no AS TEXT) AS subject FROM order_lines
         WHERE list_fen <> unit_fen * qty OR qty < 1
           OR payable_fen <> list_fen - discount_fen
           OR payable_fen < 0 OR refunded_fen > refund_reserved_fen OR refund_reserved_fen > payable_fen
           OR refunded_qty > refund_reserved_qty OR refund_reserved_qty > qty
           OR refunded_freight_fen > refund_reserved_freight_fen OR refund_reserved_freight_fen > freight_fen
           OR withdrawn_qty > refund_reserved_qty OR shipped_qty > qty - withdrawn_qty OR received_qty > shipped_qty";
    I8 "orders.discounts", "what is taken off a line is the sum of its discounts" =
        "SELECT COALESCE(l.order_id || '/' || CAST(l.line_no AS TEXT), d.order_id) AS subject FROM order_lines l
         FULL JOIN (SELECT order_id, line_no, CAST(SUM(amount_fen) AS BIGINT) AS amount FROM line_discounts
                    GROUP BY order_id, line_no) d ON d.order_id = l.order_id AND d.line_no = l.line_no
         WHERE l.order_id IS NULL OR l.discount_fen <> COALESCE(d.amount, 0)";
    I8 "orders.parts", "the parts of a line add up to what is paid and given back for it" =
        "SELECT l.order_id || '/' || CAST(l.line_no AS TEXT) AS subject FROM order_lines l
         LEFT JOIN (SELECT order_id, line_no, CAST(SUM(payable_fen) AS BIGINT) AS payable,
                      CAST(SUM(refunded_fen) AS BIGINT) AS refunded, CAST(count(*) AS BIGINT) AS parts,
                      MAX(part_no) AS last_part
                    FROM line_parts GROUP BY order_id, line_no) p ON p.order_id = l.order_id AND p.line_no = l.line_no
         WHERE l.payable_fen IS DISTINCT FROM p.payable OR l.refunded_fen IS DISTINCT FROM p.refunded
           OR p.parts IS DISTINCT FROM p.last_part";
    I10 "orders.priced", "a line was sold as its version of product and SKU says, by the cooperative that owns it" =
        "SELECT l.order_id || '/' || CAST(l.line_no AS TEXT) AS subject FROM order_lines l
         LEFT JOIN skus k ON k.id = l.sku_id AND k.code = l.sku AND k.product_id = l.product_id
         LEFT JOIN sku_versions v ON v.sku_id = l.sku_id AND v.version = l.sku_version
         LEFT JOIN product_versions n ON n.product_id = l.product_id AND n.version = l.product_version
         LEFT JOIN products p ON p.id = l.product_id
         LEFT JOIN seller_orders s ON s.id = l.seller_order_id
         WHERE k.id IS NULL OR v.price_fen IS DISTINCT FROM l.unit_fen OR v.net_weight_g IS DISTINCT FROM l.net_weight_g
           OR v.gross_weight_g IS DISTINCT FROM l.gross_weight_g OR n.name IS DISTINCT FROM l.name
           OR n.return_class IS DISTINCT FROM l.return_class OR p.coop_id IS DISTINCT FROM s.coop_id";
    I9 "orders.coupons", "what a coupon takes off an order is its discounts, used while the order stands and given back when it ended unpaid" =
        "SELECT COALESCE(o.number, r.order_id) AS subject FROM orders o
         FULL JOIN coupon_redemptions r ON r.order_id = o.id
         LEFT JOIN (SELECT order_id, MIN(code) AS code, MAX(code) AS last, CAST(SUM(amount_fen) AS BIGINT) AS amount
                    FROM line_discounts WHERE source = 'coupon' GROUP BY order_id) d ON d.order_id = o.id
         WHERE o.id IS NULL OR o.coupon_code IS DISTINCT FROM r.coupon_code
           OR COALESCE(d.amount, 0) <> COALESCE(r.discount_fen, 0) OR d.code <> o.coupon_code OR d.last <> o.coupon_code
           OR r.state <> CASE WHEN o.state IN ('cancelled', 'expired') THEN 'given_back' ELSE 'used' END";
    I1 "orders.holds", "an order's units are held while it waits, taken when it is paid, released when it ended unpaid" =
        "SELECT COALESCE(w.order_id, h.order_id) AS subject
         FROM (SELECT l.order_id, l.sku_id, CAST(SUM(l.qty) AS BIGINT) AS qty FROM order_lines l
               GROUP BY l.order_id, l.sku_id) w
         FULL JOIN stock_holds h ON h.order_id = w.order_id AND h.sku_id = w.sku_id
         LEFT JOIN orders o ON o.id = w.order_id
         WHERE w.qty IS DISTINCT FROM h.qty
           OR h.state IS DISTINCT FROM CASE WHEN o.state = 'awaiting_payment' THEN 'live'
                WHEN o.paid_at IS NULL THEN 'released' ELSE 'taken' END";
    I5 "orders.payments", "a paid order took in its total, what came over or unasked was promised back, and one that waits lacks some" =
        "SELECT o.number AS subject FROM orders o
         LEFT JOIN (SELECT order_id, CAST(SUM(CASE WHEN state = 'failed' THEN 0 ELSE amount_fen END) AS BIGINT) AS promised,
                      CAST(SUM(CASE WHEN state = 'failed' THEN amount_fen ELSE 0 END) AS BIGINT) AS refused
                    FROM refunds WHERE unapplied GROUP BY order_id) r ON r.order_id = o.id
         LEFT JOIN (SELECT p.order_id, CAST(SUM(t.amount_fen) AS BIGINT) AS amount FROM refund_tenders t
                    JOIN payments p ON p.id = t.payment_id WHERE t.state = 'undone' GROUP BY p.order_id) u ON u.order_id = o.id
         WHERE CASE WHEN o.state = 'awaiting_payment'
             THEN o.tendered_fen - COALESCE(r.promised, 0) NOT BETWEEN 0 AND o.total_fen - 1
             ELSE o.tendered_fen - COALESCE(r.promised, 0) - CASE WHEN o.paid_at IS NULL THEN 0 ELSE o.total_fen END
               + COALESCE(u.amount, 0) NOT BETWEEN 0 AND COALESCE(r.refused, 0) + COALESCE(u.amount, 0) END
           OR (o.paid_at IS NOT NULL AND o.total_fen > 0 AND NOT EXISTS (SELECT 1 FROM payments p
             WHERE p.order_id = o.id AND p.captured_at = o.paid_at))
           OR (o.paid_at IS NOT NULL AND o.total_fen > (SELECT CAST(COALESCE(SUM(p.amount_fen), 0) AS BIGINT) FROM payments p
             WHERE p.order_id = o.id AND p.captured_at <= o.paid_at))";
}
