//! The one path on which a payment's result reaches its order: webhook, browser return and poller
//! (`hear`, `ask`) all end here, in any order and any number of times (I3, I4, I5).

use super::{
    OrderState, books,
    kinds::OrderEventKind,
    read,
    record::Order,
    refund::promise,
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
    /// The order still waits for the rest of its total.
    PartPaid,
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

/// Captured money comes to the order's account. With it the order is paid where its balance reaches the total, also
/// late with stock left; what comes over, late or unasked goes back (I5).
async fn captured(tx: &mut Tx, mut order: Order, payment: &Payment, at: At, step: &mut Step) -> Result<PaymentOutcome> {
    let amount = payment.amount_fen;
    let first = order.tendered_fen == Fen::ZERO;
    order.tendered_fen = order.tendered_fen.plus(amount)?;
    let balance = if first { amount } else { promise::unpromised(tx, &order).await? };
    // The order is paid when the last of its money was captured, in whatever order that is learned.
    let paid_at = if first { at } else { last_captured(tx, &order).await?.unwrap_or(at) };
    let method = payment.method.as_str();
    let tenders = books::tender(&order.id, (&payment.id, method), amount, at);
    let enough = balance >= order.total_fen;
    if let Some(units) = if enough { takes(tx, &order).await? } else { None } {
        if units == Units::Free {
            redemption::take_again(tx, &order.id).await?;
        }
        sell(tx, &mut order, Sale { units, at: paid_at, tenders, paid_by: method }, step).await?;
        let over = balance.minus(order.total_fen)?;
        if over > Fen::ZERO {
            promise::request_unapplied(tx, &order, (over, None), step).await?;
        }
        return Ok(PaymentOutcome::Paid);
    }
    tx.expect_rows(q(TENDERED).bind(amount).bind(&order.id), 1).await?;
    post::post(tx, step, tenders).await?;
    if order.state == OrderState::AwaitingPayment {
        store::note(tx, &order.id, (OrderEventKind::PartPaid, amount.yuan()), step).await?;
        return Ok(PaymentOutcome::PartPaid);
    }
    // Money that a provider refused or a bank sent back waits for the operator.
    let back = (amount.min(balance), None);
    Ok(PaymentOutcome::GivenBack(promise::request_unapplied(tx, &order, back, step).await?))
}

async fn last_captured(tx: &mut Tx, order: &Order) -> Result<Option<At>> {
    let payments = payments::store::of_order(tx, &order.id).await?;
    Ok(payments.iter().filter_map(|payment| payment.captured_at).max())
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
