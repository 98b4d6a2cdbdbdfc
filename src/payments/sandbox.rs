//! The sandbox provider: keeps books of its own, signs events, honours idempotency keys.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use serde_json::json;

use super::{Event, ForPayer, Opened, Payment, Seen, event};
use crate::{
    db::{self, Db, market, q, select, statements, table, tx},
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
    mood: Arc<AtomicU8>,
}

/// How the sandbox behaves: well, unless a test says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Mood {
    /// It does what is asked and answers.
    Well,
    /// It does not hear.
    Away,
    /// It does what is asked, and its answer is lost on the way.
    Unheard,
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

fn silent() -> Error {
    Error::Unavailable(anyhow::anyhow!("the sandbox does not answer"))
}

/// The sandbox of a demonstration: its secret is made once and shared by all processes.
pub(super) async fn of(db: &Db) -> Result<Sandbox> {
    let fresh = Random::System.token()?;
    tx!(db, tx, {
        market::keep_first(&mut tx, SECRET, &fresh).await?;
        let kept = market::find(&mut tx, SECRET).await?;
        let secret = kept.ok_or_else(|| Error::fault("the sandbox's secret is missing"))?;
        Ok(Sandbox { secret, mood: Arc::new(AtomicU8::new(Mood::Well as u8)) })
    })
}

impl Sandbox {
    /// Signs a body as the provider would at `now`.
    pub fn sign(&self, body: &[u8], now: At) -> Result<String> {
        event::sign(&self.secret, body, now)
    }

    /// Makes it behave so from now on, in every clone of it.
    pub fn is(&self, mood: Mood) {
        self.mood.store(mood as u8, Ordering::SeqCst);
    }

    fn feels(&self, mood: Mood) -> bool {
        self.mood.load(Ordering::SeqCst) == mood as u8
    }

    /// A call as a network carries it: it may not arrive, or its answer may not.
    fn arrives(&self) -> Result<()> {
        if self.feels(Mood::Away) { Err(silent()) } else { Ok(()) }
    }

    fn answers(&self) -> Result<()> {
        if self.feels(Mood::Unheard) { Err(silent()) } else { Ok(()) }
    }

    pub(super) async fn open(&self, db: &Db, payment: &Payment) -> Result<Opened> {
        self.arrives()?;
        let intent = Intent {
            provider_ref: format!("pi_sandbox_{}", payment.id),
            amount_fen: payment.amount_fen,
            state: IntentState::Open,
            settled_at: None,
            refunded_fen: Fen::ZERO,
        };
        tx!(db, tx, { db::insert(&mut tx, &intent).await.map(|_| ()) })?;
        self.answers()?;
        let payer = ForPayer { redirect_url: Some(format!("/pay/{}", payment.id)) };
        Ok(Opened { reference: intent.provider_ref, payer })
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
        Ok(Delivery { signature: self.sign(&body, now)?, body })
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
