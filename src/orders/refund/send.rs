//! Sending what was promised back: each tender of a refund under a key of its own, however often it is tried.

use super::{
    super::{
        Trade,
        kinds::RefundState,
        read,
        record::{Refund, RefundTender},
    },
    case::{Case, locked},
    failed,
    promise::{give_back, request_unapplied, unpromised},
    settle,
};
use crate::{
    db::{Tx, Work, audit_log, q, setback, statements, tx},
    kernel::{Actor, At, Code, Error, Fen, RefundId, Refusal, Result, Step, time::SECOND},
    payments::{self, BackState, GoingBack},
};

statements! {
    SENT = "UPDATE refund_tenders SET provider_ref = $1, ask_at = $2 WHERE id = $3 AND state = 'requested'";
    OPEN = "SELECT id FROM refunds WHERE state = 'requested' AND requested_at <= $1
              AND (amount_fen = 0 OR EXISTS (SELECT 1 FROM refund_tenders t WHERE t.refund_id = refunds.id
                AND t.state = 'requested' AND (t.ask_at IS NULL OR t.ask_at <= $2)))
              AND NOT EXISTS (SELECT 1 FROM setbacks s
                WHERE s.job = 'send_refunds' AND s.subject = refunds.id AND s.next_at > $2)
            ORDER BY requested_at LIMIT $3";
}

/// Sends a promised refund to the providers of its payments, or asks after what they have, and books what they
/// answer; answers where the refund stands then. Repeating it does nothing. One provider that is away holds up no
/// other.
pub async fn send(trade: &Trade, id: &RefundId) -> Result<RefundState> {
    let mut conn = trade.db.read().await?;
    let refund = read::refund(&mut conn, id).await?;
    let tenders = read::refund_tenders(&mut conn, std::slice::from_ref(&refund)).await?;
    drop(conn);
    if refund.state != RefundState::Requested {
        return Ok(refund.state);
    }
    if refund.amount_fen == Fen::ZERO {
        tx!(trade.db, tx, { settle::nothing(&mut tx, &refund, &mut trade.step(Actor::PROVIDER)).await })?;
    }
    let mut away = None;
    for tender in tenders.iter().filter(|tender| tender.state == RefundState::Requested) {
        if let Err(error) = send_one(trade, tender).await {
            away = Some(error);
        }
    }
    match away {
        Some(error) => Err(error),
        None => Ok(read::refund(&mut trade.db.read().await?, id).await?.state),
    }
}

async fn send_one(trade: &Trade, tender: &RefundTender) -> Result<()> {
    let back = ask(trade, tender).await?;
    tx!(trade.db, tx, {
        let case = locked(&mut tx, &tender.id).await?;
        stands(&mut tx, &case, &back, &mut trade.step(Actor::PROVIDER)).await
    })
}

/// The provider's answer about a tender: sent under its id, or asked after where it was sent before.
async fn ask(trade: &Trade, tender: &RefundTender) -> Result<GoingBack> {
    let payment = payments::store::find(&mut trade.db.read().await?, tender.payment_id.as_str()).await?;
    let payment = payment.ok_or_else(|| Error::fault("a refund of a payment that is gone"))?;
    let provider = trade.providers.of_method(payment.method)?;
    if let Some(reference) = &tender.provider_ref {
        return provider.look_back(&trade.db, reference).await;
    }
    metrics::counter!("yanxi_refunds_sent").increment(1);
    let reference = payment.provider_ref.as_deref().unwrap_or_default();
    provider.refund(&trade.db, reference, &tender.id, (tender.amount_fen, trade.clock.now())).await
}

/// The same for who has promised it already: where a provider does not answer now, the job sends it again.
pub async fn or_leave(trade: &Trade, id: &RefundId) -> RefundState {
    send(trade, id).await.unwrap_or_else(|error| {
        tracing::warn!(refund = %id, error = format!("{error:#}"), "a refund waits to be sent again");
        RefundState::Requested
    })
}

/// Brings what the provider says of a tender to its refund and order, within the caller's transaction. What is
/// decided stays, but for money that had gone back and came again.
pub(in super::super) async fn stands(tx: &mut Tx, case: &Case, back: &GoingBack, step: &mut Step) -> Result<()> {
    match (case.tender.state, back.state) {
        (RefundState::Requested, BackState::Pending) => {
            // A bank may take days: the older it is, the more seldom it is asked after.
            let wait = ((step.at.0 - case.tender.promised_at.0) / 10).clamp(60 * SECOND, 3_600 * SECOND);
            q(SENT).bind(&back.reference).bind(step.at.later(wait)).bind(&case.tender.id).exec(tx).await.map(|_| ())
        }
        (RefundState::Requested, BackState::Succeeded) => settle::returned(tx, case, back, step).await,
        (RefundState::Requested, BackState::Failed) => failed::take_back(tx, case, &back.reference, step).await,
        (RefundState::Succeeded, BackState::Failed) => failed::undone(tx, case, back.at, step).await,
        (RefundState::Succeeded | RefundState::Failed | RefundState::Undone, _) => Ok(()),
    }
}

/// Promises once more what did not reach the payer: the part of a refund that failed while others went back, the money
/// that no order could take, and what a bank sent back; a refund that still waits is sent again. Refuses where
/// nothing is to be sent again.
pub async fn again(trade: &Trade, work: &Work, id: &RefundId) -> Result<RefundState> {
    let renewed = tx!(work.db, tx, {
        let found = read::refund(&mut tx, id).await?;
        let order = read::lock(&mut tx, &found.order_id).await?;
        let refund = read::refund(&mut tx, id).await?;
        let mut step = work.step();
        audit_log::by(&mut tx, &step, "order.refund_again", &order.number, id.as_str()).await?;
        if refund.state == RefundState::Requested {
            let missing = refund.amount_fen.minus(live(&mut tx, &refund).await?)?;
            give_back(&mut tx, &refund, missing, &mut step).await?;
            return Ok(refund.id);
        }
        let open = unpromised(&mut tx, &order).await?.min(owed_again(&mut tx, &refund).await?);
        if open <= Fen::ZERO {
            return Err(Refusal::new(Code::WrongState).with("state", refund.state).into());
        }
        request_unapplied(&mut tx, &order, (open, Some(&refund.id)), &mut step).await
    })?;
    send(trade, &renewed).await
}

/// Money of a refund that stands here again and is not sent again: all that no order could take and the provider
/// refused, and what a bank sent back.
async fn owed_again(tx: &mut Tx, refund: &Refund) -> Result<Fen> {
    let tenders = read::refund_tenders(tx, std::slice::from_ref(refund)).await?;
    let undone = tenders.iter().filter(|tender| tender.state == RefundState::Undone);
    let undone = Fen::sum(undone.map(|tender| tender.amount_fen))?;
    let stands = if refund.unapplied && refund.state == RefundState::Failed { refund.amount_fen } else { undone };
    let all = read::refunds(tx, &refund.order_id).await?;
    let renewals = all.iter().filter(|r| r.renews.as_ref() == Some(&refund.id) && r.state != RefundState::Failed);
    stands.minus(Fen::sum(renewals.map(|renewal| renewal.amount_fen))?)
}

/// What of a refund is on its way or back.
async fn live(tx: &mut Tx, refund: &Refund) -> Result<Fen> {
    let tenders = read::refund_tenders(tx, std::slice::from_ref(refund)).await?;
    Fen::sum(tenders.iter().filter(|tender| tender.state != RefundState::Failed).map(|tender| tender.amount_fen))
}

/// Sends every promise that still waits, such as after a crash; answers how many.
pub async fn send_waiting(trade: &Trade, before: At, most: i64) -> Result<usize> {
    let now = trade.clock.now();
    let turn = setback::turn(&trade.db, "send_refunds", now).await?;
    let waiting: Vec<(RefundId,)> = q(OPEN).bind(before).bind(now).bind(most).all(&mut trade.db.read().await?).await?;
    for (id,) in &waiting {
        turn.after(id.as_str(), send(trade, id).await).await?;
    }
    Ok(waiting.len())
}
