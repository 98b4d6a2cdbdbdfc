//! Rows of payments and of the provider's events, changed only by guarded updates.

use super::{Method, PaymentState};
use crate::{
    db::{Conn, Query, Tx, q, row, statements},
    kernel::{At, Fen, OrderId, PaymentId, Result},
};

statements! {
    OPEN = "INSERT INTO payments (id, order_id, method, state, amount_fen, provider_ref, applied, refund_reserved_fen,
              refunded_fen, created_at, captured_at, learned_at, asked_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, $8, $9, $9, $8)";
    FIND = "SELECT id, order_id, method, state, amount_fen, provider_ref, applied, refund_reserved_fen, refunded_fen,
              created_at, captured_at FROM payments WHERE id = $1";
    OF_ORDER = "SELECT id, order_id, method, state, amount_fen, provider_ref, applied, refund_reserved_fen, refunded_fen,
                  created_at, captured_at FROM payments WHERE order_id = $1 ORDER BY created_at, id";
    CAPTURE = "UPDATE payments SET state = 'succeeded', captured_at = $1, learned_at = $2
               WHERE id = $3 AND state IN ('created', 'pending', 'failed', 'cancelled')";
    APPLY = "UPDATE payments SET applied = TRUE WHERE id = $1 AND state = 'succeeded' AND NOT applied";
    FAIL = "UPDATE payments SET state = 'failed', learned_at = $1 WHERE id = $2 AND state IN ('created', 'pending')";
    GIVE_UP = "UPDATE payments SET state = 'cancelled' WHERE order_id = $1 AND state IN ('created', 'pending', 'failed')";
    RESERVE = "UPDATE payments SET refund_reserved_fen = refund_reserved_fen + $1
               WHERE id = $2 AND state IN ('succeeded', 'part_refunded') AND refund_reserved_fen + $1 <= amount_fen";
    UNRESERVE = "UPDATE payments SET refund_reserved_fen = refund_reserved_fen - $1
                 WHERE id = $2 AND refund_reserved_fen - $1 >= refunded_fen";
    REFUNDED = "UPDATE payments SET refunded_fen = refunded_fen + $1,
                  state = CASE WHEN refunded_fen + $1 = amount_fen THEN 'refunded' ELSE 'part_refunded' END
                WHERE id = $2 AND state IN ('succeeded', 'part_refunded') AND refunded_fen + $1 <= refund_reserved_fen";
    TO_ASK = "SELECT id, order_id, method, state, amount_fen, provider_ref, applied, refund_reserved_fen, refunded_fen,
                created_at, captured_at FROM payments
              WHERE state IN ('created', 'pending') AND asked_at <= $1 ORDER BY asked_at LIMIT $2";
    ASKED = "UPDATE payments SET asked_at = $1 WHERE id = $2";
    EVENT = "INSERT INTO payment_events (id, payment_id, kind, at, received_at, outcome)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING";
    EVENTS = "SELECT payment_id, kind, at, received_at, outcome FROM payment_events WHERE payment_id IN ($1)
              ORDER BY received_at, id";
}

row! {
    /// A payment as it stands.
    #[derive(Clone, Debug)]
    pub struct Payment {
        /// Its id; the provider is told it as metadata.
        pub id: PaymentId,
        /// For which order.
        pub order_id: OrderId,
        /// How.
        pub method: Method,
        /// Where it stands.
        pub state: PaymentState,
        /// How much.
        pub amount_fen: Fen,
        /// The provider's name for it.
        pub provider_ref: Option<String>,
        /// Whether it is the payment that paid its order (I5).
        pub applied: bool,
        /// Promised back, the paid back included.
        pub refund_reserved_fen: Fen,
        /// Paid back.
        pub refunded_fen: Fen,
        /// When it was made.
        pub created_at: At,
        /// When the provider captured the money.
        pub captured_at: Option<At>,
    }
}

/// Writes a new payment.
pub async fn open(tx: &mut Tx, payment: &Payment) -> Result<()> {
    let open = q(OPEN)
        .bind(&payment.id)
        .bind(&payment.order_id)
        .bind(payment.method)
        .bind(payment.state)
        .bind(payment.amount_fen)
        .bind(payment.provider_ref.clone())
        .bind(payment.applied)
        .bind(payment.created_at)
        .bind(payment.captured_at);
    tx.expect_rows(open, 1).await
}

/// The payment of an id.
pub async fn find(conn: &mut Conn, id: &str) -> Result<Option<Payment>> {
    q(FIND).bind(id).opt(conn).await
}

/// All payments of an order, oldest first.
pub async fn of_order(conn: &mut Conn, order: &OrderId) -> Result<Vec<Payment>> {
    q(OF_ORDER).bind(order).all(conn).await
}

/// Marks the money as captured; `false` where it was known already.
pub async fn capture(tx: &mut Tx, id: &PaymentId, captured_at: At, now: At) -> Result<bool> {
    Ok(q(CAPTURE).bind(captured_at).bind(now).bind(id).exec(tx).await? == 1)
}

/// Names a captured payment as the one that paid its order.
pub async fn apply(tx: &mut Tx, id: &PaymentId) -> Result<()> {
    tx.expect_rows(q(APPLY).bind(id), 1).await
}

/// Marks an open payment as refused by the provider; `false` where it had a result already.
pub async fn fail(tx: &mut Tx, id: &PaymentId, now: At) -> Result<bool> {
    Ok(q(FAIL).bind(now).bind(id).exec(tx).await? == 1)
}

/// Gives up an order's payments that were not captured.
pub async fn give_up(tx: &mut Tx, order: &OrderId) -> Result<()> {
    q(GIVE_UP).bind(order).exec(tx).await.map(|_| ())
}

/// Promises money back; `false` where less than that is left (I7).
pub async fn reserve_refund(tx: &mut Tx, id: &PaymentId, amount: Fen) -> Result<bool> {
    Ok(q(RESERVE).bind(amount).bind(id).exec(tx).await? == 1)
}

/// Takes back a promise that the provider refused for good.
pub async fn unreserve_refund(tx: &mut Tx, id: &PaymentId, amount: Fen) -> Result<()> {
    tx.expect_rows(q(UNRESERVE).bind(amount).bind(id), 1).await
}

/// Counts money as paid back.
pub async fn refunded(tx: &mut Tx, id: &PaymentId, amount: Fen) -> Result<()> {
    tx.expect_rows(q(REFUNDED).bind(amount).bind(id), 1).await
}

/// Open payments last asked after before an instant.
pub async fn to_ask(conn: &mut Conn, before: At, most: i64) -> Result<Vec<Payment>> {
    q(TO_ASK).bind(before).bind(most).all(conn).await
}

/// Notes that the provider was asked.
pub async fn asked(tx: &mut Tx, id: &PaymentId, now: At) -> Result<()> {
    q(ASKED).bind(now).bind(id).exec(tx).await.map(|_| ())
}

/// An event of the provider, as it is kept.
pub struct KeptEvent<'a> {
    /// The provider's id of the event.
    pub id: &'a str,
    /// About which payment.
    pub payment: &'a PaymentId,
    /// The provider's kind of event.
    pub kind: &'a str,
    /// When it happened there.
    pub at: At,
    /// `applied` or `mismatch`.
    pub outcome: &'a str,
}

/// Keeps an event; `false` where it was kept before (I3).
pub async fn keep_event(tx: &mut Tx, event: KeptEvent<'_>, now: At) -> Result<bool> {
    let kept = q(EVENT)
        .bind(event.id)
        .bind(event.payment)
        .bind(event.kind)
        .bind(event.at)
        .bind(now)
        .bind(event.outcome)
        .exec(tx)
        .await?;
    Ok(kept == 1)
}

row! {
    /// An event of the provider as it was kept.
    #[derive(Clone, Debug)]
    pub struct SeenEvent {
        /// About which payment.
        pub payment_id: PaymentId,
        /// The provider's kind of event.
        pub kind: String,
        /// When it happened there.
        pub at: At,
        /// When it came here.
        pub received_at: At,
        /// `applied` or `mismatch`.
        pub outcome: String,
    }
}

/// The events of payments, as they came.
pub async fn events(conn: &mut Conn, payments: &[Payment]) -> Result<Vec<SeenEvent>> {
    Query::with_list(EVENTS, payments.iter().map(|payment| payment.id.clone())).all(conn).await
}
