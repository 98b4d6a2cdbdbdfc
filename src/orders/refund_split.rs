//! How much of which line a refund gives back: pure, after surface.md and counting.md V6.

use super::record::Line;
use crate::kernel::{Code, Fen, Refusal, Result};

/// A line of a refund as it is asked for.
#[derive(Clone, Debug, Default)]
pub struct AskedLine {
    /// Which line of the order.
    pub line_no: i64,
    /// Units.
    pub qty: Option<i64>,
    /// Or an amount of goods money.
    pub amount: Option<Fen>,
}

/// What is asked to be refunded.
#[derive(Clone, Debug)]
pub enum Asked {
    /// All that is left, freight too.
    Whole,
    /// An amount, over all lines by what is left of them; only what exceeds the goods is freight.
    Amount(Fen),
    /// Some lines.
    Lines(Vec<AskedLine>),
}

/// What a refund takes of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// Which line.
    pub line_no: i64,
    /// Units; 0 for an amount.
    pub qty: i64,
    /// Of these, units not yet shipped, which stay in stock.
    pub withdrawn: i64,
    /// Goods money.
    pub goods: Fen,
    /// Freight money.
    pub freight: Fen,
}

fn goods_left(line: &Line) -> Result<Fen> {
    line.payable_fen.minus(line.refund_reserved_fen)
}

fn freight_left(line: &Line) -> Result<Fen> {
    line.freight_fen.minus(line.refund_reserved_freight_fen)
}

/// Money that can still be promised back.
pub fn left(lines: &[Line]) -> Result<Fen> {
    lines.iter().try_fold(Fen::ZERO, |sum, line| sum.plus(goods_left(line)?)?.plus(freight_left(line)?))
}

/// Splits what is asked over the lines. Refuses more than is left, unknown lines, and nothing at all.
pub fn split(lines: &[Line], asked: &Asked) -> Result<Vec<Share>> {
    match asked {
        Asked::Whole => lines.iter().map(whole_line).collect(),
        Asked::Amount(amount) => by_amount(lines, *amount),
        Asked::Lines(asked) => asked.iter().enumerate().map(|(place, ask)| one_line(lines, ask, place)).collect(),
    }
}

fn whole_line(line: &Line) -> Result<Share> {
    let qty = line.qty - line.refund_reserved_qty;
    Ok(Share {
        line_no: line.line_no,
        qty,
        withdrawn: withdrawn(line, qty),
        goods: goods_left(line)?,
        freight: freight_left(line)?,
    })
}

/// Units are taken from those not yet shipped first.
fn withdrawn(line: &Line, qty: i64) -> i64 {
    qty.min(line.qty - line.withdrawn_qty - line.shipped_qty).max(0)
}

fn by_amount(lines: &[Line], amount: Fen) -> Result<Vec<Share>> {
    let total = left(lines)?;
    if amount <= Fen::ZERO || amount > total {
        return Err(Refusal::of_field("amount_fen", Code::RefundTooMuch).with("left", total).into());
    }
    let goods = lines.iter().map(goods_left).collect::<Result<Vec<Fen>>>()?;
    let freight = lines.iter().map(freight_left).collect::<Result<Vec<Fen>>>()?;
    let all_goods = Fen::sum(goods.iter().copied())?;
    let of_goods = amount.min(all_goods);
    let weights = |amounts: &[Fen]| amounts.iter().map(|f| f.0).collect::<Vec<_>>();
    let goods = of_goods.allocate(&weights(&goods))?;
    let freight = amount.minus(of_goods)?.allocate(&weights(&freight))?;
    let shares = lines.iter().zip(goods).zip(freight);
    Ok(shares
        .map(|((line, goods), freight)| Share { line_no: line.line_no, qty: 0, withdrawn: 0, goods, freight })
        .filter(|share| share.goods > Fen::ZERO || share.freight > Fen::ZERO)
        .collect())
}

fn one_line(lines: &[Line], ask: &AskedLine, place: usize) -> Result<Share> {
    let field = |name: &str| format!("lines[{place}].{name}");
    let unknown = || Refusal::of_field(field("line_no"), Code::NotFound);
    let line = lines.iter().find(|l| l.line_no == ask.line_no).ok_or_else(unknown)?;
    let left = goods_left(line)?;
    let units_left = line.qty - line.refund_reserved_qty;
    let too_much = |name: &str| Refusal::of_field(field(name), Code::RefundTooMuch).with("left", left);
    if let Some(amount) = ask.amount {
        if amount <= Fen::ZERO || amount > left {
            return Err(too_much("amount_fen").into());
        }
        let qty = ask.qty.unwrap_or(0);
        if qty < 0 || qty > units_left {
            return Err(too_much("qty").into());
        }
        let withdrawn = withdrawn(line, qty);
        return Ok(Share { line_no: line.line_no, qty, withdrawn, goods: amount, freight: Fen::ZERO });
    }
    let qty = ask.qty.unwrap_or(units_left);
    if qty < 1 || qty > units_left {
        return Err(too_much("qty").into());
    }
    let goods = by_units(line, qty)?;
    Ok(Share { line_no: line.line_no, qty, withdrawn: withdrawn(line, qty), goods, freight: Fen::ZERO })
}

/// k of n units refunded in all give ⌊payable·k/n⌋ less what was given; the last takes the rest.
fn by_units(line: &Line, qty: i64) -> Result<Fen> {
    let units = line.refund_reserved_qty + qty;
    let due = if units == line.qty { line.payable_fen } else { line.payable_fen.share_floor(units, line.qty)? };
    Ok(due.minus(line.refund_reserved_fen)?.max(Fen::ZERO))
}
