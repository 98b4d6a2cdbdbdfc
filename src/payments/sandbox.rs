//! The sandbox provider: keeps books of its own, signs events, honours idempotency keys.

use serde_json::json;

use super::{Event, Seen, event};
use crate::{
    db::{self, Db, Tx, market, q, select, statements, table, tx},
    kernel::{At, Code, Error, Fen, PaymentId, Random, RefundId, Refusal, Result, closed_set, time::SECOND},
};

statements! {
    FIND = select!(Intent, "WHERE provider_ref = $1");
    SETTLE = "UPDATE sandbox_intents SET state = $1, settled_at = $2
              WHERE provider_ref = $3 AND state IN ('open', 'failed')";
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

closed_set! {
    /// Where a payment stands at the sandbox.
    pub enum IntentState {
        /// Waits for the payer.
        Open = "open",
        /// Paid.
        Succeeded = "succeeded",
        /// Refused; the payer may try again.
        Failed = "failed",
    }
}

table! {
    /// A payment in the sandbox's own books: what a real provider would know.
    #[derive(Clone, Debug)]
    pub struct Intent in "sandbox_intents" or "ON CONFLICT (provider_ref) DO NOTHING" {
        pub provider_ref: String,
        pub amount_fen: Fen,
        pub state: IntentState,
        pub settled_at: Option<At>,
        pub refunded_fen: Fen,
    }
}

table! {
    /// Money that the sandbox gave back, once for a key.
    #[derive(Clone, Debug)]
    pub struct GivenBack in "sandbox_refunds" or "ON CONFLICT (idempotency_key) DO NOTHING" {
        /// The refund's id.
        pub idempotency_key: RefundId,
        pub provider_ref: String,
        pub amount_fen: Fen,
        pub at: At,
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
        let intent = Intent {
            provider_ref: reference.to_owned(),
            amount_fen: amount,
            state: IntentState::Open,
            settled_at: None,
            refunded_fen: Fen::ZERO,
        };
        db::insert(tx, &intent).await.map(|_| ())
    }

    pub(super) async fn look(&self, db: &Db, reference: &str) -> Result<Seen> {
        let intent: Option<Intent> = q(FIND).bind(reference).opt(&mut db.read().await?).await?;
        Ok(match intent {
            Some(Intent { amount_fen, state: IntentState::Succeeded, settled_at: Some(at), .. }) => {
                Seen::Captured(at, amount_fen)
            }
            Some(Intent { state: IntentState::Failed, .. }) => Seen::Refused,
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
        if intent.state.as_str() != outcome.as_str() {
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
            let back = GivenBack {
                idempotency_key: refund.clone(),
                provider_ref: reference.to_owned(),
                amount_fen: amount,
                at: now,
            };
            if db::insert(&mut tx, &back).await? {
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
