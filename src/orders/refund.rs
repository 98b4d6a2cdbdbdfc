//! Refunds (退款): promised in one transaction, sent to the provider, booked in another (I7).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    OrderState, Trade,
    books::{self, LineRefund, Sold},
    read, receive, record,
    record::{Line, Order, Part},
    refund_split::{self, Share},
    state::OrderEvent,
};
use crate::{
    db::{
        Conn, Rows, Tx, audit_log,
        idempotency::Key,
        once,
        outbox::{self, Topic},
        q, row, statements, tx,
    },
    kernel::{Actor, At, Code, Error, Fen, PaymentId, RefundId, Refusal, Result, SkuId, Step},
    ledger::{self, Kind},
    payments::{Payment, store},
    stock::movement,
};

pub use super::refund_split::{Asked, AskedLine};

statements! {
    ADD = "INSERT INTO refunds (id, order_id, payment_id, state, amount_fen, goods_fen, freight_fen, unapplied, reason,
             requested_by, requested_at, succeeded_at, succeeded_on, provider_ref)
           VALUES ($1, $2, $3, 'requested', $4, $5, $6, $7, $8, $9, $10, NULL, NULL, NULL)";
    ADD_LINE = "INSERT INTO refund_lines (refund_id, line_no, qty, withdrawn_qty, goods_fen, freight_fen)
                VALUES ($1, $2, $3, $4, $5, $6)";
    RESERVE_LINE = "UPDATE order_lines SET refund_reserved_qty = refund_reserved_qty + $1,
                      refund_reserved_fen = refund_reserved_fen + $2,
                      refund_reserved_freight_fen = refund_reserved_freight_fen + $3,
                      withdrawn_qty = withdrawn_qty + $4
                    WHERE order_id = $5 AND line_no = $6";
    RESERVE = "UPDATE orders SET refund_reserved_fen = refund_reserved_fen + $1 WHERE id = $2";
    FIND = "SELECT r.id, r.order_id, r.payment_id, r.state, r.amount_fen, r.unapplied, p.provider_ref
            FROM refunds r LEFT JOIN payments p ON p.id = r.payment_id WHERE r.id = $1";
    SUCCEED = "UPDATE refunds SET state = 'succeeded', succeeded_at = $1, succeeded_on = $2, provider_ref = $3
               WHERE id = $4 AND state = 'requested'";
    LINES_OF = "SELECT line_no, qty, withdrawn_qty, goods_fen, freight_fen FROM refund_lines WHERE refund_id = $1
                ORDER BY line_no";
    REFUND_LINE = "UPDATE order_lines SET refunded_qty = refunded_qty + $1, refunded_fen = refunded_fen + $2,
                     refunded_freight_fen = refunded_freight_fen + $3 WHERE order_id = $4 AND line_no = $5";
    REFUND_PART = "UPDATE line_parts SET refunded_fen = refunded_fen + $1
                   WHERE order_id = $2 AND line_no = $3 AND part_no = $4";
    REFUNDED = "UPDATE orders SET refunded_fen = refunded_fen + $1 WHERE id = $2 RETURNING refunded_fen, total_fen";
    END = "UPDATE orders SET state = $1, closed_at = $2 WHERE id = $3 AND state = $4";
    OPEN = "SELECT id FROM refunds WHERE state = 'requested' AND requested_at <= $1 ORDER BY requested_at LIMIT $2";
}

/// The answer to a refund.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Refunding {
    /// Its id.
    pub refund_id: String,
    /// `requested` until the provider confirms, then `succeeded`.
    pub state: String,
    /// How much in all.
    #[schema(value_type = i64)]
    pub amount_fen: Fen,
    /// Of it goods.
    #[schema(value_type = i64)]
    pub goods_fen: Fen,
    /// Of it freight.
    #[schema(value_type = i64)]
    pub freight_fen: Fen,
}

row! {
    struct Requested {
        id: RefundId,
        order_id: crate::kernel::OrderId,
        payment_id: Option<PaymentId>,
        state: String,
        amount_fen: Fen,
        unapplied: bool,
        provider_ref: Option<String>,
    }
}

row! {
    struct RequestedLine {
        line_no: i64,
        qty: i64,
        withdrawn_qty: i64,
        goods_fen: Fen,
        freight_fen: Fen,
    }
}

/// Refunds some or all of a paid order; the same key gives the first answer again. Refuses an order
/// that is not paid, and more than is left of it.
pub async fn refund(
    trade: &Trade,
    order: &Order,
    (asked, reason): (&Asked, &str),
    by: Actor,
    key: Option<&Key>,
) -> Result<Refunding> {
    let promised: Refunding = once!(&trade.work(by, key), tx, step, {
        let order = read::lock(&mut tx, &order.id).await?;
        refundable(&order)?;
        let refunding = request(&mut tx, &order, asked, reason, &mut step).await?;
        log(&mut tx, &order, (refunding.amount_fen, reason), &step).await?;
        Ok(Refunding { state: "succeeded".to_owned(), ..refunding })
    })?;
    send(trade, &RefundId(promised.refund_id.clone())).await?;
    Ok(promised)
}

/// What the operator gives back is logged with the reason (I17).
async fn log(tx: &mut Tx, order: &Order, (amount, reason): (Fen, &str), step: &Step) -> Result<()> {
    let detail = format!("{} {reason}", amount.yuan());
    audit_log::by(tx, step, ("order.refund", &order.number, &detail)).await
}

/// Refunds a paid order whole because its buyer cancels it before anything was shipped.
pub async fn cancel_paid(trade: &Trade, order: &Order, by: Actor) -> Result<()> {
    let refunding = tx!(trade.db, tx, {
        let mut step = trade.step(by.clone());
        let order = read::lock(&mut tx, &order.id).await?;
        let lines = read::lines(&mut tx, &order.id).await?;
        let shipped = lines.iter().any(|line| line.shipped_qty > 0);
        if order.state != OrderState::Paid || shipped {
            return Err(Refusal::new(Code::WrongState).with("state", order.state).into());
        }
        request(&mut tx, &order, &Asked::Whole, "cancelled by the buyer", &mut step).await
    })?;
    send(trade, &RefundId(refunding.refund_id)).await
}

/// Promises money back, within the caller's transaction, whose order row is locked.
async fn request(tx: &mut Tx, order: &Order, asked: &Asked, reason: &str, step: &mut Step) -> Result<Refunding> {
    let (shares, (amount, goods, freight)) = shares(tx, order, asked).await?;
    for share in &shares {
        reserve_line(tx, order, share).await?;
    }
    tx.expect_rows(q(RESERVE).bind(amount).bind(&order.id), 1).await?;
    let payment = store::of_order(tx, &order.id).await?.into_iter().find(|p| p.applied);
    if let Some(payment) = payment.as_ref().filter(|_| amount > Fen::ZERO)
        && !store::reserve_refund(tx, &payment.id, amount).await?
    {
        return Err(Error::fault(format!("order {} has more to refund than its payment", order.number)));
    }
    let id = RefundId(step.random.id(step.at)?);
    let new =
        New { id: &id, payment: payment.map(|p| p.id), amounts: (amount, goods, freight), reason, unapplied: false };
    add(tx, order, new, step).await?;
    let mut rows = Rows::of(ADD_LINE)?;
    for s in &shares {
        let (goods, freight) = (s.goods.into(), s.freight.into());
        rows.push([(&id).into(), s.line_no.into(), s.qty.into(), s.withdrawn.into(), goods, freight])?;
    }
    rows.exec(tx).await?;
    let event = record::event(step, "refund_requested", None, &amount.yuan());
    record::note(tx, &order.id, event, step).await?;
    Ok(Refunding {
        refund_id: id.0,
        state: "requested".to_owned(),
        amount_fen: amount,
        goods_fen: goods,
        freight_fen: freight,
    })
}

/// Amount in all, of it goods, of it freight.
pub type Amounts = (Fen, Fen, Fen);

/// What a refund would give back now; refuses what [`refund`] would refuse.
pub async fn look(conn: &mut Conn, order: &Order, asked: &Asked) -> Result<Amounts> {
    refundable(order)?;
    Ok(shares(conn, order, asked).await?.1)
}

fn refundable(order: &Order) -> Result<()> {
    if matches!(order.state, OrderState::Paid | OrderState::Completed) {
        return Ok(());
    }
    Err(Refusal::new(Code::WrongState).with("state", order.state).into())
}

async fn shares(conn: &mut Conn, order: &Order, asked: &Asked) -> Result<(Vec<Share>, Amounts)> {
    let shares = refund_split::split(&read::lines(conn, &order.id).await?, asked)?;
    let goods = Fen::sum(shares.iter().map(|s| s.goods))?;
    let freight = Fen::sum(shares.iter().map(|s| s.freight))?;
    let amount = goods.plus(freight)?;
    if shares.iter().all(|s| s.qty == 0) && amount == Fen::ZERO {
        return Err(Refusal::new(Code::RefundTooMuch).with("left", Fen::ZERO).into());
    }
    Ok((shares, (amount, goods, freight)))
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

struct New<'a> {
    id: &'a RefundId,
    payment: Option<PaymentId>,
    amounts: Amounts,
    reason: &'a str,
    unapplied: bool,
}

async fn add(tx: &mut Tx, order: &Order, new: New<'_>, step: &mut Step) -> Result<()> {
    let (amount, goods, freight) = new.amounts;
    let add = q(ADD)
        .bind(new.id)
        .bind(&order.id)
        .bind(new.payment)
        .bind(amount)
        .bind(goods)
        .bind(freight)
        .bind(new.unapplied)
        .bind(new.reason)
        .bind(step.by.person.clone())
        .bind(step.at);
    tx.expect_rows(add, 1).await
}

/// Promises back the whole of a captured payment that its order cannot take (I5).
pub async fn request_unapplied(tx: &mut Tx, order: &Order, payment: &Payment, step: &mut Step) -> Result<RefundId> {
    let id = RefundId(step.random.id(step.at)?);
    let amount = payment.amount_fen;
    if !store::reserve_refund(tx, &payment.id, amount).await? {
        return Err(Error::fault(format!("payment {} cannot go back", payment.id)));
    }
    let amounts = (amount, Fen::ZERO, Fen::ZERO);
    let reason = "captured after the order had ended";
    let new = New { id: &id, payment: Some(payment.id.clone()), amounts, reason, unapplied: true };
    add(tx, order, new, step).await?;
    let event = record::event(step, "late_payment_returned", None, &amount.yuan());
    record::note(tx, &order.id, event, step).await?;
    Ok(id)
}

/// Sends a promised refund to the provider and books it; repeating it does nothing.
pub async fn send(trade: &Trade, id: &RefundId) -> Result<()> {
    let found: Option<Requested> = q(FIND).bind(id).opt(&mut trade.db.read().await?).await?;
    let refund = found.ok_or_else(|| Refusal::new(Code::NotFound))?;
    if refund.state != "requested" {
        return Ok(());
    }
    let reference = match &refund.provider_ref {
        Some(payment) if refund.amount_fen > Fen::ZERO => {
            let order = (refund.amount_fen, trade.clock.now());
            Some(trade.provider.refund(&trade.db, payment, &refund.id, order).await?)
        }
        _ => None,
    };
    tx!(trade.db, tx, {
        let mut step = trade.step(Actor::PROVIDER);
        settle(&mut tx, &refund, reference.clone(), &mut step).await
    })?;
    metrics::counter!("yanxi_refunds_sent").increment(1);
    Ok(())
}

/// Sends every promise that still waits, such as after a crash; answers how many.
pub async fn send_waiting(trade: &Trade, before: At, most: i64) -> Result<usize> {
    let waiting: Vec<(RefundId,)> = q(OPEN).bind(before).bind(most).all(&mut trade.db.read().await?).await?;
    for (id,) in &waiting {
        send(trade, id).await?;
    }
    Ok(waiting.len())
}

async fn settle(tx: &mut Tx, refund: &Requested, reference: Option<String>, step: &mut Step) -> Result<()> {
    let order = read::lock(tx, &refund.order_id).await?;
    let succeed = q(SUCCEED).bind(step.at).bind(step.at.day()).bind(reference).bind(&refund.id);
    if succeed.exec(tx).await? == 0 {
        return Ok(());
    }
    if let Some(payment) = refund.payment_id.as_ref().filter(|_| refund.amount_fen > Fen::ZERO) {
        store::refunded(tx, payment, refund.amount_fen).await?;
    }
    let method = method(tx, refund).await?;
    if refund.unapplied {
        let sold = Sold { order: &order, sellers: &[], lines: &[], parts: &[], method: &method };
        let fact = format!("unapplied_refund:{}", refund.id);
        let entries = books::unapplied(sold, fact, (Kind::UnappliedRefund, refund.amount_fen), step.at);
        return ledger::post::insert(tx, entries).await;
    }
    let asked: Vec<RequestedLine> = q(LINES_OF).bind(&refund.id).all(tx).await?;
    let lines = read::lines(tx, &order.id).await?;
    let parts = read::parts(tx, &order.id).await?;
    let shares = asked
        .iter()
        .map(|a| part_shares(a.line_no, (a.qty, a.goods_fen, a.freight_fen), &parts))
        .collect::<Result<Vec<LineRefund>>>()?;
    let sellers = read::sellers(tx, &order.id).await?;
    let sold = Sold { order: &order, sellers: &sellers, lines: &lines, parts: &parts, method: &method };
    let entries = books::refund(sold, &refund.id, &shares, step.at)?;
    ledger::post::post(tx, &mut step.random, step.at, entries).await?;
    outbox::add(tx, &mut step.random, step.at, Topic::Sales, &[format!("refund:{}", refund.id)]).await?;
    for (ask, share) in asked.iter().zip(&shares) {
        book_line(tx, &order, ask, share, &parts).await?;
    }
    restock(tx, refund, &asked, &lines, step).await?;
    let event = record::event(step, "refunded", None, &refund.amount_fen.yuan());
    record::note(tx, &order.id, event, step).await?;
    close(tx, &order, refund, step).await
}

async fn method(conn: &mut Conn, refund: &Requested) -> Result<String> {
    let Some(id) = &refund.payment_id else { return Ok("none".to_owned()) };
    let payment = store::find(conn, id.as_str()).await?;
    Ok(payment.map_or("none", |p| p.method.as_str()).to_owned())
}

/// The goods money of a line over its parts, by what is left of them.
pub(super) fn part_shares(line_no: i64, (qty, goods, freight): (i64, Fen, Fen), parts: &[Part]) -> Result<LineRefund> {
    let own: Vec<&Part> = parts.iter().filter(|p| p.line_no == line_no).collect();
    let left = own.iter().map(|p| p.payable_fen.minus(p.refunded_fen)).collect::<Result<Vec<Fen>>>()?;
    let weights: Vec<i64> = left.iter().map(|f| f.0).collect();
    Ok(LineRefund { line_no, qty, parts: goods.allocate(&weights)?, freight })
}

async fn book_line(tx: &mut Tx, order: &Order, ask: &RequestedLine, share: &LineRefund, parts: &[Part]) -> Result<()> {
    let line = q(REFUND_LINE).bind(ask.qty).bind(ask.goods_fen).bind(ask.freight_fen).bind(&order.id).bind(ask.line_no);
    tx.expect_rows(line, 1).await?;
    let own = parts.iter().filter(|p| p.line_no == ask.line_no);
    for (part, amount) in own.zip(&share.parts).filter(|(_, amount)| **amount > Fen::ZERO) {
        let update = q(REFUND_PART).bind(*amount).bind(&order.id).bind(ask.line_no).bind(part.part_no);
        tx.expect_rows(update, 1).await?;
    }
    Ok(())
}

/// Units that were refunded before they were shipped go back into stock, once (I1).
async fn restock(
    tx: &mut Tx,
    refund: &Requested,
    asked: &[RequestedLine],
    lines: &[Line],
    step: &mut Step,
) -> Result<()> {
    let back = asked.iter().filter(|ask| ask.withdrawn_qty > 0);
    let units: Vec<(SkuId, i64)> = back
        .filter_map(|ask| {
            lines.iter().find(|l| l.line_no == ask.line_no).map(|l| (l.sku_id.clone(), ask.withdrawn_qty))
        })
        .collect();
    movement::restock(tx, &refund.id, units, step).await
}

/// Where the last of the money went back, and every unit that cost none, the order ends `refunded`; else
/// its states follow its lines.
async fn close(tx: &mut Tx, order: &Order, refund: &Requested, step: &mut Step) -> Result<()> {
    let (refunded, total): (Fen, Fen) = q(REFUNDED).bind(refund.amount_fen).bind(&order.id).one(tx).await?;
    let lines = read::lines(tx, &order.id).await?;
    let order = if refunded == total && lines.iter().all(Line::all_back) {
        let to = order.state.apply(OrderEvent::RefundAll)?;
        let end = q(END).bind(to).bind(step.at).bind(&order.id).bind(order.state);
        tx.expect_rows(end, 1).await?;
        Order { state: to, ..order.clone() }
    } else {
        order.clone()
    };
    receive::follow(tx, &order, step).await
}
