//! The one path on which a payment's result reaches its order: webhook, browser return and poller
//! (`hear`, `ask`) all end here, in any order and any number of times (I3, I4, I5).

use super::{
    OrderState,
    books::{self, Goods},
    kinds::OrderEventKind,
    read,
    record::{Line, Order},
    refund,
    state::{OrderEvent, SellerOrderEvent},
    store,
};
use crate::{
    db::{Tx, q, statements},
    kernel::{At, Code, Error, Fen, OrderId, RefundId, Refusal, Result, Step},
    ledger::{Entry, dimensions, post},
    payments::{self, Payment, Seen},
    pricing,
    promotions::redemption,
    stock::hold,
};

statements! {
    PAID = "UPDATE orders SET state = $1, paid_at = $2, paid_on = $3, closed_at = NULL WHERE id = $4 AND state = $5";
    TO_SHIP = "UPDATE seller_orders SET state = $1,
                 ship_by = $2 + (SELECT c.sla_hours FROM coops c WHERE c.id = seller_orders.coop_id) * 3600000000
               WHERE id = $3 AND state = $4";
    TENDERED = "UPDATE orders SET tendered_fen = tendered_fen + $1 WHERE id = $2";
    SCHEMES = "UPDATE order_lines SET schemes = $1 WHERE order_id = $2 AND line_no = $3";
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
    let mut entries = books::tender(&order.id, (&payment.id, method), amount, at);
    let enough = amount == order.total_fen;
    let takes = match order.state {
        OrderState::AwaitingPayment if enough => {
            hold::take(tx, &order.id, step).await?;
            true
        }
        OrderState::Expired if enough => {
            let left = redemption::can_take_again(tx, &order.id).await? && hold::can_take_again(tx, &order.id).await?;
            if left {
                redemption::take_again(tx, &order.id).await?;
                hold::take_again(tx, &order.id, step).await?;
            }
            left
        }
        _ => false,
    };
    if !takes {
        post::post(tx, step, entries).await?;
        let refund = refund::request_unapplied(tx, &order, payment, step).await?;
        return Ok(PaymentOutcome::GivenBack(refund));
    }
    payments::store::apply(tx, &payment.id).await?;
    entries.extend(sold(tx, &mut order, at).await?);
    post::post(tx, step, entries).await?;
    store::note(tx, &order.id, (OrderEventKind::Paid, method), step).await?;
    Ok(PaymentOutcome::Paid)
}

/// The order is sold: its states move on, and the entries of its sale are to be posted.
async fn sold(tx: &mut Tx, order: &mut Order, at: At) -> Result<Vec<Entry>> {
    let to = order.state.apply(OrderEvent::Pay)?;
    let update = q(PAID).bind(to).bind(at).bind(at.day()).bind(&order.id).bind(order.state);
    tx.expect_rows(update, 1).await?;
    (order.state, order.paid_at, order.paid_on) = (to, Some(at), Some(at.day()));
    let sellers = read::sellers(tx, &order.id).await?;
    for seller in &sellers {
        let to = seller.state.apply(SellerOrderEvent::Pay)?;
        tx.expect_rows(q(TO_SHIP).bind(to).bind(at).bind(&seller.id).bind(seller.state), 1).await?;
    }
    let mut lines = read::lines(tx, &order.id).await?;
    copy_schemes(tx, &mut lines, at).await?;
    let parts = read::paired_parts(tx, &order.id).await?;
    let sale = books::sale(Goods { order, sellers: &sellers, lines: &lines, parts: &parts }, at)?;
    dimensions::keep(tx, &sale.dimensions).await?;
    Ok(sale.entries)
}

/// The lines copy the schemes that hold when they are paid (C1).
async fn copy_schemes(tx: &mut Tx, lines: &mut [Line], at: At) -> Result<()> {
    let products = lines.iter().map(|l| l.product_id.clone()).collect();
    let valid = pricing::schemes_on(tx, products, at.day()).await?;
    for line in lines {
        let own: Vec<&String> = valid.iter().filter(|v| v.0 == line.product_id).map(|v| &v.1).collect();
        let schemes = serde_json::to_string(&own)?;
        if schemes != line.schemes {
            let update = q(SCHEMES).bind(&schemes).bind(&line.order_id).bind(line.line_no);
            tx.expect_rows(update, 1).await?;
            line.schemes = schemes;
        }
    }
    Ok(())
}

/// An order with nothing to pay is paid as it is placed, without a payment (M3).
pub async fn pay_nothing(tx: &mut Tx, id: &OrderId, step: &mut Step) -> Result<Order> {
    let mut order = read::lock(tx, id).await?;
    if order.total_fen != Fen::ZERO {
        return Err(Error::fault("an order with a total needs a payment"));
    }
    hold::take(tx, id, step).await?;
    let at = step.at;
    let entries = sold(tx, &mut order, at).await?;
    post::post(tx, step, entries).await?;
    store::note(tx, id, (OrderEventKind::Paid, "none"), step).await?;
    Ok(order)
}
