//! Asking the provider after payments: for a browser that returns, and for the jobs that ask after all that are
//! not settled (S5) and give up those whose orders have ended.

use super::{
    Trade, pay,
    payment_result::{PaymentOutcome, apply_payment_result},
    refund,
};
use crate::{
    db::{Query, setback, statements, tx},
    kernel::{Actor, At, Code, Error, OrderId, PaymentId, Refusal, Result},
    payments::{Payment, PaymentState, Provider, Seen, store},
};

statements! {
    LEFT_OPEN = "SELECT p.order_id FROM payments p JOIN orders o ON o.id = p.order_id AND o.state <> 'awaiting_payment'
                 WHERE p.state IN ('created', 'pending', 'failed') AND p.id IN ($1)";
}

/// Names of the jobs that ask, as setbacks have them.
const RECONCILE: &str = "reconcile";
const GIVE_UP: &str = "give_up";

/// The payment of an id, its provider's name for it kept: an event may be here before the answer to the call.
pub(super) async fn known_there(trade: &Trade, id: &str) -> Result<Payment> {
    let found = store::find(&mut trade.db.read().await?, id).await?;
    pay::open(trade, found.ok_or_else(|| Refusal::new(Code::NotFound))?).await
}

/// Asks the provider after a payment and finishes it. One that the provider may not know is made known to it
/// first, under the same key.
pub async fn ask_provider(trade: &Trade, id: &PaymentId) -> Result<PaymentOutcome> {
    let payment = known_there(trade, id.as_str()).await?;
    let reference = payment.provider_ref.as_deref().unwrap_or_default();
    let seen = trade.providers.of_method(payment.method)?.look(&trade.db, reference).await?;
    finish(trade, &payment, seen).await
}

async fn finish(trade: &Trade, payment: &Payment, seen: Seen) -> Result<PaymentOutcome> {
    let done = tx!(trade.db, tx, {
        let mut step = trade.step(Actor::PROVIDER);
        let done = apply_payment_result(&mut tx, payment, seen, &mut step).await?;
        // After it, so that the order's row is locked before the payment's, as everywhere.
        store::asked(&mut tx, std::slice::from_ref(&payment.id), step.at).await?;
        Ok(done)
    })?;
    send_if_given_back(trade, done).await
}

pub(super) async fn send_if_given_back(trade: &Trade, done: PaymentOutcome) -> Result<PaymentOutcome> {
    match &done {
        PaymentOutcome::Paid => metrics::counter!("yanxi_orders_paid").increment(1),
        PaymentOutcome::GivenBack(id) => {
            metrics::counter!("yanxi_late_payments").increment(1);
            refund::send::or_leave(trade, id).await;
        }
        PaymentOutcome::PartPaid | PaymentOutcome::Failed | PaymentOutcome::Known => {}
    }
    Ok(done)
}

/// Asks after all payments that were last asked after before an instant, at most so many of each provider; answers
/// how many. A provider that is away holds up no other.
pub async fn ask_all(trade: &Trade, before: At, most: i64) -> Result<usize> {
    let mut asked = 0;
    let mut away = None;
    for provider in trade.providers.each() {
        match ask_those_of(trade, provider, before, most).await {
            Ok(n) => asked += n,
            Err(error) => away = Some(error),
        }
    }
    away.map_or(Ok(asked), Err)
}

/// One question for many: nearly all stand as they stood, and are noted together.
async fn ask_those_of(trade: &Trade, provider: &Provider, before: At, most: i64) -> Result<usize> {
    let now = trade.clock.now();
    let turn = setback::turn(&trade.db, RECONCILE, now).await?;
    let mut conn = trade.db.read().await?;
    let due = store::to_ask(&mut conn, provider.method(), (before, now), most).await?;
    drop(conn);
    let (known, unknown): (Vec<&Payment>, Vec<&Payment>) = due.iter().partition(|p| p.provider_ref.is_some());
    let references: Vec<String> = known.iter().filter_map(|payment| payment.provider_ref.clone()).collect();
    let seen = provider.look_all(&trade.db, &references).await?;
    let (mut same, mut changed) = (Vec::new(), Vec::new());
    for (payment, seen) in known.into_iter().zip(seen) {
        if stands(payment, seen) { same.push(payment.id.clone()) } else { changed.push((payment, seen)) }
    }
    if !same.is_empty() {
        tx!(trade.db, tx, {
            // Another payment paid the order, say.
            let left: Vec<(OrderId,)> = Query::with_list(LEFT_OPEN, same.iter().cloned()).all(&mut tx).await?;
            if !left.is_empty() {
                store::give_up(&mut tx, &left.into_iter().map(|row| row.0).collect::<Vec<_>>()).await?;
            }
            store::asked(&mut tx, &same, now).await
        })?;
    }
    for (payment, seen) in changed {
        turn.after(payment.id.as_str(), finish(trade, payment, seen).await).await?;
    }
    for payment in unknown {
        turn.after(payment.id.as_str(), ask_provider(trade, &payment.id).await).await?;
    }
    Ok(due.len())
}

/// Whether what the provider says is what is known here.
fn stands(payment: &Payment, seen: Seen) -> bool {
    match seen {
        Seen::Open | Seen::Processing => true,
        Seen::Refused => matches!(payment.state, PaymentState::Failed | PaymentState::Cancelled),
        Seen::Captured(..) | Seen::Cancelled => false,
    }
}

/// Gives up, at their providers, the payments whose orders have ended, so that no money comes for them any more; what
/// came all the same is taken as any late money. Answers how many were looked at.
pub async fn give_up_ended(trade: &Trade, most: i64) -> Result<usize> {
    let now = trade.clock.now();
    let turn = setback::turn(&trade.db, GIVE_UP, now).await?;
    let ended = store::to_give_up(&mut trade.db.read().await?, now, most).await?;
    for payment in &ended {
        turn.after(payment.id.as_str(), give_up(trade, payment).await).await?;
    }
    Ok(ended.len())
}

async fn give_up(trade: &Trade, payment: &Payment) -> Result<()> {
    let payment = pay::open(trade, payment.clone()).await?;
    let reference = payment.provider_ref.as_deref().unwrap_or_default();
    match trade.providers.of_method(payment.method)?.cancel(&trade.db, reference).await? {
        // Asked again after a while, and seen by the operator: a payer's bank may take its time.
        Seen::Open | Seen::Processing | Seen::Refused => Err(Error::fault("the provider still works on it")),
        seen => finish(trade, &payment, seen).await.map(|_| ()),
    }
}
