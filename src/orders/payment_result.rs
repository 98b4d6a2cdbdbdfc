//! The one path on which a payment's result reaches its order: webhook, browser return and poller
//! (`hear`, `ask`) all end here, in any order and any number of times (I3, I4, I5).

use super::{
    OrderState, books,
    kinds::OrderEventKind,
    read,
    record::Order,
    refund,
    sell::{Sale, Units, sell},
    store,
};
use crate::{
    db::{Tx, q, statements},
    kernel::{At, Code, Error, Fen, OrderId, RefundId, Refusal, Result, Step},
    ledger::post,
    payments::{self, Payment, Seen},
    promotions::redemption,
    stock::hold,
};

statements! {
    TENDERED = "UPDATE orders SET tendered_fen = tendered_fen + $1 WHERE id = $2";
}

/// What came of a payment's result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaymentOutcome {
    /// The order is paid now.
    Paid,
    /// The provider refused; the order still waits.
    Failed,
    /// The result was known before, or is no result.
    Known,
    /// The money goes back: its order could not take it any more.
    GivenBack(RefundId),
}

/// Brings a payment's result to its order, within the caller's transaction; idempotent.
pub async fn apply_payment_result(
    tx: &mut Tx,
    payment: &Payment,
    seen: Seen,
    step: &mut Step,
) -> Result<PaymentOutcome> {
    match seen {
        Seen::Open | Seen::Processing => Ok(PaymentOutcome::Known),
        Seen::Cancelled => payments::store::cancelled(tx, &payment.id).await.map(|()| PaymentOutcome::Known),
        Seen::Refused => {
            if !payments::store::fail(tx, &payment.id, step.at).await? {
                return Ok(PaymentOutcome::Known);
            }
            let failed = (OrderEventKind::PaymentFailed, payment.method.as_str());
            store::note(tx, &payment.order_id, failed, step).await?;
            Ok(PaymentOutcome::Failed)
        }
        Seen::Captured(at, amount) => {
            if amount != payment.amount_fen {
                return Err(Refusal::new(Code::EventMismatch).into());
            }
            let order = read::lock(tx, &payment.order_id).await?;
            if !payments::store::capture(tx, payment, at, step.at).await? {
                return Ok(PaymentOutcome::Known);
            }
            captured(tx, order, payment, at, step).await
        }
    }
}

/// Captured money comes to the order's account: it pays the order where it can, also late with stock left; else
/// it goes back (I5). So does what is less than the total: refunds know one payment of an order.
async fn captured(tx: &mut Tx, mut order: Order, payment: &Payment, at: At, step: &mut Step) -> Result<PaymentOutcome> {
    let amount = payment.amount_fen;
    tx.expect_rows(q(TENDERED).bind(amount).bind(&order.id), 1).await?;
    let method = payment.method.as_str();
    let tenders = books::tender(&order.id, (&payment.id, method), amount, at);
    let units = if amount == order.total_fen { takes(tx, &order).await? } else { None };
    let Some(units) = units else {
        post::post(tx, step, tenders).await?;
        let refund = refund::request_unapplied(tx, &order, payment, step).await?;
        return Ok(PaymentOutcome::GivenBack(refund));
    };
    payments::store::apply(tx, &payment.id).await?;
    if units == Units::Free {
        redemption::take_again(tx, &order.id).await?;
    }
    sell(tx, &mut order, Sale { units, at, tenders, paid_by: method }, step).await?;
    Ok(PaymentOutcome::Paid)
}

/// Where the goods are that money for an order buys; none where it can't have them any more.
async fn takes(tx: &mut Tx, order: &Order) -> Result<Option<Units>> {
    Ok(match order.state {
        OrderState::AwaitingPayment => Some(Units::Held),
        OrderState::Expired => {
            let left = redemption::can_take_again(tx, &order.id).await? && hold::can_take_again(tx, &order.id).await?;
            left.then_some(Units::Free)
        }
        _ => None,
    })
}

/// An order with nothing to pay is paid as it is placed, without a payment (M3).
pub async fn pay_nothing(tx: &mut Tx, id: &OrderId, step: &mut Step) -> Result<Order> {
    let mut order = read::lock(tx, id).await?;
    if order.total_fen != Fen::ZERO {
        return Err(Error::fault("an order with a total needs a payment"));
    }
    let sale = Sale { units: Units::Held, at: step.at, tenders: Vec::new(), paid_by: "none" };
    sell(tx, &mut order, sale, step).await?;
    Ok(order)
}
