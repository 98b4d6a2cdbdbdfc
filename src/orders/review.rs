//! Review (审核): a person takes a received line out of the effective sales, with a reason, or puts it back
//! (C25). No money moves, and both totals stay printed.

use super::{
    books::{self, Booked},
    read,
    record::{Line, Order},
};
use crate::{
    db::{Tx, Work, audit_log, q, statements, tx},
    kernel::{Code, Fen, Refusal, Result, Step},
    ledger::post,
};

statements! {
    REVIEWS = "SELECT CAST(count(DISTINCT fact) AS BIGINT) FROM ledger_entries
               WHERE subject_id = $1 AND kind = 'exclusion' AND line_no = $2";
    EXCLUDED = "UPDATE line_parts SET effective_fen = 0 WHERE order_id = $1 AND line_no = $2";
    INCLUDED = "UPDATE line_parts SET effective_fen = payable_fen - refunded_fen WHERE order_id = $1 AND line_no = $2";
}

/// Takes a line out of the effective sales. Refuses one that is not received, or is out already.
pub async fn exclude(work: &Work, order: &Order, line_no: i64, reason: &str) -> Result<()> {
    decide(work, order, (line_no, true), reason).await
}

/// Puts an excluded line back, as far as it was not refunded meanwhile. Refuses one that is not out.
pub async fn include(work: &Work, order: &Order, line_no: i64, reason: &str) -> Result<()> {
    decide(work, order, (line_no, false), reason).await
}

async fn decide(work: &Work, order: &Order, (line_no, out): (i64, bool), reason: &str) -> Result<()> {
    tx!(work.db, tx, {
        let mut step = work.step();
        let order = read::lock(&mut tx, &order.id).await?;
        let lines = read::lines(&mut tx, &order.id).await?;
        let line = lines.iter().find(|line| line.line_no == line_no);
        let line = line.ok_or_else(|| Refusal::of_field("line_no", Code::UnknownLine))?;
        book(&mut tx, &order, line, out, &mut step).await?;
        let act = if out { "order.exclude" } else { "order.include" };
        audit_log::by(&mut tx, &step, act, &order.number, &format!("{line_no} {reason}")).await
    })
}

async fn book(tx: &mut Tx, order: &Order, line: &Line, out: bool, step: &mut Step) -> Result<()> {
    let parts = read::parts(tx, &order.id).await?;
    let (reviews,): (i64,) = q(REVIEWS).bind(&order.id).bind(line.line_no).one(tx).await?;
    let effective = Fen::sum(parts.iter().filter(|p| p.line_no == line.line_no).map(|p| p.effective_fen))?;
    // Reviews alternate: after an odd number of them the line is out.
    let is_out = reviews % 2 == 1;
    if line.received_at.is_none() || is_out == out || (out && effective == Fen::ZERO) {
        return Err(Refusal::new(Code::WrongState).with("state", order.state).into());
    }
    let rows = read::sale(tx, &order.id).await?;
    let booked = Booked { order: &order.id, rows: &rows };
    let entries = books::exclusion(booked, (line, reviews + 1), &parts, out, step.at)?;
    post::post(tx, step, entries).await?;
    q(if out { EXCLUDED } else { INCLUDED }).bind(&order.id).bind(line.line_no).exec(tx).await.map(|_| ())
}
