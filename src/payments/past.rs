//! Past payments as rows, many at once, with what the sandbox knows of them: for generators.

use super::Payment;
use crate::{
    db::{Rows, Tx, statements},
    kernel::{At, Fen, RefundId, Result},
};

statements! {
    PAYMENT = "INSERT INTO payments (id, order_id, method, state, amount_fen, provider_ref, applied, refund_reserved_fen,
                 refunded_fen, created_at, captured_at, learned_at, asked_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    INTENT = "INSERT INTO sandbox_intents (provider_ref, amount_fen, state, settled_at, refunded_fen)
              VALUES ($1, $2, $3, $4, $5)";
    REFUND = "INSERT INTO sandbox_refunds (idempotency_key, provider_ref, amount_fen, at) VALUES ($1, $2, $3, $4)";
}

/// A captured payment of the sandbox and what went back of it.
pub struct PastPayment {
    /// The payment as it stands now.
    pub payment: Payment,
    /// What went back.
    pub refunds: Vec<(RefundId, Fen, At)>,
}

/// Inserts them.
pub async fn insert<'a>(tx: &mut Tx, all: impl Iterator<Item = &'a PastPayment>) -> Result<()> {
    let mut payments = Rows::of(PAYMENT)?;
    let mut intents = Rows::of(INTENT)?;
    let mut refunds = Rows::of(REFUND)?;
    for PastPayment { payment: p, refunds: back } in all {
        payments.push([
            (&p.id).into(),
            (&p.order_id).into(),
            p.method.into(),
            p.state.into(),
            p.amount_fen.into(),
            p.provider_ref.clone().into(),
            p.applied.into(),
            p.refund_reserved_fen.into(),
            p.refunded_fen.into(),
            p.created_at.into(),
            p.captured_at.into(),
            p.captured_at.into(),
            p.created_at.into(),
        ])?;
        let (reference, settled) = (p.provider_ref.clone(), p.captured_at);
        intents.push([
            reference.clone().into(),
            p.amount_fen.into(),
            "succeeded".into(),
            settled.into(),
            p.refunded_fen.into(),
        ])?;
        for (id, amount, at) in back {
            refunds.push([id.into(), reference.clone().into(), (*amount).into(), (*at).into()])?;
        }
    }
    payments.exec(tx).await?;
    intents.exec(tx).await?;
    refunds.exec(tx).await.map(|_| ())
}
