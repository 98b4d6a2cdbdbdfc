//! Promising money back: reserved on lines, order and payments, so that no two promises exceed what was paid (I7).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    super::{
        kinds::{OrderEventKind, RefundState},
        read,
        record::{Order, Refund, RefundLine, RefundTender},
        store,
    },
    split::{self, Amounts, Asked, Share},
    tenders,
};
use crate::{
    db::{self, Conn, Tx, q, statements},
    kernel::{Code, Fen, PaymentId, RefundId, RefundTenderId, Refusal, Result, Step},
    payments,
};

statements! {
    RESERVE_LINE = "UPDATE order_lines SET refund_reserved_qty = refund_reserved_qty + $1,
                      refund_reserved_fen = refund_reserved_fen + $2,
                      refund_reserved_freight_fen = refund_reserved_freight_fen + $3,
                      withdrawn_qty = withdrawn_qty + $4
                    WHERE order_id = $5 AND line_no = $6";
    RESERVE = "UPDATE orders SET refund_reserved_fen = refund_reserved_fen + $1 WHERE id = $2";
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

/// Promises money back, within the caller's transaction, whose order row is locked.
pub(super) async fn request(
    tx: &mut Tx,
    order: &Order,
    asked: &Asked,
    reason: &str,
    step: &mut Step,
) -> Result<Refunding> {
    let shares = shares(tx, order, asked).await?;
    let amounts = Amounts::of(&shares)?;
    for share in &shares {
        reserve_line(tx, order, share).await?;
    }
    tx.expect_rows(q(RESERVE).bind(amounts.total).bind(&order.id), 1).await?;
    let refund = requested(order, (amounts, reason), step)?;
    db::insert(tx, &refund).await?;
    give_back(tx, &refund, amounts.total, step).await?;
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

/// Promises money of a refund from the order's payments, within the caller's transaction, whose order row is locked.
pub(super) async fn give_back(tx: &mut Tx, refund: &Refund, amount: Fen, step: &mut Step) -> Result<()> {
    let paid = payments::store::of_order(tx, &refund.order_id).await?;
    let refused = refused(tx, refund).await?;
    let mut parts = Vec::new();
    for share in tenders::over(&paid, amount, &refused)? {
        payments::store::reserve_refund(tx, &share.payment, share.amount).await?;
        parts.push(RefundTender {
            id: RefundTenderId(step.random.id(step.at)?),
            refund_id: refund.id.clone(),
            payment_id: share.payment,
            amount_fen: share.amount,
            state: RefundState::Requested,
            promised_at: step.at,
            provider_ref: None,
            ask_at: None,
            succeeded_at: None,
        });
    }
    db::insert_all(tx, &parts).await.map(|_| ())
}

/// The payments that did not give back what this refund, or the one that it renews, asked of them.
async fn refused(tx: &mut Tx, refund: &Refund) -> Result<Vec<PaymentId>> {
    let all = read::refunds(tx, &refund.order_id).await?;
    let own = |known: &&Refund| known.id == refund.id || Some(&known.id) == refund.renews.as_ref();
    let own: Vec<Refund> = all.iter().filter(own).cloned().collect();
    let tenders = read::refund_tenders(tx, &own).await?.into_iter();
    let refused = tenders.filter(|tender| matches!(tender.state, RefundState::Failed | RefundState::Undone));
    Ok(refused.map(|tender| tender.payment_id).collect())
}

/// A refund that is promised in this step.
fn requested(order: &Order, (amounts, reason): (Amounts, &str), step: &mut Step) -> Result<Refund> {
    Ok(Refund {
        id: RefundId(step.random.id(step.at)?),
        order_id: order.id.clone(),
        state: RefundState::Requested,
        amount_fen: amounts.total,
        goods_fen: amounts.goods,
        freight_fen: amounts.freight,
        unapplied: false,
        renews: None,
        reason: reason.to_owned(),
        requested_by: step.by.person.clone(),
        requested_at: step.at,
        succeeded_at: None,
        succeeded_on: None,
    })
}

pub(super) async fn shares(conn: &mut Conn, order: &Order, asked: &Asked) -> Result<Vec<Share>> {
    let shares = split::split(&read::lines(conn, &order.id).await?, asked)?;
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

/// Money that came for an order and is neither what it was sold for nor promised back.
pub async fn unpromised(conn: &mut Conn, order: &Order) -> Result<Fen> {
    let sold = if order.paid_at.is_some() { order.total_fen } else { Fen::ZERO };
    let refunds = read::refunds(conn, &order.id).await?;
    let tenders = read::refund_tenders(conn, &refunds).await?;
    let promised = refunds.iter().filter(|refund| refund.unapplied && refund.state != RefundState::Failed);
    let promised = Fen::sum(promised.map(|refund| refund.amount_fen))?;
    let undone = Fen::sum(tenders.iter().filter(|t| t.state == RefundState::Undone).map(|t| t.amount_fen))?;
    order.tendered_fen.plus(undone)?.minus(sold)?.minus(promised)
}

/// Promises back money that its order cannot take (I5): it came too late, over the total, or unasked.
/// `renews` is the refund whose money stands here again.
pub async fn request_unapplied(
    tx: &mut Tx,
    order: &Order,
    (amount, renews): (Fen, Option<&RefundId>),
    step: &mut Step,
) -> Result<RefundId> {
    let amounts = Amounts { total: amount, goods: Fen::ZERO, freight: Fen::ZERO };
    let refund = requested(order, (amounts, "more than the order could take"), step)?;
    let refund = Refund { unapplied: true, renews: renews.cloned(), ..refund };
    db::insert(tx, &refund).await?;
    give_back(tx, &refund, amount, step).await?;
    store::note(tx, &order.id, (OrderEventKind::LatePaymentReturned, amount.yuan()), step).await?;
    Ok(refund.id)
}
