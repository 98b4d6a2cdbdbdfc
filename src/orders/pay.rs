//! Opening a payment for an order that waits for one: written here (`created`), made known to its provider
//! outside any transaction, and what the provider answered kept (docs/decisions/0015-payments-in-three-steps.md).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{OrderState, Trade, read, record::Order, refund::promise};
use crate::{
    db::{Conn, Work, once, tx},
    kernel::{Code, Fen, PaymentId, Refusal, Result},
    payments::{Method, Payment, PaymentState, store},
};

/// The answer to opening a payment.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Paying {
    pub payment_id: String,
    /// Where it stands.
    pub state: PaymentState,
    /// Page on which the payer pays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_url: Option<String>,
}

/// What is kept under a key: which payment it made. The answer itself is kept with the payment.
#[derive(Serialize, Deserialize)]
struct Begun {
    payment_id: PaymentId,
}

/// How an order is to be paid.
#[derive(Clone, Copy, Debug)]
pub struct Tender {
    pub method: Method,
    /// A part of what is open, as a voucher brings; all of it where none is named.
    pub amount: Option<Fen>,
}

impl Tender {
    /// All that is open, by a method.
    pub fn of(method: Method) -> Self {
        Self { method, amount: None }
    }
}

/// What of an order that waits is not yet paid.
pub async fn open_amount(conn: &mut Conn, order: &Order) -> Result<Fen> {
    let came = if order.tendered_fen == Fen::ZERO { Fen::ZERO } else { promise::unpromised(conn, order).await? };
    order.total_fen.minus(came)
}

/// Opens a payment of an order. The same key gives the first answer again, also where the provider was away the first
/// time; while a payment by the method is open, another key gets that one. Refuses an order that does not wait for
/// payment and a method that is not offered.
pub async fn pay(trade: &Trade, work: &Work, order: &Order, asked: Tender) -> Result<Paying> {
    let mut fresh = None;
    let begun: Begun = once!(work, tx, step, {
        trade.providers.of_method(asked.method)?;
        let order = read::lock(&mut tx, &order.id).await?;
        let open = order.state == OrderState::AwaitingPayment && order.hold_until.is_none_or(|until| until > step.at);
        if !open {
            return Err(Refusal::new(Code::WrongState).with("state", order.state).into());
        }
        let open = open_amount(&mut tx, &order).await?;
        let amount = asked.amount.map_or(open, |part| part.min(open));
        let id = PaymentId(step.random.id(step.at)?);
        let payment = Payment::created(id, order.id, (asked.method, amount), step.at);
        let payment = store::create(&mut tx, payment).await?;
        let payment_id = payment.id.clone();
        fresh = Some(payment);
        Ok(Begun { payment_id })
    })?;
    let payment = match fresh.filter(|payment| payment.id == begun.payment_id) {
        Some(payment) => payment,
        None => found(trade, &begun.payment_id).await?,
    };
    paying(open(trade, payment).await?)
}

/// The answer to opening a payment that was begun before, as its first caller got it or would have.
pub async fn go_on(trade: &Trade, payment: Payment) -> Result<Paying> {
    paying(open(trade, payment).await?)
}

async fn found(trade: &Trade, id: &PaymentId) -> Result<Payment> {
    let payment = store::find(&mut trade.db.read().await?, id.as_str()).await?;
    payment.ok_or_else(|| Refusal::new(Code::NotFound).into())
}

/// Makes a payment known to its provider where that is not known to have happened, and keeps the answer;
/// repeating it does nothing.
pub(super) async fn open(trade: &Trade, payment: Payment) -> Result<Payment> {
    if payment.opened_at.is_some() {
        return Ok(payment);
    }
    let opened = trade.providers.of_method(payment.method)?.open(&trade.db, &payment).await?;
    tx!(trade.db, tx, { store::opened(&mut tx, &payment, opened.clone(), trade.clock.now()).await })
}

/// The answer as it was the first time, whatever became of the payment since.
fn paying(payment: Payment) -> Result<Paying> {
    let Some(payer) = payment.for_payer()? else {
        return Err(Refusal::new(Code::WrongState).with("state", payment.state).into());
    };
    Ok(Paying { payment_id: payment.id.0, state: PaymentState::Pending, redirect_url: payer.redirect_url })
}
