//! What the provider says by itself, brought to orders: its signed events.
//!
//! An event is kept once (I3), with what came of it: one of a kind that is not known changes nothing, and one
//! that does not fit is kept for the operator with what differed.

use super::{
    Trade,
    ask::{known_there, send_if_given_back},
    kinds::RefundState,
    payment_result::{PaymentOutcome, apply_payment_result},
    read, refund,
};
use crate::{
    db::{self, tx},
    kernel::{Actor, Code, Fen, PaymentId, RefundTenderId, Refusal, Result},
    payments::{About, BackState, Event, EventOutcome, KeptEvent, PaymentTold, RefundTold, sandbox::Outcome},
};

/// Takes a signed event: checked, kept once, finished. Refuses forged, stale and mismatched events; one about
/// an unknown payment or refund is refused as not found, so that the provider sends it again.
pub async fn take_event(trade: &Trade, signature: &str, body: &[u8]) -> Result<PaymentOutcome> {
    let event = trade.providers.event(signature, body, trade.clock.now())?;
    match &event.about {
        About::Payment(told) => of_payment(trade, &event, told).await,
        About::Refund(told) => of_refund(trade, &event, told).await,
        About::Other => {
            keep(trade, kept(trade, &event, None, EventOutcome::Unknown)).await?;
            Ok(PaymentOutcome::Known)
        }
    }
}

async fn of_payment(trade: &Trade, event: &Event, told: &PaymentTold) -> Result<PaymentOutcome> {
    let payment = known_there(trade, &told.payment_id).await?;
    let due = Due { amount: payment.amount_fen, reference: payment.provider_ref.as_deref() };
    let differed = due.differs(told.amount, &told.currency, &told.provider_ref);
    if !differed.is_empty() {
        return mismatch(trade, event, Some(&payment.id), differed).await;
    }
    let done = tx!(trade.db, tx, {
        if !db::insert(&mut tx, &kept(trade, event, Some(&payment.id), EventOutcome::Applied)).await? {
            return Ok(PaymentOutcome::Known);
        }
        apply_payment_result(&mut tx, &payment, told.seen, &mut trade.step(Actor::PROVIDER)).await
    })?;
    send_if_given_back(trade, done).await
}

async fn of_refund(trade: &Trade, event: &Event, told: &RefundTold) -> Result<PaymentOutcome> {
    let id = RefundTenderId(told.tender_id.clone());
    let found = read::refund_tender(&mut trade.db.read().await?, &id).await?;
    let due = Due { amount: found.amount_fen, reference: found.provider_ref.as_deref() };
    let mut differed = due.differs(told.amount, &told.currency, &told.back.reference);
    if found.state == RefundState::Failed && told.back.state == BackState::Succeeded {
        "failed before, succeeded now".clone_into(&mut differed);
    }
    if !differed.is_empty() {
        return mismatch(trade, event, Some(&found.payment_id), differed).await;
    }
    tx!(trade.db, tx, {
        let mut step = trade.step(Actor::PROVIDER);
        let case = refund::case::locked(&mut tx, &id).await?;
        let undone = case.tender.state == RefundState::Succeeded && told.back.state == BackState::Failed;
        let outcome = if undone { EventOutcome::Undone } else { EventOutcome::Applied };
        if db::insert(&mut tx, &kept(trade, event, Some(&case.tender.payment_id), outcome)).await? {
            refund::send::stands(&mut tx, &case, &told.back, &mut step).await?;
        }
        Ok(PaymentOutcome::Known)
    })
}

/// What an event must say of the payment or refund that it is about (I5).
struct Due<'a> {
    amount: Fen,
    reference: Option<&'a str>,
}

impl Due<'_> {
    /// What differs, for the operator; nothing where all is the same.
    fn differs(&self, amount: Fen, currency: &str, reference: &str) -> String {
        let mut differed = Vec::new();
        if amount != self.amount {
            differed.push(format!("amount {amount} instead of {}", self.amount));
        }
        if currency != "cny" {
            differed.push(format!("currency {currency} instead of cny"));
        }
        if let Some(known) = self.reference.filter(|known| *known != reference) {
            differed.push(format!("reference {reference} instead of {known}"));
        }
        differed.join(", ")
    }
}

/// Keeps an event that does not fit, and refuses it.
async fn mismatch(
    trade: &Trade,
    event: &Event,
    payment: Option<&PaymentId>,
    differed: String,
) -> Result<PaymentOutcome> {
    let event = KeptEvent { differed, ..kept(trade, event, payment, EventOutcome::Mismatch) };
    tracing::error!(event = event.id, differed = event.differed, "an event of the provider does not fit");
    metrics::counter!("yanxi_event_mismatches").increment(1);
    keep(trade, event).await?;
    Err(Refusal::new(Code::EventMismatch).into())
}

fn kept(trade: &Trade, event: &Event, payment: Option<&PaymentId>, outcome: EventOutcome) -> KeptEvent {
    KeptEvent {
        id: event.id.clone(),
        payment_id: payment.cloned(),
        kind: event.kind.clone(),
        at: event.at,
        received_at: trade.clock.now(),
        outcome,
        differed: String::new(),
    }
}

async fn keep(trade: &Trade, event: KeptEvent) -> Result<()> {
    tx!(trade.db, tx, { db::insert(&mut tx, &event).await.map(|_| ()) })
}

/// Acts as the payer at the sandbox, whose signed event then comes in as any provider's does; there is none
/// outside a demonstration.
pub async fn settle_at_sandbox(trade: &Trade, id: &PaymentId, outcome: Outcome) -> Result<PaymentOutcome> {
    let delivery = trade.providers.sandbox()?.settle(&trade.db, id, outcome, trade.clock.now()).await?;
    take_event(trade, &delivery.signature, &delivery.body).await
}
