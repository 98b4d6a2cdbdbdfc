//! Rows of payments and of the provider's events. What moves a state asks the table of states (`state`),
//! and changes the row only where it still stands as it was read.

use serde::{Deserialize, Serialize};

use super::{Method, PaymentState, state::PaymentEvent};
use crate::{
    db::{self, Conn, Query, Tx, q, select, statements, table},
    kernel::{At, Error, Fen, OrderId, PaymentId, Result, closed_set},
};

statements! {
    FIND = select!(Payment, "WHERE id = $1");
    OF_ORDER = select!(Payment, "WHERE order_id = $1 ORDER BY created_at, id");
    OPENED = "UPDATE payments SET state = $1, provider_ref = $2, payer_answer = $3, opened_at = $4
              WHERE id = $5 AND state = $6 AND opened_at IS NULL";
    CAPTURE = "UPDATE payments SET state = $1, captured_at = $2, learned_at = $3, to_ask = FALSE WHERE id = $4 AND state = $5";
    FAIL = "UPDATE payments SET state = $1, learned_at = $2 WHERE id = $3 AND state = $4";
    GIVE_UP = "UPDATE payments SET state = 'cancelled' WHERE state IN ('created', 'pending', 'failed')
                 AND order_id IN ($1)";
    OPEN_OF = select!(Payment, "WHERE order_id = $1 AND method = $2 AND state IN ('created', 'pending')");
    GIVE_UP_ONE = "UPDATE payments SET state = $1 WHERE id = $2 AND state = $3";
    ENDED = "UPDATE payments SET state = $1, to_ask = FALSE WHERE id = $2 AND state = $3";
    RESERVE = "UPDATE payments SET refund_reserved_fen = refund_reserved_fen + $1
               WHERE id = $2 AND captured_at IS NOT NULL AND refund_reserved_fen + $1 <= amount_fen";
    UNRESERVE = "UPDATE payments SET refund_reserved_fen = refund_reserved_fen - $1
                 WHERE id = $2 AND refund_reserved_fen - $1 >= refunded_fen";
    REFUNDED = "UPDATE payments SET state = $1, refunded_fen = refunded_fen + $2
                WHERE id = $3 AND state = $4 AND refunded_fen = $5 AND refunded_fen + $2 <= refund_reserved_fen";
    UNDONE = "UPDATE payments SET state = $1, refunded_fen = refunded_fen - $2, refund_reserved_fen = refund_reserved_fen - $2
              WHERE id = $3 AND state = $4 AND refunded_fen = $5";
    TO_ASK = select!(Payment, "WHERE to_ask AND method = $1 AND asked_at <= $2 AND NOT EXISTS (
                        SELECT 1 FROM setbacks s WHERE s.job = 'reconcile' AND s.subject = payments.id AND s.next_at > $3)
                      ORDER BY asked_at LIMIT $4");
    TO_GIVE_UP = select!(Payment, "WHERE to_ask AND state = 'cancelled' AND NOT EXISTS (
                        SELECT 1 FROM setbacks s WHERE s.job = 'give_up' AND s.subject = payments.id AND s.next_at > $1)
                      ORDER BY id LIMIT $2");
    ASKED = "UPDATE payments SET asked_at = $1 WHERE id IN ($2)";
    EVENTS = select!(KeptEvent, "WHERE payment_id IN ($1) ORDER BY received_at, id");
}

table! {
    /// A payment as it stands.
    #[derive(Clone, Debug)]
    pub struct Payment in "payments"
        or "ON CONFLICT (order_id, method) WHERE state IN ('created', 'pending') DO NOTHING" {
        /// The provider is told it as metadata.
        pub id: PaymentId,
        pub order_id: OrderId,
        pub method: Method,
        pub state: PaymentState,
        pub amount_fen: Fen,
        /// The provider's name for it, once it is known there.
        pub provider_ref: Option<String>,
        /// Promised back, the paid back included.
        pub refund_reserved_fen: Fen,
        /// Paid back.
        pub refunded_fen: Fen,
        pub created_at: At,
        /// When the provider captured the money.
        pub captured_at: Option<At>,
        /// When its result was known here.
        pub learned_at: Option<At>,
        /// When the provider was last asked after it.
        pub asked_at: At,
        /// Whether it is still asked after: until it is captured, or both sides agree that it has ended.
        pub to_ask: bool,
        /// When the provider's first answer was kept.
        pub opened_at: Option<At>,
        /// What the payer needs, as JSON ([`ForPayer`]); none where the payment had ended before.
        pub payer_answer: Option<String>,
    }
}

/// What the payer needs to go on: kept with the payment, so that it is the same however often it is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForPayer {
    /// Page on which the payer pays.
    pub redirect_url: Option<String>,
}

/// What a provider says of a payment that was made known to it.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Its name for the payment.
    pub reference: String,
    pub payer: ForPayer,
}

impl Payment {
    /// A payment that no provider knows yet.
    pub fn created(id: PaymentId, order_id: OrderId, (method, amount_fen): (Method, Fen), at: At) -> Self {
        Self {
            id,
            order_id,
            method,
            state: PaymentState::Created,
            amount_fen,
            provider_ref: None,
            refund_reserved_fen: Fen::ZERO,
            refunded_fen: Fen::ZERO,
            created_at: at,
            captured_at: None,
            learned_at: None,
            asked_at: at,
            to_ask: true,
            opened_at: None,
            payer_answer: None,
        }
    }

    /// What its payer needs; none where it ended before its provider knew it.
    pub fn for_payer(&self) -> Result<Option<ForPayer>> {
        Ok(self.payer_answer.as_deref().map(serde_json::from_str).transpose()?)
    }
}

closed_set! {
    /// What became of an event of the provider.
    pub enum EventOutcome {
        /// It was of its payment.
        Applied = "applied" ["已入账", "applied"],
        /// Amount, currency or reference are another.
        Mismatch = "mismatch" ["与记录不符", "does not match"],
        /// Of a kind that changes nothing here.
        Unknown = "unknown" ["未处理的类型", "kind not used"],
        /// Money that had gone back was sent here again by the payer's bank.
        Undone = "undone" ["退款被银行退回", "refund undone by the bank"],
    }
}

table! {
    /// An event of the provider as it was kept: once (I3).
    #[derive(Clone, Debug)]
    pub struct KeptEvent in "payment_events" or "ON CONFLICT (id) DO NOTHING" {
        /// The provider's id of the event.
        pub id: String,
        /// Which payment it is of; none for a kind that is not known.
        pub payment_id: Option<PaymentId>,
        /// The provider's kind of event.
        pub kind: String,
        /// When it happened there.
        pub at: At,
        /// When it came here.
        pub received_at: At,
        pub outcome: EventOutcome,
        /// What of a mismatch differed.
        pub differed: String,
    }
}

/// The payment of an id.
pub async fn find(conn: &mut Conn, id: &str) -> Result<Option<Payment>> {
    q(FIND).bind(id).opt(conn).await
}

/// All payments of an order, oldest first.
pub async fn of_order(conn: &mut Conn, order: &OrderId) -> Result<Vec<Payment>> {
    q(OF_ORDER).bind(order).all(conn).await
}

/// A change of a row that was just read; where another came between, the transaction is run again.
async fn change(tx: &mut Tx, update: Query) -> Result<()> {
    match update.exec(tx).await? {
        1 => Ok(()),
        _ => Err(Error::Conflict(anyhow::anyhow!("a payment changed while it was changed"))),
    }
}

async fn known(tx: &mut Tx, id: &PaymentId) -> Result<Payment> {
    q(FIND).bind(id).one(tx).await
}

/// Keeps what the provider answered to the opening, once; answers the payment as it stands then. One that
/// ended meanwhile keeps the reference only, under which it is given up there.
pub async fn opened(tx: &mut Tx, read: &Payment, opened: Opened, now: At) -> Result<Payment> {
    if let Some(payment) = keep_opened(tx, read.clone(), &opened, now).await? {
        return Ok(payment);
    }
    // It changed since it was read.
    let payment = known(tx, &read.id).await?;
    if payment.opened_at.is_some() {
        return Ok(payment);
    }
    let kept = keep_opened(tx, payment, &opened, now).await?;
    kept.ok_or_else(|| Error::Conflict(anyhow::anyhow!("a payment changed while it was changed")))
}

async fn keep_opened(tx: &mut Tx, payment: Payment, opened: &Opened, now: At) -> Result<Option<Payment>> {
    let to = payment.state.apply(PaymentEvent::Opened).ok();
    let payer_answer = to.map(|_| serde_json::to_string(&opened.payer)).transpose()?;
    let (state, provider_ref) = (to.unwrap_or(payment.state), Some(opened.reference.clone()));
    let update = q(OPENED).bind(state).bind(provider_ref.clone()).bind(payer_answer.clone()).bind(now);
    let kept = update.bind(&payment.id).bind(payment.state).exec(tx).await? == 1;
    Ok(kept.then_some(Payment { state, provider_ref, payer_answer, opened_at: Some(now), ..payment }))
}

/// Marks the money as captured; `false` where it was known already.
pub async fn capture(tx: &mut Tx, read: &Payment, captured_at: At, now: At) -> Result<bool> {
    let capture = |from: PaymentState, to| q(CAPTURE).bind(to).bind(captured_at).bind(now).bind(&read.id).bind(from);
    if let Ok(to) = read.state.apply(PaymentEvent::Captured)
        && capture(read.state, to).exec(tx).await? == 1
    {
        return Ok(true);
    }
    // It changed since it was read, or was captured before.
    let from = known(tx, &read.id).await?.state;
    let Ok(to) = from.apply(PaymentEvent::Captured) else { return Ok(false) };
    change(tx, capture(from, to)).await?;
    Ok(true)
}

/// Marks an open payment as refused by the provider; `false` where it had a result already.
pub async fn fail(tx: &mut Tx, id: &PaymentId, now: At) -> Result<bool> {
    let from = known(tx, id).await?.state;
    let Ok(to) = from.apply(PaymentEvent::Refused) else { return Ok(false) };
    change(tx, q(FAIL).bind(to).bind(now).bind(id).bind(from)).await?;
    Ok(true)
}

/// Marks a payment as ended at the provider too, which is not asked any more; one that was captured stays so.
pub async fn cancelled(tx: &mut Tx, id: &PaymentId) -> Result<()> {
    let from = known(tx, id).await?.state;
    let to = if from == PaymentState::Cancelled { Ok(from) } else { from.apply(PaymentEvent::GivenUp) };
    let Ok(to) = to else { return Ok(()) };
    change(tx, q(ENDED).bind(to).bind(id).bind(from)).await
}

/// Gives up the payments of orders that ended unpaid. The provider is asked to, and asked after them until it
/// agrees (`to_ask`).
pub async fn give_up(tx: &mut Tx, orders: &[OrderId]) -> Result<()> {
    Query::with_list(GIVE_UP, orders.iter().cloned()).exec(tx).await.map(|_| ())
}

/// Promises money back; a fault where less than that is left (I7).
pub async fn reserve_refund(tx: &mut Tx, id: &PaymentId, amount: Fen) -> Result<()> {
    tx.expect_rows(q(RESERVE).bind(amount).bind(id), 1).await
}

/// Takes back a promise that the provider refused for good.
pub async fn unreserve_refund(tx: &mut Tx, id: &PaymentId, amount: Fen) -> Result<()> {
    tx.expect_rows(q(UNRESERVE).bind(amount).bind(id), 1).await
}

/// Counts money as paid back; answers the payment as it stood before.
pub async fn refunded(tx: &mut Tx, id: &PaymentId, amount: Fen) -> Result<Payment> {
    let payment = known(tx, id).await?;
    let whole = payment.refunded_fen.plus(amount)? == payment.amount_fen;
    let event = if whole { PaymentEvent::RefundedWhole } else { PaymentEvent::RefundedInPart };
    let to = payment.state.apply(event)?;
    let update = q(REFUNDED).bind(to).bind(amount).bind(id).bind(payment.state).bind(payment.refunded_fen);
    tx.expect_rows(update, 1).await?;
    Ok(payment)
}

/// Counts money that had gone back as here again; answers the payment as it stood before.
pub async fn undone(tx: &mut Tx, id: &PaymentId, amount: Fen) -> Result<Payment> {
    let payment = known(tx, id).await?;
    let whole = payment.refunded_fen == amount;
    let event = if whole { PaymentEvent::UndoneWhole } else { PaymentEvent::UndoneInPart };
    let to = payment.state.apply(event)?;
    let update = q(UNDONE).bind(to).bind(amount).bind(id).bind(payment.state).bind(payment.refunded_fen);
    tx.expect_rows(update, 1).await?;
    Ok(payment)
}

/// Payments of a method to be asked after: those last asked after before an instant, but for those put off
/// (`setback`) beyond now.
pub async fn to_ask(conn: &mut Conn, method: Method, (before, now): (At, At), most: i64) -> Result<Vec<Payment>> {
    q(TO_ASK).bind(method).bind(before).bind(now).bind(most).all(conn).await
}

/// Payments whose orders ended and whose provider has not agreed yet, but for those put off beyond now.
pub async fn to_give_up(conn: &mut Conn, now: At, most: i64) -> Result<Vec<Payment>> {
    q(TO_GIVE_UP).bind(now).bind(most).all(conn).await
}

/// Notes that the provider was asked after payments.
pub async fn asked(tx: &mut Tx, ids: &[PaymentId], now: At) -> Result<()> {
    q(ASKED).bind(now).and_list(ids).exec(tx).await.map(|_| ())
}

/// The events of payments, as they came.
pub async fn events(conn: &mut Conn, payments: &[Payment]) -> Result<Vec<KeptEvent>> {
    Query::with_list(EVENTS, payments.iter().map(|payment| payment.id.clone())).all(conn).await
}

/// Writes a new payment; where one of its order and method is open, answers that one instead. An open one of
/// another amount is given up first: more of the order was paid meanwhile.
pub async fn create(tx: &mut Tx, payment: Payment) -> Result<Payment> {
    if db::insert(tx, &payment).await? {
        return Ok(payment);
    }
    let open: Option<Payment> = q(OPEN_OF).bind(&payment.order_id).bind(payment.method).opt(tx).await?;
    // A refusal that came just now ended it.
    let open = open.ok_or_else(|| Error::Conflict(anyhow::anyhow!("a payment ended while it was looked for")))?;
    if open.amount_fen == payment.amount_fen {
        return Ok(open);
    }
    let to = open.state.apply(PaymentEvent::GivenUp)?;
    change(tx, q(GIVE_UP_ONE).bind(to).bind(&open.id).bind(open.state)).await?;
    db::insert(tx, &payment).await?;
    Ok(payment)
}
