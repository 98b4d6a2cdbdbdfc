//! The sandbox provider: keeps books of its own, signs events, honours idempotency keys.

use serde_json::json;

use super::{Event, Seen, event};
use crate::{
    db::{Db, Tx, market, q, row, statements, tx},
    kernel::{At, Code, Error, Fen, PaymentId, Random, RefundId, Refusal, Result, closed_set, time::SECOND},
};

statements! {
    OPEN = "INSERT INTO sandbox_intents (provider_ref, amount_fen, state, settled_at, refunded_fen)
            VALUES ($1, $2, 'open', NULL, 0) ON CONFLICT (provider_ref) DO NOTHING";
    FIND = "SELECT amount_fen, state, settled_at FROM sandbox_intents WHERE provider_ref = $1";
    SETTLE = "UPDATE sandbox_intents SET state = $1, settled_at = $2
              WHERE provider_ref = $3 AND state IN ('open', 'failed')";
    REFUND = "INSERT INTO sandbox_refunds (idempotency_key, provider_ref, amount_fen, at) VALUES ($1, $2, $3, $4)
              ON CONFLICT (idempotency_key) DO NOTHING";
    REFUNDED = "UPDATE sandbox_intents SET refunded_fen = refunded_fen + $1
                WHERE provider_ref = $2 AND state = 'succeeded' AND refunded_fen + $1 <= amount_fen";
}

/// Key of the secret of its signatures.
const SECRET: &str = "sandbox_secret";

closed_set! {
    /// What the payer does on the sandbox's page.
    pub enum Outcome {
        /// Pays.
        Succeeded = "succeeded",
        /// Is refused.
        Failed = "failed",
    }
}

/// The sandbox provider.
#[derive(Clone)]
pub struct Sandbox {
    pub(super) secret: String,
}

row! {
    struct Intent {
        amount_fen: Fen,
        state: String,
        settled_at: Option<At>,
    }
}

/// An event on its way to the webhook.
pub struct Delivery {
    /// `Stripe-Signature` header.
    pub signature: String,
    /// Raw body.
    pub body: Vec<u8>,
}

impl Sandbox {
    /// The sandbox of a database: its secret is made once and shared by all processes.
    pub async fn of(db: &Db) -> Result<Self> {
        let fresh = Random::System.token()?;
        tx!(db, tx, {
            market::keep_first(&mut tx, SECRET, &fresh).await?;
            let kept = market::find(&mut tx, SECRET).await?;
            let secret = kept.ok_or_else(|| Error::fault("the sandbox's secret is missing"))?;
            Ok(Self { secret })
        })
    }

    pub(super) async fn open(&self, tx: &mut Tx, reference: &str, amount: Fen) -> Result<()> {
        q(OPEN).bind(reference).bind(amount).exec(tx).await.map(|_| ())
    }

    pub(super) async fn look(&self, db: &Db, reference: &str) -> Result<Seen> {
        let intent: Option<Intent> = q(FIND).bind(reference).opt(&mut db.read().await?).await?;
        Ok(match intent {
            Some(Intent { amount_fen, state, settled_at: Some(at) }) if state == "succeeded" => {
                Seen::Captured(at, amount_fen)
            }
            Some(intent) if intent.state == "failed" => Seen::Refused,
            _ => Seen::Open,
        })
    }

    /// Books the payer's act and signs the event that tells of it. Repeating an act signs the same
    /// event again; a payment that was captured cannot fail any more.
    pub async fn settle(&self, db: &Db, payment: &PaymentId, outcome: Outcome, now: At) -> Result<Delivery> {
        let reference = format!("pi_sandbox_{payment}");
        let intent = tx!(db, tx, {
            q(SETTLE).bind(outcome).bind(now).bind(&reference).exec(&mut tx).await?;
            let intent: Option<Intent> = q(FIND).bind(&reference).opt(&mut tx).await?;
            Ok(intent)
        })?;
        let intent = intent.ok_or_else(|| Refusal::new(Code::NotFound))?;
        if intent.state != outcome.as_str() {
            return Err(Refusal::new(Code::PaymentDone).into());
        }
        let kind = match outcome {
            Outcome::Succeeded => "payment_intent.succeeded",
            Outcome::Failed => "payment_intent.payment_failed",
        };
        let settled = intent.settled_at.unwrap_or(now);
        let event = Event {
            id: format!("evt_{payment}_{outcome}_{}", settled.0 / SECOND),
            kind: kind.to_owned(),
            at: settled,
            provider_ref: reference,
            payment_id: payment.0.clone(),
            amount: intent.amount_fen,
            currency: "cny".to_owned(),
        };
        self.deliver(&event, now)
    }

    /// Signs an event as the provider would send it.
    pub fn deliver(&self, event: &Event, now: At) -> Result<Delivery> {
        let body = json!({
            "id": event.id,
            "type": event.kind,
            "created": event.at.0 / SECOND,
            "data": {"object": {
                "id": event.provider_ref,
                "amount": event.amount.0,
                "currency": event.currency,
                "metadata": {"payment_id": event.payment_id},
            }},
        });
        let body = serde_json::to_vec(&body)?;
        Ok(Delivery { signature: event::sign(&self.secret, &body, now)?, body })
    }

    pub(super) async fn refund(
        &self,
        db: &Db,
        reference: &str,
        refund: &RefundId,
        (amount, now): (Fen, At),
    ) -> Result<String> {
        tx!(db, tx, {
            let new = q(REFUND).bind(refund).bind(reference).bind(amount).bind(now).exec(&mut tx).await?;
            if new == 1 {
                let paid_back = q(REFUNDED).bind(amount).bind(reference).exec(&mut tx).await?;
                if paid_back == 0 {
                    return Err(Error::fault(format!("the sandbox holds less than {amount} of {reference}")));
                }
            }
            Ok(())
        })?;
        Ok(format!("re_sandbox_{refund}"))
    }
}
