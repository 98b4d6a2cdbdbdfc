//! The ledger says what orders say, row by row and in sum (I6, I14).

use crate::db::audit::checks;

checks! {
    I14 "books.sales", "each part of a paid order is one sale in the ledger, with its dimensions" =
        "SELECT o.number || '/' || CAST(p.line_no AS TEXT) AS subject
         FROM line_parts p JOIN orders o ON o.id = p.order_id AND o.paid_at IS NOT NULL
         JOIN order_lines l ON l.order_id = p.order_id AND l.line_no = p.line_no
         LEFT JOIN pairings g ON g.county_code = p.county_code
         LEFT JOIN payments y ON y.order_id = o.id AND y.applied
         LEFT JOIN ledger_entries e ON e.order_id = p.order_id AND e.kind = 'sale' AND e.line_no = p.line_no
           AND e.part_no = p.part_no
         WHERE e.amount_fen IS DISTINCT FROM p.payable_fen OR e.at <> o.paid_at OR e.day <> o.paid_on
           OR e.entry <> 'capture:' || COALESCE(y.id, o.id)
           OR e.qty <> CASE WHEN p.part_no = 1 THEN l.qty ELSE 0 END OR e.coop_id IS DISTINCT FROM p.coop_id
           OR e.county_code IS DISTINCT FROM p.county_code OR e.category_code IS DISTINCT FROM p.category_code
           OR e.pairing IS DISTINCT FROM COALESCE(g.code, 'none') OR e.product_id IS DISTINCT FROM l.product_id
           OR e.sku IS DISTINCT FROM l.sku OR e.schemes IS DISTINCT FROM l.schemes
           OR e.channel IS DISTINCT FROM o.channel OR e.outlet IS DISTINCT FROM COALESCE(o.outlet, 'none')
           OR e.buyer_class IS DISTINCT FROM o.buyer_class OR e.district_code IS DISTINCT FROM o.district_code
           OR e.payment_method IS DISTINCT FROM COALESCE(y.method, 'none')";
    I14 "books.orders", "the ledger's sums of an order are what it was paid, gave back and could not take" =
        "SELECT o.number AS subject FROM orders o
         LEFT JOIN (SELECT order_id,
             CAST(SUM(CASE WHEN kind = 'sale' THEN amount_fen ELSE 0 END) AS BIGINT) AS goods,
             CAST(SUM(CASE WHEN kind = 'sale' THEN 1 ELSE 0 END) AS BIGINT) AS goods_rows,
             CAST(SUM(CASE WHEN kind = 'sale_freight' THEN amount_fen ELSE 0 END) AS BIGINT) AS freight,
             CAST(SUM(CASE WHEN kind IN ('refund', 'refund_freight') THEN amount_fen ELSE 0 END) AS BIGINT) AS back,
             CAST(SUM(CASE WHEN kind = 'unapplied' THEN amount_fen ELSE 0 END) AS BIGINT) AS untaken,
             CAST(SUM(CASE WHEN kind = 'unapplied_refund' THEN amount_fen ELSE 0 END) AS BIGINT) AS untaken_back
           FROM ledger_entries GROUP BY order_id) e ON e.order_id = o.id
         LEFT JOIN (SELECT order_id, CAST(SUM(amount_fen) AS BIGINT) AS untaken FROM payments
                    WHERE captured_at IS NOT NULL AND NOT applied GROUP BY order_id) p ON p.order_id = o.id
         LEFT JOIN (SELECT order_id, CAST(SUM(amount_fen) AS BIGINT) AS back FROM refunds
                    WHERE unapplied AND state = 'succeeded' GROUP BY order_id) r ON r.order_id = o.id
         LEFT JOIN (SELECT order_id, CAST(count(*) AS BIGINT) AS n FROM line_parts GROUP BY order_id) n
           ON n.order_id = o.id
         WHERE COALESCE(e.goods, 0) <> CASE WHEN o.paid_at IS NULL THEN 0 ELSE o.goods_fen - o.discount_fen END
           OR COALESCE(e.goods_rows, 0) <> CASE WHEN o.paid_at IS NULL THEN 0 ELSE COALESCE(n.n, 0) END
           OR COALESCE(e.freight, 0) <> CASE WHEN o.paid_at IS NULL THEN 0 ELSE o.freight_fen END
           OR COALESCE(e.back, 0) <> o.refunded_fen OR COALESCE(e.untaken, 0) <> COALESCE(p.untaken, 0)
           OR COALESCE(e.untaken_back, 0) <> COALESCE(r.back, 0)
         UNION ALL
         SELECT e.entry || '/' || CAST(e.n AS TEXT) AS subject FROM ledger_entries e
         WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = e.order_id)";
    I14 "books.freight", "each seller's freight is one row, and what is no goods has the order's dimensions alone" =
        "SELECT s.id AS subject FROM seller_orders s JOIN orders o ON o.id = s.order_id AND o.paid_at IS NOT NULL
         LEFT JOIN payments y ON y.order_id = o.id AND y.applied
         LEFT JOIN ledger_entries e ON e.order_id = o.id AND e.kind = 'sale_freight' AND e.coop_id = s.coop_id
         WHERE s.freight_fen > 0 AND (e.amount_fen IS DISTINCT FROM s.freight_fen OR e.at <> o.paid_at OR e.qty <> 0
           OR e.day <> o.paid_on OR e.entry <> 'capture:' || COALESCE(y.id, o.id))
         UNION ALL
         SELECT e.entry || '/' || CAST(e.n AS TEXT) AS subject FROM ledger_entries e
         JOIN orders o ON o.id = e.order_id LEFT JOIN payments y ON y.order_id = o.id AND y.applied
         WHERE e.kind IN ('sale_freight', 'refund_freight', 'unapplied', 'unapplied_refund') AND (e.county_code IS DISTINCT FROM 'none'
           OR e.pairing IS DISTINCT FROM 'none' OR e.category_code IS DISTINCT FROM 'none'
           OR e.schemes IS DISTINCT FROM '[]' OR e.product_id IS NOT NULL OR e.sku IS NOT NULL OR e.line_no IS NOT NULL
           OR e.part_no IS NOT NULL OR e.channel IS DISTINCT FROM o.channel
           OR e.outlet IS DISTINCT FROM COALESCE(o.outlet, 'none') OR e.buyer_class IS DISTINCT FROM o.buyer_class
           OR e.district_code IS DISTINCT FROM o.district_code
           OR (e.coop_id IS NULL) <> (e.kind IN ('unapplied', 'unapplied_refund'))
           OR (e.coop_id IS NOT NULL AND e.payment_method IS DISTINCT FROM COALESCE(y.method, 'none')))";
    I5 "books.untaken", "money that no order took came in once and went back once, at its time" =
        "SELECT 'payment ' || p.id AS subject FROM payments p
         LEFT JOIN ledger_entries e ON e.entry = 'unapplied:' || p.id AND e.n = 1
         WHERE p.captured_at IS NOT NULL AND NOT p.applied AND (e.amount_fen IS DISTINCT FROM p.amount_fen
           OR e.kind <> 'unapplied' OR e.at <> p.learned_at OR e.order_id <> p.order_id)
         UNION ALL
         SELECT 'refund ' || r.id AS subject FROM refunds r
         LEFT JOIN ledger_entries e ON e.entry = 'unapplied_refund:' || r.id AND e.n = 1
         WHERE r.unapplied AND r.state = 'succeeded' AND (e.amount_fen IS DISTINCT FROM r.amount_fen
           OR e.kind <> 'unapplied_refund' OR e.at <> r.succeeded_at OR e.order_id <> r.order_id)";
    I14 "books.dimensions", "what follows a sale has the sale's dimensions (C14)" =
        "SELECT e.entry || '/' || CAST(e.n AS TEXT) AS subject FROM ledger_entries e
         LEFT JOIN ledger_entries s ON s.order_id = e.order_id AND s.kind = 'sale' AND s.line_no = e.line_no
           AND s.part_no = e.part_no
         WHERE e.kind IN ('refund', 'receipt', 'promotion', 'refund_promotion')
           AND (s.entry IS NULL OR e.coop_id IS DISTINCT FROM s.coop_id OR e.county_code IS DISTINCT FROM s.county_code
             OR e.pairing IS DISTINCT FROM s.pairing OR e.category_code IS DISTINCT FROM s.category_code
             OR e.product_id IS DISTINCT FROM s.product_id OR e.sku IS DISTINCT FROM s.sku
             OR e.schemes IS DISTINCT FROM s.schemes OR e.channel IS DISTINCT FROM s.channel
             OR e.outlet IS DISTINCT FROM s.outlet OR e.buyer_class IS DISTINCT FROM s.buyer_class
             OR e.district_code IS DISTINCT FROM s.district_code OR e.payment_method IS DISTINCT FROM s.payment_method)";
    I7 "books.refunds", "each refund that succeeded is in the ledger, at its time and in its amounts" =
        "SELECT r.id AS subject FROM refunds r
         LEFT JOIN (SELECT entry, MIN(at) AS at, MIN(day) AS day, MIN(order_id) AS order_id,
             CAST(SUM(CASE WHEN kind = 'refund' THEN amount_fen ELSE 0 END) AS BIGINT) AS goods,
             CAST(SUM(CASE WHEN kind = 'refund_freight' THEN amount_fen ELSE 0 END) AS BIGINT) AS freight,
             CAST(SUM(CASE WHEN kind = 'refund' THEN qty ELSE 0 END) AS BIGINT) AS qty
           FROM ledger_entries WHERE kind IN ('refund', 'refund_freight', 'refund_promotion') GROUP BY entry) e
           ON e.entry = 'refund:' || r.id
         LEFT JOIN (SELECT refund_id, CAST(SUM(qty) AS BIGINT) AS qty FROM refund_lines GROUP BY refund_id) x
           ON x.refund_id = r.id
         WHERE NOT r.unapplied AND CASE WHEN r.state = 'succeeded'
             THEN COALESCE(e.goods, 0) <> r.goods_fen OR COALESCE(e.freight, 0) <> r.freight_fen
               OR COALESCE(e.qty, 0) <> COALESCE(x.qty, 0) OR e.at <> r.succeeded_at OR e.day <> r.succeeded_on
               OR e.order_id <> r.order_id
             ELSE e.entry IS NOT NULL END";
    I7 "books.refund_lines", "what the ledger gave back of a part is what the part gave back" =
        "SELECT p.order_id || '/' || CAST(p.line_no AS TEXT) AS subject FROM line_parts p
         LEFT JOIN (SELECT order_id, line_no, part_no, CAST(SUM(amount_fen) AS BIGINT) AS back FROM ledger_entries
                    WHERE kind = 'refund' GROUP BY order_id, line_no, part_no) e
           ON e.order_id = p.order_id AND e.line_no = p.line_no AND e.part_no = p.part_no
         WHERE p.refunded_fen <> COALESCE(e.back, 0)";
    I14 "books.receipts", "each part of a received line is due once: what was paid less what went back before" =
        "SELECT p.order_id || '/' || CAST(p.line_no AS TEXT) AS subject FROM line_parts p
         JOIN order_lines l ON l.order_id = p.order_id AND l.line_no = p.line_no
         LEFT JOIN (SELECT order_id, line_no, part_no,
             CAST(SUM(CASE WHEN kind = 'receipt' THEN 1 ELSE 0 END) AS BIGINT) AS n,
             CAST(SUM(CASE WHEN kind = 'receipt' THEN amount_fen ELSE 0 END) AS BIGINT) AS due,
             CAST(SUM(CASE WHEN kind = 'receipt' THEN qty ELSE 0 END) AS BIGINT) AS qty,
             MIN(CASE WHEN kind = 'receipt' THEN at END) AS due_at,
             MIN(CASE WHEN kind = 'receipt' THEN entry END) AS entry,
             CAST(SUM(CASE WHEN kind = 'refund' AND NOT after_receipt THEN amount_fen ELSE 0 END) AS BIGINT) AS back,
             CAST(SUM(CASE WHEN kind = 'refund' AND NOT after_receipt THEN qty ELSE 0 END) AS BIGINT) AS back_qty,
             CAST(SUM(CASE WHEN after_receipt THEN 1 ELSE 0 END) AS BIGINT) AS late
           FROM ledger_entries WHERE kind IN ('receipt', 'refund') GROUP BY order_id, line_no, part_no) e
           ON e.order_id = p.order_id AND e.line_no = p.line_no AND e.part_no = p.part_no
         WHERE CASE WHEN l.received_at IS NULL THEN COALESCE(e.n, 0) <> 0 OR COALESCE(e.late, 0) <> 0
             ELSE COALESCE(e.n, 0) <> 1 OR e.due <> p.payable_fen - e.back OR e.due_at <> l.received_at
               OR e.entry <> 'receipt:' || l.order_id || ':' || CAST(l.line_no AS TEXT)
               OR e.qty <> CASE WHEN p.part_no = 1 THEN l.qty - e.back_qty ELSE 0 END END";
    I8 "books.promotions", "what a funder pays for a line is its discount, less the share of what went back" =
        "SELECT l.order_id || '/' || CAST(l.line_no AS TEXT) AS subject FROM order_lines l
         JOIN orders o ON o.id = l.order_id
         LEFT JOIN (SELECT order_id, line_no,
             CAST(SUM(CASE WHEN debit = 'promotion:platform' THEN amount_fen ELSE 0 END) AS BIGINT) AS platform,
             CAST(SUM(CASE WHEN debit = 'promotion:government' THEN amount_fen ELSE 0 END) AS BIGINT) AS government,
             CAST(SUM(CASE WHEN kind = 'refund_promotion' THEN amount_fen ELSE 0 END) AS BIGINT) AS back
           FROM ledger_entries WHERE kind IN ('promotion', 'refund_promotion') GROUP BY order_id, line_no) e
           ON e.order_id = l.order_id AND e.line_no = l.line_no
         WHERE COALESCE(e.platform, 0) <> CASE WHEN o.paid_at IS NULL THEN 0 ELSE l.discount_platform_fen END
           OR COALESCE(e.government, 0) <> CASE WHEN o.paid_at IS NULL THEN 0 ELSE l.discount_government_fen END
           OR COALESCE(e.back, 0) <> CASE
             WHEN l.discount_platform_fen + l.discount_government_fen = 0 OR l.refunded_fen = 0 THEN 0
             WHEN l.refunded_fen = l.payable_fen THEN l.discount_platform_fen + l.discount_government_fen
             WHEN l.refunded_fen > 1000000000 OR l.list_fen > 1000000000 THEN COALESCE(e.back, 0)
             ELSE (l.discount_platform_fen + l.discount_government_fen) * l.refunded_fen / l.payable_fen END";
}
