//! The ledger says what orders say, row by row and in sum (I6, I14).

use crate::db::audit::checks;

checks! {
    I14 "books.sales", "each part of a paid order is one sale in the ledger, with its dimensions" =
        "SELECT o.number || '/' || CAST(p.line_no AS TEXT) AS subject
         FROM line_parts p JOIN orders o ON o.id = p.order_id AND o.paid_at IS NOT NULL
         JOIN order_lines l ON l.order_id = p.order_id AND l.line_no = p.line_no
         LEFT JOIN pairings g ON g.county_code = p.county_code
         LEFT JOIN ledger_entries e ON e.subject_id = p.order_id AND e.fact = 'sale' AND e.kind = 'sale'
           AND e.line_no = p.line_no AND e.part_no = p.part_no
         LEFT JOIN dimensions d ON d.id = e.dimension_id
         WHERE e.amount_fen IS DISTINCT FROM p.payable_fen OR e.at <> o.paid_at
           OR (e.day <> o.paid_on AND e.late_for IS NULL)
           OR e.qty <> CASE WHEN p.part_no = 1 THEN l.qty ELSE 0 END OR d.coop_id IS DISTINCT FROM p.coop_id
           OR d.county_code IS DISTINCT FROM p.county_code OR d.category_code IS DISTINCT FROM p.category_code
           OR d.pairing IS DISTINCT FROM COALESCE(g.code, 'none') OR d.product_id IS DISTINCT FROM l.product_id
           OR d.channel IS DISTINCT FROM o.channel OR d.outlet IS DISTINCT FROM COALESCE(o.outlet, 'none')
           OR d.buyer_class IS DISTINCT FROM o.buyer_class OR d.district_code IS DISTINCT FROM o.district_code
           OR l.schemes <> '[' || COALESCE((SELECT string_agg('\"' || x.scheme_code || '\"', ',' ORDER BY x.scheme_code)
             FROM dimension_schemes x WHERE x.dimension_id = d.id), '') || ']'";
    I14 "books.orders", "the ledger's sums of an order are what came in, was sold, given back and returned" =
        "SELECT o.number AS subject FROM orders o
         LEFT JOIN (SELECT subject_id,
             CAST(SUM(CASE WHEN kind = 'sale' THEN amount_fen ELSE 0 END) AS BIGINT) AS goods,
             CAST(SUM(CASE WHEN kind = 'sale' THEN 1 ELSE 0 END) AS BIGINT) AS goods_rows,
             CAST(SUM(CASE WHEN kind = 'sale_freight' THEN amount_fen ELSE 0 END) AS BIGINT) AS freight,
             CAST(SUM(CASE WHEN kind IN ('refund', 'refund_freight') THEN amount_fen ELSE 0 END) AS BIGINT) AS back,
             CAST(SUM(CASE WHEN kind = 'tender' THEN amount_fen ELSE 0 END) AS BIGINT) AS came,
             CAST(SUM(CASE kind WHEN 'tender_return' THEN amount_fen WHEN 'return_undone' THEN -amount_fen ELSE 0 END) AS BIGINT)
               AS returned
           FROM ledger_entries GROUP BY subject_id) e ON e.subject_id = o.id
         LEFT JOIN (SELECT order_id, CAST(SUM(amount_fen) AS BIGINT) AS came, CAST(SUM(refunded_fen) AS BIGINT) AS back
           FROM payments WHERE captured_at IS NOT NULL GROUP BY order_id) p ON p.order_id = o.id
         LEFT JOIN (SELECT order_id, CAST(count(*) AS BIGINT) AS n FROM line_parts GROUP BY order_id) n
           ON n.order_id = o.id
         WHERE COALESCE(e.goods, 0) <> CASE WHEN o.paid_at IS NULL THEN 0 ELSE o.goods_fen - o.discount_fen END
           OR COALESCE(e.goods_rows, 0) <> CASE WHEN o.paid_at IS NULL THEN 0 ELSE COALESCE(n.n, 0) END
           OR COALESCE(e.freight, 0) <> CASE WHEN o.paid_at IS NULL THEN 0 ELSE o.freight_fen END
           OR COALESCE(e.back, 0) <> o.refunded_fen
           OR COALESCE(e.came, 0) <> o.tendered_fen OR o.tendered_fen <> COALESCE(p.came, 0)
           OR COALESCE(e.returned, 0) <> o.returned_fen OR o.returned_fen <> COALESCE(p.back, 0)
         UNION ALL
         SELECT e.subject_id || ' ' || e.fact AS subject FROM ledger_entries e
         WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = e.subject_id)";
    I14 "books.freight", "each line's freight is one row, counted as the line and for who sells it" =
        "SELECT l.order_id || '/' || CAST(l.line_no AS TEXT) AS subject FROM order_lines l
         JOIN orders o ON o.id = l.order_id AND o.paid_at IS NOT NULL JOIN seller_orders s ON s.id = l.seller_order_id
         LEFT JOIN ledger_entries e ON e.subject_id = l.order_id AND e.fact = 'sale' AND e.kind = 'sale_freight'
           AND e.line_no = l.line_no
         LEFT JOIN dimensions d ON d.id = e.dimension_id
         LEFT JOIN ledger_entries g ON g.subject_id = l.order_id AND g.fact = 'sale' AND g.kind = 'sale'
           AND g.line_no = l.line_no AND g.part_no = 1
         LEFT JOIN dimensions f ON f.id = g.dimension_id
         WHERE l.freight_fen > 0 AND (e.amount_fen IS DISTINCT FROM l.freight_fen OR d.coop_id IS DISTINCT FROM s.coop_id
           OR d.county_code IS DISTINCT FROM f.county_code OR d.pairing IS DISTINCT FROM f.pairing
           OR d.product_id IS DISTINCT FROM f.product_id OR d.category_code IS DISTINCT FROM f.category_code
           OR d.channel IS DISTINCT FROM f.channel OR d.outlet IS DISTINCT FROM f.outlet
           OR d.buyer_class IS DISTINCT FROM f.buyer_class OR d.district_code IS DISTINCT FROM f.district_code)";
    I5 "books.tenders", "each payment that was captured came in once, and each refund's tender went back once, at its time and by its method" =
        "SELECT 'payment ' || p.id AS subject FROM payments p
         LEFT JOIN ledger_entries e ON e.subject_id = p.order_id AND e.fact = 'tender:' || p.id AND e.n = 1
         WHERE p.captured_at IS NOT NULL AND (e.amount_fen IS DISTINCT FROM p.amount_fen
           OR e.at <> p.captured_at OR e.debit <> 'clearing:' || p.method)
         UNION ALL
         SELECT 'refund ' || r.id AS subject FROM refund_tenders r JOIN payments p ON p.id = r.payment_id
         LEFT JOIN ledger_entries e ON e.subject_id = p.order_id AND e.fact = 'return:' || r.id AND e.n = 1
         WHERE r.state IN ('succeeded', 'undone') AND (e.amount_fen IS DISTINCT FROM r.amount_fen
           OR e.at <> r.succeeded_at OR e.credit <> 'clearing:' || p.method)
         UNION ALL
         SELECT 'undone ' || r.id AS subject FROM refund_tenders r JOIN payments p ON p.id = r.payment_id
         LEFT JOIN ledger_entries e ON e.subject_id = p.order_id AND e.fact = 'undone:' || r.id AND e.n = 1
         WHERE CASE WHEN r.state = 'undone' THEN e.amount_fen IS DISTINCT FROM r.amount_fen
           ELSE e.amount_fen IS NOT NULL END";
    I14 "books.dimensions", "what follows a sale has the sale's dimensions (C14)" =
        "SELECT e.subject_id || ' ' || e.fact || '/' || CAST(e.n AS TEXT) AS subject FROM ledger_entries e
         LEFT JOIN ledger_entries s ON s.subject_id = e.subject_id AND s.fact = 'sale' AND s.line_no = e.line_no
           AND s.part_no IS NOT DISTINCT FROM e.part_no
           AND s.kind = CASE WHEN e.part_no IS NULL THEN 'sale_freight' ELSE 'sale' END
         WHERE e.kind NOT IN ('tender', 'tender_return', 'return_undone') AND s.dimension_id IS DISTINCT FROM e.dimension_id";
    I7 "books.refunds", "each refund that succeeded is in the ledger, at its time and in its amounts" =
        "SELECT r.id AS subject FROM refunds r
         LEFT JOIN (SELECT subject_id, fact, MIN(at) AS at, MIN(day) AS day, MAX(late_for) AS late_for,
             CAST(SUM(CASE WHEN kind = 'refund' THEN amount_fen ELSE 0 END) AS BIGINT) AS goods,
             CAST(SUM(CASE WHEN kind = 'refund_freight' THEN amount_fen ELSE 0 END) AS BIGINT) AS freight,
             CAST(SUM(CASE WHEN kind = 'refund' THEN -qty ELSE 0 END) AS BIGINT) AS qty
           FROM ledger_entries WHERE kind IN ('refund', 'refund_freight', 'refund_promotion')
           GROUP BY subject_id, fact) e ON e.subject_id = r.order_id AND e.fact = 'refund:' || r.id
         LEFT JOIN (SELECT refund_id, CAST(SUM(qty) AS BIGINT) AS qty FROM refund_lines GROUP BY refund_id) x
           ON x.refund_id = r.id
         WHERE NOT r.unapplied AND CASE WHEN r.state = 'succeeded'
             THEN COALESCE(e.goods, 0) <> r.goods_fen OR COALESCE(e.freight, 0) <> r.freight_fen
               OR COALESCE(e.qty, 0) <> COALESCE(x.qty, 0) OR e.at <> r.succeeded_at
               OR (e.day <> r.succeeded_on AND e.late_for IS NULL)
             ELSE e.fact IS NOT NULL END";
    I7 "books.parts", "what the ledger gave back of a part, and has of it as effective, is what the part says" =
        "SELECT p.order_id || '/' || CAST(p.line_no AS TEXT) AS subject FROM line_parts p
         LEFT JOIN (SELECT subject_id, line_no, part_no,
             CAST(SUM(CASE WHEN kind = 'refund' THEN amount_fen ELSE 0 END) AS BIGINT) AS back,
             CAST(SUM(effective_fen) AS BIGINT) AS effective
           FROM ledger_entries WHERE kind IN ('receipt', 'refund', 'exclusion')
           GROUP BY subject_id, line_no, part_no) e
           ON e.subject_id = p.order_id AND e.line_no = p.line_no AND e.part_no = p.part_no
         WHERE p.refunded_fen <> COALESCE(e.back, 0) OR p.effective_fen <> COALESCE(e.effective, 0)";
    I14 "books.receipts", "each part of a received line is due once: what was paid less what went back before" =
        "SELECT p.order_id || '/' || CAST(p.line_no AS TEXT) AS subject FROM line_parts p
         JOIN order_lines l ON l.order_id = p.order_id AND l.line_no = p.line_no
         LEFT JOIN (SELECT subject_id, line_no, part_no,
             CAST(SUM(CASE WHEN kind = 'receipt' THEN 1 ELSE 0 END) AS BIGINT) AS n,
             CAST(SUM(CASE WHEN kind = 'receipt' THEN amount_fen ELSE 0 END) AS BIGINT) AS due,
             CAST(SUM(CASE WHEN kind = 'receipt' THEN qty ELSE 0 END) AS BIGINT) AS qty,
             MIN(CASE WHEN kind = 'receipt' THEN at END) AS due_at,
             MIN(CASE WHEN kind = 'receipt' THEN fact END) AS fact,
             CAST(SUM(CASE WHEN kind = 'refund' AND debit = 'transit' THEN amount_fen ELSE 0 END) AS BIGINT) AS back,
             CAST(SUM(CASE WHEN kind = 'refund' AND debit = 'transit' THEN -qty ELSE 0 END) AS BIGINT) AS back_qty,
             CAST(SUM(CASE WHEN debit = 'due' THEN 1 ELSE 0 END) AS BIGINT) AS late
           FROM ledger_entries WHERE kind IN ('receipt', 'refund') GROUP BY subject_id, line_no, part_no) e
           ON e.subject_id = p.order_id AND e.line_no = p.line_no AND e.part_no = p.part_no
         WHERE CASE WHEN l.received_at IS NULL THEN COALESCE(e.n, 0) <> 0 OR COALESCE(e.late, 0) <> 0
             ELSE COALESCE(e.n, 0) <> 1 OR e.due <> p.payable_fen - e.back OR e.due_at <> l.received_at
               OR e.fact <> 'receipt:' || CAST(l.line_no AS TEXT)
               OR e.qty <> CASE WHEN p.part_no = 1 THEN l.qty - e.back_qty ELSE 0 END END";
    I6 "books.owed", "nothing of what was received or ended stays in transit, and no line takes more than it brought" =
        "SELECT l.order_id || '/' || CAST(l.line_no AS TEXT) AS subject FROM order_lines l
         JOIN seller_orders s ON s.id = l.seller_order_id
         JOIN (SELECT subject_id, line_no,
             CAST(SUM(CASE WHEN credit = 'transit' THEN amount_fen WHEN debit = 'transit' THEN -amount_fen ELSE 0 END) AS BIGINT)
               AS transit,
             CAST(SUM(CASE WHEN credit = 'due' THEN amount_fen WHEN debit = 'due' THEN -amount_fen ELSE 0 END) AS BIGINT) AS due
           FROM ledger_entries WHERE line_no IS NOT NULL GROUP BY subject_id, line_no) e
           ON e.subject_id = l.order_id AND e.line_no = l.line_no
         WHERE e.transit < 0 OR e.due < 0 OR (l.received_at IS NOT NULL AND e.transit <> 0)
           OR (s.state IN ('received', 'refunded') AND e.transit <> 0)
           OR (l.received_at IS NULL AND s.state NOT IN ('received', 'refunded') AND e.due <> 0)
           OR (l.refunded_fen = l.payable_fen AND l.refunded_qty = l.qty AND l.refunded_freight_fen = l.freight_fen
             AND e.transit + e.due <> 0)";
    I8 "books.promotions", "what a funder pays for a line is its discount, less the share of what went back of each part" =
        "SELECT l.order_id || '/' || CAST(l.line_no AS TEXT) AS subject FROM order_lines l
         JOIN orders o ON o.id = l.order_id
         LEFT JOIN (SELECT subject_id, line_no,
             CAST(SUM(CASE WHEN debit = 'promotion:platform' THEN amount_fen ELSE 0 END) AS BIGINT) AS platform,
             CAST(SUM(CASE WHEN debit = 'promotion:government' THEN amount_fen ELSE 0 END) AS BIGINT) AS government
           FROM ledger_entries WHERE kind = 'sale_promotion' GROUP BY subject_id, line_no) e
           ON e.subject_id = l.order_id AND e.line_no = l.line_no
         LEFT JOIN (SELECT order_id, line_no,
             CAST(SUM(CASE WHEN funder = 'platform' THEN amount_fen ELSE 0 END) AS BIGINT) AS platform,
             CAST(SUM(CASE WHEN funder = 'government' THEN amount_fen ELSE 0 END) AS BIGINT) AS government
           FROM line_discounts GROUP BY order_id, line_no) d ON d.order_id = l.order_id AND d.line_no = l.line_no
         WHERE COALESCE(e.platform, 0) <> CASE WHEN o.paid_at IS NULL THEN 0 ELSE COALESCE(d.platform, 0) END
           OR COALESCE(e.government, 0) <> CASE WHEN o.paid_at IS NULL THEN 0 ELSE COALESCE(d.government, 0) END
         UNION ALL
         SELECT s.subject_id || '/' || CAST(s.line_no AS TEXT) AS subject FROM ledger_entries s
         JOIN line_parts p ON p.order_id = s.subject_id AND p.line_no = s.line_no AND p.part_no = s.part_no
         JOIN order_lines l ON l.order_id = s.subject_id AND l.line_no = s.line_no
         LEFT JOIN (SELECT subject_id, line_no, part_no, credit, CAST(SUM(amount_fen) AS BIGINT) AS back
           FROM ledger_entries WHERE kind = 'refund_promotion' GROUP BY subject_id, line_no, part_no, credit) b
           ON b.subject_id = s.subject_id AND b.line_no = s.line_no AND b.part_no = s.part_no AND b.credit = s.debit
         WHERE s.kind = 'sale_promotion' AND s.amount_fen < 1000000000 AND p.payable_fen < 1000000000
           AND COALESCE(b.back, 0) <> CASE WHEN p.payable_fen > 0 THEN s.amount_fen * p.refunded_fen / p.payable_fen
             ELSE s.amount_fen * l.refunded_qty / l.qty END
         UNION ALL
         SELECT b.subject_id || '/' || CAST(b.line_no AS TEXT) AS subject FROM ledger_entries b
         WHERE b.kind = 'refund_promotion' AND NOT EXISTS (SELECT 1 FROM ledger_entries s
           WHERE s.subject_id = b.subject_id AND s.fact = 'sale' AND s.line_no = b.line_no AND s.part_no = b.part_no
             AND s.debit = b.credit)";
}
