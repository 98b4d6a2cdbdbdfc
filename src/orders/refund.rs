//! Refunds (退款): promised in one transaction, sent to the provider, booked in another (I7).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    OrderState, Trade,
    books::{self, Booked, LineRefund, Sold},
    kinds::{OrderEventKind, RefundState},
    read, receive,
    record::{Line, Order, Part, Refund, RefundLine},
    refund_failed,
    refund_split::{self, Share},
    state::OrderEvent,
    store,
};
use crate::{
    db::{self, Conn, Tx, Work, audit_log, once, q, setback, statements, tx},
    kernel::{Actor, At, Code, Error, Fen, RefundId, Refusal, Result, SkuId, Step, time::SECOND},
    ledger::post,
    payments::{self, BackState, GoingBack, Payment},
    stock::movement,
};

pub use super::refund_split::{Amounts, Asked, AskedLine};

statements! {
    RESERVE_LINE = "UPDATE order_lines SET refund_reserved_qty = refund_reserved_qty + $1,
                      refund_reserved_fen = refund_reserved_fen + $2,
                      refund_reserved_freight_fen = refund_reserved_freight_fen + $3,
                      withdrawn_qty = withdrawn_qty + $4
                    WHERE order_id = $5 AND line_no = $6";
    RESERVE = "UPDATE orders SET refund_reserved_fen = refund_reserved_fen + $1 WHERE id = $2";
    SUCCEED = "UPDATE refunds SET state = $1, succeeded_at = $2, succeeded_on = $3, provider_ref = $4
               WHERE id = $5 AND state = $6";
    SENT = "UPDATE refunds SET provider_ref = $1, ask_at = $2 WHERE id = $3 AND state = 'requested'";
    REFUND_LINE = "UPDATE order_lines SET refunded_qty = refunded_qty + $1, refunded_fen = refunded_fen + $2,
                     refunded_freight_fen = refunded_freight_fen + $3 WHERE order_id = $4 AND line_no = $5";
    REFUND_PART = "UPDATE line_parts SET refunded_fen = refunded_fen + $1, effective_fen = effective_fen - $2
                   WHERE order_id = $3 AND line_no = $4 AND part_no = $5";
    REFUNDED = "UPDATE orders SET refunded_fen = refunded_fen + $1 WHERE id = $2 RETURNING refunded_fen, total_fen";
    RETURNED = "UPDATE orders SET returned_fen = returned_fen + $1 WHERE id = $2";
    OPEN = "SELECT id FROM refunds WHERE state = 'requested' AND requested_at <= $1 AND (ask_at IS NULL OR ask_at <= $2)
              AND NOT EXISTS (SELECT 1 FROM setbacks s
                WHERE s.job = 'send_refunds' AND s.subject = refunds.id AND s.next_at > $2)
            ORDER BY requested_at LIMIT $3";
}

/// The answer to a refund.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Refunding {
    pub refund_id: String,
    /// `requested` until the provider confirms, then `succeeded`, or `failed`.
    pub state: RefundState,
    /// How much in all.
    #[schema(value_type = i64)]
    pub amount_fen: Fen,
    #[schema(value_type = i64)]
    pub goods_fen: Fen,
    #[schema(value_type = i64)]
    pub freight_fen: Fen,
}

/// Refunds some or all of a paid order; the same key gives the first answer again. Refuses an order
/// that is not paid, and more than is left of it.
pub async fn refund(trade: &Trade, work: &Work, order: &Order, (asked, reason): (&Asked, &str)) -> Result<Refunding> {
    let promised: Refunding = once!(work, tx, step, {
        let order = read::lock(&mut tx, &order.id).await?;
        refundable(&order)?;
        let refunding = request(&mut tx, &order, asked, reason, &mut step).await?;
        log(&mut tx, &order, (refunding.amount_fen, reason), &step).await?;
        Ok(refunding)
    })?;
    // Promised, whatever the provider says now: the answer is where it stands.
    let state = send_or_leave(trade, &RefundId(promised.refund_id.clone())).await;
    Ok(Refunding { state, ..promised })
}

/// What the operator gives back is logged with the reason (I17).
async fn log(tx: &mut Tx, order: &Order, (amount, reason): (Fen, &str), step: &Step) -> Result<()> {
    let detail = format!("{} {reason}", amount.yuan());
    audit_log::by(tx, step, "order.refund", &order.number, &detail).await
}

/// Refunds a paid order whole because its buyer cancels it before anything was shipped.
pub async fn cancel_paid(trade: &Trade, work: &Work, order: &Order) -> Result<()> {
    let refunding = tx!(work.db, tx, {
        let mut step = work.step();
        let order = read::lock(&mut tx, &order.id).await?;
        let lines = read::lines(&mut tx, &order.id).await?;
        let shipped = lines.iter().any(|line| line.shipped_qty > 0);
        if order.state != OrderState::Paid || shipped {
            return Err(Refusal::new(Code::WrongState).with("state", order.state).into());
        }
        request(&mut tx, &order, &Asked::Whole, "cancelled by the buyer", &mut step).await
    })?;
    send_or_leave(trade, &RefundId(refunding.refund_id)).await;
    Ok(())
}

/// Promises money back, within the caller's transaction, whose order row is locked.
async fn request(tx: &mut Tx, order: &Order, asked: &Asked, reason: &str, step: &mut Step) -> Result<Refunding> {
    let shares = shares(tx, order, asked).await?;
    let amounts = Amounts::of(&shares)?;
    for share in &shares {
        reserve_line(tx, order, share).await?;
    }
    tx.expect_rows(q(RESERVE).bind(amounts.total).bind(&order.id), 1).await?;
    let payment = payments::store::of_order(tx, &order.id).await?.into_iter().find(|p| p.applied);
    if let Some(payment) = payment.as_ref().filter(|_| amounts.total > Fen::ZERO)
        && !payments::store::reserve_refund(tx, &payment.id, amounts.total).await?
    {
        return Err(Error::fault(format!("order {} has more to refund than its payment", order.number)));
    }
    let refund = requested(order, payment.as_ref(), (amounts, reason), step)?;
    db::insert(tx, &refund).await?;
    let line = |share: &Share| RefundLine {
        refund_id: refund.id.clone(),
        line_no: share.line_no,
        qty: share.qty,
        withdrawn_qty: share.withdrawn,
        goods_fen: share.goods,
        freight_fen: share.freight,
    };
    db::insert_all(tx, &shares.iter().map(line).collect::<Vec<_>>()).await?;
    store::note(tx, &order.id, (OrderEventKind::RefundRequested, amounts.total.yuan()), step).await?;
    Ok(Refunding {
        refund_id: refund.id.0,
        state: refund.state,
        amount_fen: amounts.total,
        goods_fen: amounts.goods,
        freight_fen: amounts.freight,
    })
}

/// A refund that is promised in this step.
fn requested(
    order: &Order,
    payment: Option<&Payment>,
    (amounts, reason): (Amounts, &str),
    step: &mut Step,
) -> Result<Refund> {
    Ok(Refund {
        id: RefundId(step.random.id(step.at)?),
        order_id: order.id.clone(),
        payment_id: payment.map(|payment| payment.id.clone()),
        state: RefundState::Requested,
        amount_fen: amounts.total,
        goods_fen: amounts.goods,
        freight_fen: amounts.freight,
        unapplied: false,
        reason: reason.to_owned(),
        requested_by: step.by.person.clone(),
        requested_at: step.at,
        succeeded_at: None,
        succeeded_on: None,
        provider_ref: None,
    })
}

/// What a refund would give back now; refuses what [`refund`] would refuse.
pub async fn look(conn: &mut Conn, order: &Order, asked: &Asked) -> Result<Amounts> {
    refundable(order)?;
    Amounts::of(&shares(conn, order, asked).await?)
}

fn refundable(order: &Order) -> Result<()> {
    if matches!(order.state, OrderState::Paid | OrderState::Completed) {
        return Ok(());
    }
    Err(Refusal::new(Code::WrongState).with("state", order.state).into())
}

async fn shares(conn: &mut Conn, order: &Order, asked: &Asked) -> Result<Vec<Share>> {
    let shares = refund_split::split(&read::lines(conn, &order.id).await?, asked)?;
    if shares.iter().all(|s| s.qty == 0) && Amounts::of(&shares)?.total == Fen::ZERO {
        return Err(Refusal::new(Code::RefundTooMuch).with("left", Fen::ZERO).into());
    }
    Ok(shares)
}

async fn reserve_line(tx: &mut Tx, order: &Order, share: &Share) -> Result<()> {
    let reserve = q(RESERVE_LINE)
        .bind(share.qty)
        .bind(share.goods)
        .bind(share.freight)
        .bind(share.withdrawn)
        .bind(&order.id)
        .bind(share.line_no);
    tx.expect_rows(reserve, 1).await
}

/// Promises back the whole of a captured payment that its order cannot take (I5).
pub async fn request_unapplied(tx: &mut Tx, order: &Order, payment: &Payment, step: &mut Step) -> Result<RefundId> {
    let total = payment.amount_fen;
    if !payments::store::reserve_refund(tx, &payment.id, total).await? {
        return Err(Error::fault(format!("payment {} cannot go back", payment.id)));
    }
    let amounts = Amounts { total, goods: Fen::ZERO, freight: Fen::ZERO };
    let refund = requested(order, Some(payment), (amounts, "captured after the order had ended"), step)?;
    let refund = Refund { unapplied: true, ..refund };
    db::insert(tx, &refund).await?;
    store::note(tx, &order.id, (OrderEventKind::LatePaymentReturned, total.yuan()), step).await?;
    Ok(refund.id)
}

/// Sends a promised refund to the provider, or asks after one that it has, and books what it answers; answers
/// where the refund stands then. Repeating it does nothing.
pub async fn send(trade: &Trade, id: &RefundId) -> Result<RefundState> {
    let mut conn = trade.db.read().await?;
    let refund = read::refund(&mut conn, id).await?;
    if refund.state != RefundState::Requested {
        return Ok(refund.state);
    }
    let payment = match &refund.payment_id {
        Some(id) => payments::store::find(&mut conn, id.as_str()).await?,
        None => None,
    };
    drop(conn);
    let back = match payment.as_ref().filter(|_| refund.amount_fen > Fen::ZERO) {
        Some(payment) => Some(ask(trade, payment, &refund).await?),
        None => None,
    };
    let method = payment.map_or("none", |payment| payment.method.as_str());
    tx!(trade.db, tx, {
        let mut step = trade.step(Actor::PROVIDER);
        match &back {
            Some(back) => stands(&mut tx, &refund, back, &mut step).await,
            None => settle(&mut tx, &refund, (method, None), &mut step).await.map(|()| RefundState::Succeeded),
        }
    })
}

/// The provider's answer about a refund: sent under the refund's id, or asked after where it was sent before.
async fn ask(trade: &Trade, payment: &Payment, refund: &Refund) -> Result<GoingBack> {
    let provider = trade.providers.of_method(payment.method)?;
    if let Some(reference) = &refund.provider_ref {
        return provider.look_back(&trade.db, reference).await;
    }
    metrics::counter!("yanxi_refunds_sent").increment(1);
    let reference = payment.provider_ref.as_deref().unwrap_or_default();
    provider.refund(&trade.db, reference, &refund.id, (refund.amount_fen, trade.clock.now())).await
}

/// The same for who has promised it already: where the provider does not answer now, the job sends it again.
pub async fn send_or_leave(trade: &Trade, id: &RefundId) -> RefundState {
    send(trade, id).await.unwrap_or_else(|error| {
        tracing::warn!(refund = %id, error = format!("{error:#}"), "a refund waits to be sent again");
        RefundState::Requested
    })
}

/// Brings what the provider says of a refund to its order, within the caller's transaction; answers where the
/// refund stands then. What is decided stays, also where the bank undid it: that is the operator's matter.
pub(super) async fn stands(tx: &mut Tx, refund: &Refund, back: &GoingBack, step: &mut Step) -> Result<RefundState> {
    if refund.state != RefundState::Requested {
        return Ok(refund.state);
    }
    let payment = match &refund.payment_id {
        Some(id) => payments::store::find(tx, id.as_str()).await?,
        None => None,
    };
    let method = payment.map_or("none", |payment| payment.method.as_str());
    match back.state {
        BackState::Pending => {
            // A bank may take days: the older it is, the more seldom it is asked after.
            let wait = ((step.at.0 - refund.requested_at.0) / 10).clamp(60 * SECOND, 3_600 * SECOND);
            q(SENT).bind(&back.reference).bind(step.at.later(wait)).bind(&refund.id).exec(tx).await?;
            Ok(RefundState::Requested)
        }
        BackState::Succeeded => {
            // It went back when the provider says it did, however late that is known.
            step.at = back.at.min(step.at);
            settle(tx, refund, (method, Some(back.reference.clone())), step).await?;
            Ok(RefundState::Succeeded)
        }
        BackState::Failed => {
            refund_failed::take_back(tx, refund, &back.reference, step).await?;
            Ok(RefundState::Failed)
        }
    }
}

/// Promises once more, under a name of its own, what no order could take and the provider did not give back;
/// a refund that still waits is sent again.
pub async fn again(trade: &Trade, id: &RefundId) -> Result<RefundState> {
    let renewed = tx!(trade.db, tx, {
        let refund = read::refund(&mut tx, id).await?;
        let (RefundState::Failed, true, Some(payment)) = (refund.state, refund.unapplied, &refund.payment_id) else {
            return Ok(refund.id);
        };
        let order = read::lock(&mut tx, &refund.order_id).await?;
        let payment = payments::store::find(&mut tx, payment.as_str()).await?;
        let payment = payment.filter(|payment| payment.refund_reserved_fen == Fen::ZERO);
        let payment = payment.ok_or_else(|| Refusal::new(Code::WrongState).with("state", refund.state))?;
        request_unapplied(&mut tx, &order, &payment, &mut trade.step(Actor::SYSTEM)).await
    })?;
    send(trade, &renewed).await
}

/// Sends every promise that still waits, such as after a crash; answers how many.
pub async fn send_waiting(trade: &Trade, before: At, most: i64) -> Result<usize> {
    let now = trade.clock.now();
    let turn = setback::turn(&trade.db, "send_refunds", now).await?;
    let waiting: Vec<(RefundId,)> = q(OPEN).bind(before).bind(now).bind(most).all(&mut trade.db.read().await?).await?;
    for (id,) in &waiting {
        turn.after(id.as_str(), send(trade, id).await).await?;
    }
    Ok(waiting.len())
}

/// Books what the provider took: once, after which the refund has succeeded.
async fn settle(
    tx: &mut Tx,
    refund: &Refund,
    (method, reference): (&str, Option<String>),
    step: &mut Step,
) -> Result<()> {
    let order = read::lock(tx, &refund.order_id).await?;
    let succeed = q(SUCCEED)
        .bind(RefundState::Succeeded)
        .bind(step.at)
        .bind(step.at.day())
        .bind(reference)
        .bind(&refund.id)
        .bind(refund.state);
    if succeed.exec(tx).await? == 0 {
        return Ok(());
    }
    let mut entries = Vec::new();
    if let Some(payment) = refund.payment_id.as_ref().filter(|_| refund.amount_fen > Fen::ZERO) {
        payments::store::refunded(tx, payment, refund.amount_fen).await?;
        tx.expect_rows(q(RETURNED).bind(refund.amount_fen).bind(&order.id), 1).await?;
        entries = books::tender_return(&order.id, (&refund.id, method), refund.amount_fen, step.at);
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
        book_line(tx, &order, ask, back, &parts).await?;
    }
    restock(tx, refund, &asked, &lines, step).await?;
    store::note(tx, &order.id, (OrderEventKind::Refunded, refund.amount_fen.yuan()), step).await?;
    close(tx, &order, refund, step).await
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
    movement::restock(tx, &refund.id, units, step).await
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
    receive::follow(tx, &order, step).await
}
