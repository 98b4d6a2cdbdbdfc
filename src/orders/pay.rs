//! Opening a payment for an order that waits for one.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{OrderState, Trade, read, record::Order};
use crate::{
    db::{Work, once},
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

/// Opens a payment of the whole order. The same key gives the first answer again; refuses an order
/// that does not wait for payment and a method that is not offered.
pub async fn pay(trade: &Trade, work: &Work, order: &Order, method: Method) -> Result<Paying> {
    once!(work, tx, step, {
        if method != Method::Sandbox {
            return Err(Refusal::of_field("method", Code::MethodUnavailable).with("method", method).into());
        }
        let order = read::lock(&mut tx, &order.id).await?;
        let open = order.state == OrderState::AwaitingPayment && order.hold_until.is_none_or(|until| until > step.at);
        if !open {
            return Err(Refusal::new(Code::WrongState).with("state", order.state).into());
        }
        let id = PaymentId(step.random.id(step.at)?);
        let reference = trade.provider.reference(&id);
        let payment = Payment {
            id: id.clone(),
            order_id: order.id.clone(),
            method,
            state: PaymentState::Pending,
            amount_fen: order.total_fen,
            provider_ref: Some(reference.clone()),
            applied: false,
            refund_reserved_fen: Fen::ZERO,
            refunded_fen: Fen::ZERO,
            created_at: step.at,
            captured_at: None,
            learned_at: None,
            asked_at: step.at,
        };
        store::open(&mut tx, &payment).await?;
        trade.provider.open(&mut tx, &reference, order.total_fen).await?;
        Ok(Paying {
            payment_id: id.0.clone(),
            state: PaymentState::Pending,
            redirect_url: Some(trade.provider.pay_page(&id)),
        })
    })
}
