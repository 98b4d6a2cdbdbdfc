//! Booking what went back: each tender when its provider took it, the goods when the last of the money is back.

use super::{
    super::{
        books::{self, Booked, LineRefund, Sold},
        deliver,
        kinds::{OrderEventKind, RefundState},
        read,
        record::{Line, Order, Part, Refund, RefundLine},
        state::OrderEvent,
        store,
    },
    case::Case,
    split::Share,
};
use crate::{
    db::{Tx, q, statements},
    kernel::{At, Error, Fen, Result, SkuId, Step},
    ledger::{Entry, post},
    payments::{self, GoingBack},
    stock::{Demand, hold, movement},
};

statements! {
    TENDER_BACK = "UPDATE refund_tenders SET state = $1, succeeded_at = $2, provider_ref = $3 WHERE id = $4 AND state = $5";
    BACK = "SELECT CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT), MAX(succeeded_at) FROM refund_tenders
            WHERE refund_id = $1 AND state IN ('succeeded', 'undone')";
    SUCCEED = "UPDATE refunds SET state = $1, succeeded_at = $2, succeeded_on = $3 WHERE id = $4 AND state = $5";
    REFUND_LINE = "UPDATE order_lines SET refunded_qty = refunded_qty + $1, refunded_fen = refunded_fen + $2,
                     refunded_freight_fen = refunded_freight_fen + $3 WHERE order_id = $4 AND line_no = $5";
    REFUND_PART = "UPDATE line_parts SET refunded_fen = refunded_fen + $1, effective_fen = effective_fen - $2
                   WHERE order_id = $3 AND line_no = $4 AND part_no = $5";
    REFUNDED = "UPDATE orders SET refunded_fen = refunded_fen + $1 WHERE id = $2 RETURNING refunded_fen, total_fen";
    RETURNED = "UPDATE orders SET returned_fen = returned_fen + $1 WHERE id = $2";
}

/// Books what a provider took: once, after which the tender has succeeded, and with the last of them the refund.
pub(super) async fn returned(tx: &mut Tx, case: &Case, back: &GoingBack, step: &mut Step) -> Result<()> {
    let Case { order, refund, tender } = case;
    // It went back when the provider says it did, however late that is known.
    step.at = back.at.min(step.at);
    let done = q(TENDER_BACK).bind(RefundState::Succeeded).bind(step.at).bind(&back.reference);
    tx.expect_rows(done.bind(&tender.id).bind(RefundState::Requested), 1).await?;
    let payment = payments::store::refunded(tx, &tender.payment_id, tender.amount_fen).await?;
    tx.expect_rows(q(RETURNED).bind(tender.amount_fen).bind(&order.id), 1).await?;
    let method = payment.method.as_str();
    let entries = books::tender_return(&order.id, (&tender.id, method), tender.amount_fen, step.at);
    let (all, last): (Fen, Option<At>) = q(BACK).bind(&refund.id).one(tx).await?;
    if all < refund.amount_fen {
        return post::post(tx, step, entries).await;
    }
    // A bank may have told of the last one first.
    step.at = last.unwrap_or(step.at);
    settle(tx, (order, refund), entries, step).await
}

/// A refund of nothing, such as of goods that cost none, needs no provider.
pub(super) async fn nothing(tx: &mut Tx, refund: &Refund, step: &mut Step) -> Result<()> {
    let order = read::lock(tx, &refund.order_id).await?;
    settle(tx, (&order, refund), Vec::new(), step).await
}

/// All of a refund's money is back: its goods are booked after the entries of its last tender, once.
async fn settle(
    tx: &mut Tx,
    (order, refund): (&Order, &Refund),
    mut entries: Vec<Entry>,
    step: &mut Step,
) -> Result<()> {
    let succeed = q(SUCCEED).bind(RefundState::Succeeded).bind(step.at).bind(step.at.day()).bind(&refund.id);
    if succeed.bind(RefundState::Requested).exec(tx).await? == 0 {
        return if entries.is_empty() { Ok(()) } else { Err(Error::fault("more went back than was promised")) };
    }
    if refund.unapplied {
        return post::post(tx, step, entries).await;
    }
    let asked: Vec<Share> = read::refund_lines(tx, std::slice::from_ref(refund)).await?.iter().map(share_of).collect();
    let lines = read::lines(tx, &order.id).await?;
    let parts = read::parts(tx, &order.id).await?;
    let back = asked.iter().map(|share| share.over_parts(&parts)).collect::<Result<Vec<LineRefund>>>()?;
    let rows = read::sale(tx, &order.id).await?;
    let booked = Booked { order: &order.id, rows: &rows };
    let sellers = read::sellers(tx, &order.id).await?;
    let sold = Sold { sellers: &sellers, lines: &lines, parts: &parts };
    entries.extend(books::refund(booked, &refund.id, sold, &back, step.at)?);
    post::post(tx, step, entries).await?;
    for (ask, back) in asked.iter().zip(&back) {
        book_line(tx, order, ask, back, &parts).await?;
    }
    restock(tx, refund, &asked, &lines, step).await?;
    store::note(tx, &order.id, (OrderEventKind::Refunded, refund.amount_fen.yuan()), step).await?;
    close(tx, order, refund, step).await
}

fn share_of(line: &RefundLine) -> Share {
    Share {
        line_no: line.line_no,
        qty: line.qty,
        withdrawn: line.withdrawn_qty,
        goods: line.goods_fen,
        freight: line.freight_fen,
    }
}

async fn book_line(tx: &mut Tx, order: &Order, ask: &Share, back: &LineRefund, parts: &[Part]) -> Result<()> {
    let line = q(REFUND_LINE).bind(ask.qty).bind(ask.goods).bind(ask.freight).bind(&order.id).bind(ask.line_no);
    tx.expect_rows(line, 1).await?;
    let own = parts.iter().filter(|part| part.line_no == ask.line_no);
    for (part, amount) in own.zip(&back.parts).filter(|(_, amount)| **amount > Fen::ZERO) {
        let effective = books::effective_back(part, *amount);
        let update = q(REFUND_PART).bind(*amount).bind(effective).bind(&order.id).bind(ask.line_no).bind(part.part_no);
        tx.expect_rows(update, 1).await?;
    }
    Ok(())
}

/// Units that were refunded before they were shipped go back into stock, once (I1).
async fn restock(tx: &mut Tx, refund: &Refund, asked: &[Share], lines: &[Line], step: &mut Step) -> Result<()> {
    let back = asked.iter().filter(|ask| ask.withdrawn > 0);
    let units: Vec<(SkuId, i64)> = back
        .filter_map(|ask| lines.iter().find(|l| l.line_no == ask.line_no).map(|l| (l.sku_id.clone(), ask.withdrawn)))
        .collect();
    if units.is_empty() {
        return Ok(());
    }
    // Back to where they were taken from.
    let taken = hold::of_order(tx, &refund.order_id).await?;
    let back = |(sku, qty)| taken.iter().find(|t| t.sku_id == sku).map(|t| Demand { qty, ..t.clone() });
    movement::restock(tx, &refund.id, units.into_iter().filter_map(back).collect(), step).await
}

/// Where the last of the money went back, and every unit that cost none, the order ends `refunded`; else
/// its states follow its lines.
async fn close(tx: &mut Tx, order: &Order, refund: &Refund, step: &mut Step) -> Result<()> {
    let (refunded, total): (Fen, Fen) = q(REFUNDED).bind(refund.amount_fen).bind(&order.id).one(tx).await?;
    let lines = read::lines(tx, &order.id).await?;
    let order = if refunded == total && lines.iter().all(Line::all_back) {
        Order { state: store::end(tx, order, OrderEvent::RefundAll, step.at).await?, ..order.clone() }
    } else {
        order.clone()
    };
    let order = Order { refunded_fen: refunded, ..order };
    deliver::follow(tx, &order, step).await
}
