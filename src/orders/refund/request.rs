//! A refund as the operator asks for it, by a program or a form.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    super::{read, record::Order},
    Asked, AskedLine,
};
use crate::{
    db::Conn,
    kernel::{Code, Fen, Refusal, Result, parse},
};

/// What goes back to the buyer: some lines, an amount, or all that is left.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundRequest {
    /// Units or amounts by line.
    pub lines: Option<Vec<RefundLine>>,
    /// An amount over all lines.
    #[schema(value_type = Option<i64>)]
    pub amount_fen: Option<Fen>,
    /// Why.
    pub reason: String,
}

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundLine {
    /// The seller order that the line is in.
    pub seller_order: String,
    pub line_no: i64,
    /// Units; all that are left when this and the amount are absent.
    pub qty: Option<i64>,
    /// An amount instead.
    #[schema(value_type = Option<i64>)]
    pub amount_fen: Option<Fen>,
}

/// A request that was understood.
pub struct Wished {
    pub order: Order,
    /// What of it is asked back.
    pub asked: Asked,
    pub reason: String,
}

/// Understands a request about the order of a number.
pub async fn wished(conn: &mut Conn, number: &str, request: &RefundRequest) -> Result<Wished> {
    let reason = parse::text("reason", &request.reason, 200)?;
    let order = read::by_number(conn, number).await?;
    let asked = asked(conn, &order, request).await?;
    Ok(Wished { order, asked, reason })
}

/// What the request asks back; refuses lines of another seller order, and lines with an amount in all.
async fn asked(conn: &mut Conn, order: &Order, request: &RefundRequest) -> Result<Asked> {
    let Some(lines) = &request.lines else { return by_amount(request.amount_fen) };
    if request.amount_fen.is_some() {
        return Err(Refusal::of_field("amount_fen", Code::Repeated).into());
    }
    if lines.is_empty() {
        return Err(Refusal::of_field("lines", Code::Missing).into());
    }
    let own = read::lines(conn, &order.id).await?;
    let mut asked = Vec::with_capacity(lines.len());
    for (place, line) in lines.iter().enumerate() {
        let field = |name: &str| format!("lines[{place}].{name}");
        let known = own.iter().find(|l| l.line_no == line.line_no);
        let unknown = |name: &str| Refusal::of_field(field(name), Code::UnknownLine);
        if known.ok_or_else(|| unknown("line_no"))?.seller_order_id.0 != line.seller_order {
            return Err(unknown("seller_order").into());
        }
        let qty = line.qty.map(|qty| parse::within(&field("qty"), qty, 1, 9999)).transpose()?;
        if let Some(Fen(amount)) = line.amount_fen {
            parse::within(&field("amount_fen"), amount, 1, i64::MAX)?;
        }
        asked.push(AskedLine { line_no: line.line_no, qty, amount: line.amount_fen });
    }
    Ok(Asked::Lines(asked))
}

fn by_amount(amount: Option<Fen>) -> Result<Asked> {
    let Some(amount) = amount else { return Ok(Asked::Whole) };
    parse::within("amount_fen", amount.0, 1, i64::MAX)?;
    Ok(Asked::Amount(amount))
}
