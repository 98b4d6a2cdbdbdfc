//! A refund that its providers refused for good: what was promised is free again, and units that were withdrawn for
//! it can be shipped again.

use super::super::{
    OrderState, SellerOrderState, books, deliver,
    kinds::{OrderEventKind, RefundState},
    read,
    record::Order,
    state::{OrderEvent, SellerOrderEvent},
    store,
};
use super::case::Case;
use crate::{
    db::{Tx, q, statements},
    kernel::{At, Result, Step},
    ledger::post,
    payments,
};

statements! {
    FAIL_TENDER = "UPDATE refund_tenders SET state = $1, provider_ref = $2 WHERE id = $3 AND state = $4";
    FAIL = "UPDATE refunds SET state = $1 WHERE id = $2 AND state = $3
              AND NOT EXISTS (SELECT 1 FROM refund_tenders t WHERE t.refund_id = refunds.id AND t.state <> $1)";
    UNDO = "UPDATE refund_tenders SET state = $1 WHERE id = $2 AND state = $3";
    CAME_AGAIN = "UPDATE orders SET returned_fen = returned_fen - $1 WHERE id = $2";
    FREE = "UPDATE orders SET refund_reserved_fen = refund_reserved_fen - $1 WHERE id = $2";
    FREE_LINE = "UPDATE order_lines SET refund_reserved_qty = refund_reserved_qty - $1,
                   refund_reserved_fen = refund_reserved_fen - $2,
                   refund_reserved_freight_fen = refund_reserved_freight_fen - $3,
                   withdrawn_qty = withdrawn_qty - $4
                 WHERE order_id = $5 AND line_no = $6";
    REOPEN = "UPDATE orders SET state = $1, closed_at = NULL WHERE id = $2 AND state = $3";
}

/// Takes the promise of a tender back, once, within the caller's transaction; the refund has failed when nothing of
/// it is back or on its way. Where part of it is, the rest waits for the operator to send it another way.
pub(super) async fn take_back(tx: &mut Tx, case: &Case, reference: &str, step: &mut Step) -> Result<()> {
    let Case { order, refund, tender } = case;
    let fail = q(FAIL_TENDER).bind(RefundState::Failed).bind(reference).bind(&tender.id).bind(RefundState::Requested);
    tx.expect_rows(fail, 1).await?;
    payments::store::unreserve_refund(tx, &tender.payment_id, tender.amount_fen).await?;
    metrics::counter!("yanxi_refunds_failed").increment(1);
    store::note(tx, &order.id, (OrderEventKind::RefundFailed, tender.amount_fen.yuan()), step).await?;
    let all_failed = q(FAIL).bind(RefundState::Failed).bind(&refund.id).bind(RefundState::Requested);
    // Money that no order took has no lines; the operator sends it again.
    if all_failed.exec(tx).await? == 0 || refund.unapplied {
        return Ok(());
    }
    tx.expect_rows(q(FREE).bind(refund.amount_fen).bind(&order.id), 1).await?;
    let mut back = Vec::new();
    for line in read::refund_lines(tx, std::slice::from_ref(refund)).await? {
        let free = q(FREE_LINE).bind(line.qty).bind(line.goods_fen).bind(line.freight_fen).bind(line.withdrawn_qty);
        tx.expect_rows(free.bind(&order.id).bind(line.line_no), 1).await?;
        if line.withdrawn_qty > 0 {
            back.push(line.line_no);
        }
    }
    let order = units_back(tx, order.clone(), &back).await?;
    deliver::follow(tx, &order, step).await
}

/// The payer's bank sent back what a provider had given back, within the caller's transaction: the goods stay
/// refunded, the money stands on the order's account until the operator sends it again.
pub(super) async fn undone(tx: &mut Tx, case: &Case, told: At, step: &mut Step) -> Result<()> {
    let Case { order, tender, .. } = case;
    let undo = q(UNDO).bind(RefundState::Undone).bind(&tender.id).bind(RefundState::Succeeded);
    tx.expect_rows(undo, 1).await?;
    // Not before it went back, and not in days to come, whatever the provider's clock says.
    let at = tender.succeeded_at.map_or(told, |back| told.max(back)).min(step.at);
    let payment = payments::store::undone(tx, &tender.payment_id, tender.amount_fen).await?;
    tx.expect_rows(q(CAME_AGAIN).bind(tender.amount_fen).bind(&order.id), 1).await?;
    let entries = books::return_undone(&order.id, (&tender.id, payment.method.as_str()), tender.amount_fen, at);
    post::post(tx, step, entries).await?;
    metrics::counter!("yanxi_refunds_undone").increment(1);
    store::note(tx, &order.id, (OrderEventKind::RefundUndone, tender.amount_fen.yuan()), step).await
}

/// Parts whose units wait to be shipped again are open again, and so is their order.
async fn units_back(tx: &mut Tx, order: Order, lines: &[i64]) -> Result<Order> {
    let known = read::lines(tx, &order.id).await?;
    let has_back = |id: &str| known.iter().any(|l| l.seller_order_id.as_str() == id && lines.contains(&l.line_no));
    for seller in read::sellers(tx, &order.id).await? {
        let ended = matches!(seller.state, SellerOrderState::Shipped | SellerOrderState::Received);
        if ended && has_back(seller.id.as_str()) {
            store::move_seller(tx, &seller, seller.state.apply(SellerOrderEvent::UnitsBack)?).await?;
        }
    }
    if order.state != OrderState::Completed || lines.is_empty() {
        return Ok(order);
    }
    let to = order.state.apply(OrderEvent::UnitsBack)?;
    tx.expect_rows(q(REOPEN).bind(to).bind(&order.id).bind(order.state), 1).await?;
    Ok(Order { state: to, closed_at: None, ..order })
}
