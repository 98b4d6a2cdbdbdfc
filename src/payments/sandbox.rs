//! The sandbox provider: keeps books of its own, signs events, honours idempotency keys.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
};

use serde_json::json;

use super::{About, BackState, Event, ForPayer, GoingBack, Opened, Payment, PaymentTold, RefundTold, Seen, event};
use crate::{
    db::{self, Db, Query, Tx, market, q, returning, select, statements, table, tx},
    kernel::{At, Code, Error, Fen, PaymentId, Random, RefundTenderId, Refusal, Result, closed_set, time::SECOND},
};

statements! {
    FIND = select!(Intent, "WHERE provider_ref = $1");
    FIND_ALL = select!(Intent, "WHERE provider_ref IN ($1)");
    SETTLE = returning!(Intent, "UPDATE sandbox_intents SET state = $1, settled_at = $2
                WHERE provider_ref = $3 AND state IN ('open', 'processing', 'failed')");
    CANCEL = "UPDATE sandbox_intents SET state = 'cancelled' WHERE provider_ref = $1 AND state IN ('open', 'failed')";
    PROCESS = "UPDATE sandbox_intents SET state = 'processing' WHERE provider_ref = $1 AND state IN ('open', 'failed')";
    GIVEN_BACK = select!(GivenBack, "WHERE idempotency_key = $1");
    DECIDED = "UPDATE sandbox_refunds SET state = $1, at = $2 WHERE idempotency_key = $3 AND state = $4";
    REFUNDED = "UPDATE sandbox_intents SET refunded_fen = refunded_fen + $1
                WHERE provider_ref = $2 AND state = 'succeeded' AND refunded_fen + $1 BETWEEN 0 AND amount_fen";
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
    /// It takes refunds on and says nothing of them yet.
    Slow,
    /// It refuses refunds.
    Stingy,
}

closed_set! {
    /// Where a payment stands at the sandbox.
    pub enum IntentState {
        /// Waits for the payer.
        Open = "open",
        /// The payer has acted, the result is not there.
        Processing = "processing",
        /// Paid.
        Succeeded = "succeeded",
        /// Refused; the payer may try again.
        Failed = "failed",
        /// Given up.
        Cancelled = "cancelled",
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
        /// The id of the refund's tender.
        pub idempotency_key: RefundTenderId,
        pub provider_ref: String,
        pub amount_fen: Fen,
        pub state: BackState,
        /// Since when it stands so.
        pub at: At,
    }
}

impl Intent {
    fn seen(&self) -> Seen {
        match (self.state, self.settled_at) {
            (IntentState::Succeeded, Some(at)) => Seen::Captured(at, self.amount_fen),
            (IntentState::Open | IntentState::Succeeded, _) => Seen::Open,
            (IntentState::Processing, _) => Seen::Processing,
            (IntentState::Failed, _) => Seen::Refused,
            (IntentState::Cancelled, _) => Seen::Cancelled,
        }
    }
}

impl GivenBack {
    fn seen(self) -> GoingBack {
        GoingBack { reference: format!("{BACK}{}", self.idempotency_key), state: self.state, at: self.at }
    }
}

/// What the sandbox's names for payments and for refunds begin with.
const PAYMENT: &str = "pi_sandbox_";
const BACK: &str = "re_sandbox_";

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
            provider_ref: format!("{PAYMENT}{}", payment.id),
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
        self.arrives()?;
        let intent: Option<Intent> = q(FIND).bind(reference).opt(&mut db.read().await?).await?;
        Ok(intent.map_or(Seen::Open, |intent| intent.seen()))
    }

    pub(super) async fn look_all(&self, db: &Db, references: &[String]) -> Result<Vec<Seen>> {
        self.arrives()?;
        let found: Vec<Intent> =
            Query::with_list(FIND_ALL, references.iter().cloned()).all(&mut db.read().await?).await?;
        let found: HashMap<&str, Seen> = found.iter().map(|i| (i.provider_ref.as_str(), i.seen())).collect();
        Ok(references.iter().map(|name| found.get(name.as_str()).copied().unwrap_or(Seen::Open)).collect())
    }

    pub(super) async fn cancel(&self, db: &Db, reference: &str) -> Result<Seen> {
        self.arrives()?;
        tx!(db, tx, { q(CANCEL).bind(reference).exec(&mut tx).await })?;
        self.look(db, reference).await
    }

    /// The payer has acted and the result takes its time.
    pub async fn process(&self, db: &Db, payment: &PaymentId) -> Result<()> {
        let reference = format!("{PAYMENT}{payment}");
        tx!(db, tx, { q(PROCESS).bind(&reference).exec(&mut tx).await.map(|_| ()) })
    }

    /// Books the payer's act and signs the event that tells of it. Repeating an act signs the same
    /// event again; a payment that was captured cannot fail any more.
    pub async fn settle(&self, db: &Db, payment: &PaymentId, outcome: Outcome, now: At) -> Result<Delivery> {
        let reference = format!("{PAYMENT}{payment}");
        let intent = tx!(db, tx, {
            let settled: Option<Intent> = q(SETTLE).bind(outcome).bind(now).bind(&reference).opt(&mut tx).await?;
            match settled {
                None => q(FIND).bind(&reference).opt::<Intent>(&mut tx).await,
                settled => Ok(settled),
            }
        })?;
        let intent = intent.ok_or_else(|| Refusal::new(Code::NotFound))?;
        if intent.state.as_str() != outcome.as_str() {
            return Err(Refusal::new(Code::PaymentDone).into());
        }
        let settled = intent.settled_at.unwrap_or(now);
        let (kind, seen) = match outcome {
            Outcome::Succeeded => ("payment_intent.succeeded", Seen::Captured(settled, intent.amount_fen)),
            Outcome::Failed => ("payment_intent.payment_failed", Seen::Refused),
        };
        let event = Event {
            id: format!("evt_{payment}_{outcome}_{}", settled.0 / SECOND),
            kind: kind.to_owned(),
            at: settled,
            about: About::Payment(PaymentTold {
                provider_ref: reference,
                payment_id: payment.0.clone(),
                amount: intent.amount_fen,
                currency: "cny".to_owned(),
                seen,
            }),
        };
        self.deliver(&event, now)
    }

    /// Signs an event as the provider would send it.
    pub fn deliver(&self, event: &Event, now: At) -> Result<Delivery> {
        let object = match &event.about {
            About::Payment(told) => json!({
                "id": told.provider_ref,
                "amount": told.amount,
                "currency": told.currency,
                "metadata": {"payment_id": told.payment_id},
            }),
            About::Refund(told) => json!({
                "id": told.back.reference,
                "amount": told.amount,
                "currency": told.currency,
                "status": told.back.state,
                "metadata": {"refund_tender_id": told.tender_id},
            }),
            About::Other => json!({}),
        };
        let body = json!({
            "id": event.id,
            "type": event.kind,
            "created": event.at.0 / SECOND,
            "data": {"object": object},
        });
        let body = serde_json::to_vec(&body)?;
        Ok(Delivery { signature: self.sign(&body, now)?, body })
    }

    pub(super) async fn refund(
        &self,
        db: &Db,
        reference: &str,
        tender: &RefundTenderId,
        (amount, now): (Fen, At),
    ) -> Result<GoingBack> {
        self.arrives()?;
        let state = match () {
            () if self.feels(Mood::Slow) => BackState::Pending,
            () if self.feels(Mood::Stingy) => BackState::Failed,
            () => BackState::Succeeded,
        };
        let back = GivenBack {
            idempotency_key: tender.clone(),
            provider_ref: reference.to_owned(),
            amount_fen: amount,
            state,
            at: now,
        };
        tx!(db, tx, {
            if db::insert(&mut tx, &back).await? && state == BackState::Succeeded {
                pay_back(&mut tx, &back, amount).await?;
            }
            Ok(())
        })?;
        self.answers()?;
        self.given_back(db, tender).await
    }

    pub(super) async fn look_back(&self, db: &Db, reference: &str) -> Result<GoingBack> {
        self.arrives()?;
        let id = reference.strip_prefix(BACK).unwrap_or_default();
        self.given_back(db, &RefundTenderId(id.to_owned())).await
    }

    async fn given_back(&self, db: &Db, tender: &RefundTenderId) -> Result<GoingBack> {
        let found: GivenBack = q(GIVEN_BACK).bind(tender).one(&mut db.read().await?).await?;
        Ok(found.seen())
    }

    /// What becomes of a refund that took its time, or that the payer's bank sends back after it succeeded;
    /// signs the event that tells of it.
    pub async fn decide(&self, db: &Db, tender: &RefundTenderId, state: BackState, now: At) -> Result<Delivery> {
        let back: GivenBack = tx!(db, tx, {
            let was: GivenBack = q(GIVEN_BACK).bind(tender).one(&mut tx).await?;
            tx.expect_rows(q(DECIDED).bind(state).bind(now).bind(tender).bind(was.state), 1).await?;
            match (was.state, state) {
                (BackState::Succeeded, BackState::Failed) => pay_back(&mut tx, &was, Fen(-was.amount_fen.0)).await?,
                (BackState::Pending, BackState::Succeeded) => pay_back(&mut tx, &was, was.amount_fen).await?,
                _ => {}
            }
            Ok(GivenBack { state, at: now, ..was })
        })?;
        let event = Event {
            id: format!("evt_{tender}_{state}"),
            kind: "refund.updated".to_owned(),
            at: now,
            about: About::Refund(RefundTold {
                tender_id: tender.0.clone(),
                amount: back.amount_fen,
                currency: "cny".to_owned(),
                back: back.seen(),
            }),
        };
        self.deliver(&event, now)
    }
}

async fn pay_back(tx: &mut Tx, back: &GivenBack, amount: Fen) -> Result<()> {
    if q(REFUNDED).bind(amount).bind(&back.provider_ref).exec(tx).await? == 0 {
        return Err(Error::fault(format!("the sandbox holds less than {amount} of {}", back.provider_ref)));
    }
    Ok(())
}
