//! What must hold of payments (I3, I5): states agree with amounts, and with the provider's books.

use crate::db::audit::checks;

checks! {
    I5 "payments.states", "a payment's state is what its amounts and times say" =
        "SELECT id AS subject FROM payments
         WHERE NOT (CASE state
             WHEN 'succeeded' THEN refunded_fen = 0 AND captured_at IS NOT NULL
             WHEN 'part_refunded' THEN refunded_fen > 0 AND refunded_fen < amount_fen AND captured_at IS NOT NULL
             WHEN 'refunded' THEN refunded_fen = amount_fen AND captured_at IS NOT NULL
             ELSE refunded_fen = 0 AND (to_ask OR state = 'cancelled') AND refund_reserved_fen = 0 AND captured_at IS NULL END)
           OR refunded_fen > refund_reserved_fen OR refund_reserved_fen > amount_fen";
    I3 "payments.events", "every event kept is of a payment or of a kind not known, and one that tells of money found it captured" =
        "SELECT e.id AS subject FROM payment_events e LEFT JOIN payments p ON p.id = e.payment_id
         WHERE (p.id IS NULL AND NOT (e.outcome = 'unknown' AND e.payment_id IS NULL))
           OR (e.outcome = 'mismatch') <> (e.differed <> '')
           OR (e.kind = 'payment_intent.succeeded' AND e.outcome = 'applied' AND p.captured_at IS NULL)";
    I5 "payments.provider", "money is captured here as it is at the sandbox, at the latest 15 minutes after" =
        "SELECT 'payment ' || p.id AS subject FROM payments p
         LEFT JOIN sandbox_intents i ON i.provider_ref = p.provider_ref
         WHERE p.method = 'sandbox' AND p.captured_at IS NOT NULL
           AND (i.provider_ref IS NULL OR i.state <> 'succeeded' OR i.amount_fen <> p.amount_fen
             OR i.refunded_fen < p.refunded_fen)
         UNION ALL
         SELECT 'intent ' || i.provider_ref AS subject FROM sandbox_intents i
         LEFT JOIN payments p ON p.provider_ref = i.provider_ref
         WHERE i.state = 'succeeded' AND p.captured_at IS NULL
           AND i.settled_at < (SELECT MAX(asked_at) FROM payments) - 900000000";
    I5 "payments.methods", "the sandbox pays in a demonstration only" =
        "SELECT id AS subject FROM payments
         WHERE method = 'sandbox' AND NOT EXISTS (SELECT 1 FROM market WHERE key = 'kind' AND value = 'demo')";
    I7 "payments.sandbox", "what the sandbox gave back of a payment is the sum of its refunds" =
        "SELECT i.provider_ref AS subject FROM sandbox_intents i
         LEFT JOIN (SELECT provider_ref, CAST(SUM(amount_fen) AS BIGINT) AS back FROM sandbox_refunds
                    WHERE state = 'succeeded' GROUP BY provider_ref) r ON r.provider_ref = i.provider_ref
         WHERE i.refunded_fen <> COALESCE(r.back, 0) OR i.refunded_fen > i.amount_fen
         UNION ALL
         SELECT r.provider_ref AS subject FROM sandbox_refunds r
         WHERE NOT EXISTS (SELECT 1 FROM sandbox_intents i WHERE i.provider_ref = r.provider_ref)";
}
