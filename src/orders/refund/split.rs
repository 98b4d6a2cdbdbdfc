//! How much of which line a refund gives back: pure, after M7, M8 and V6.

use super::super::{
    books::LineRefund,
    record::{Line, Part},
};
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
    Lines(Vec<AskedLine>),
}

/// What a refund takes of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
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
        Asked::Lines(asked) => {
            for (place, ask) in asked.iter().enumerate() {
                if asked[..place].iter().any(|earlier| earlier.line_no == ask.line_no) {
                    return Err(Refusal::of_field(format!("lines[{place}].line_no"), Code::Repeated).into());
                }
            }
            let shares = asked.iter().enumerate().map(|(place, ask)| one_line(lines, ask, place));
            with_freight(lines, shares.collect::<Result<Vec<Share>>>()?)
        }
    }
}

/// Where no unit of a seller order is left that was or will be sent, nothing is carried: its freight goes
/// back with the last of its goods.
fn with_freight(lines: &[Line], mut shares: Vec<Share>) -> Result<Vec<Share>> {
    let back = |line: &Line, shares: &[Share]| shares.iter().find(|s| s.line_no == line.line_no).map_or(0, |s| s.qty);
    for line in lines {
        let mut own = lines.iter().filter(|other| other.seller_order_id == line.seller_order_id);
        let touched = lines.iter().any(|other| {
            other.seller_order_id == line.seller_order_id && shares.iter().any(|s| s.line_no == other.line_no)
        });
        let nothing_left = own.all(|l| l.shipped_qty == 0 && l.refund_reserved_qty + back(l, &shares) == l.qty);
        let freight = freight_left(line)?;
        if !touched || !nothing_left || freight == Fen::ZERO {
            continue;
        }
        match shares.iter_mut().find(|share| share.line_no == line.line_no) {
            Some(share) => share.freight = freight,
            None => {
                shares.push(Share { line_no: line.line_no, qty: 0, withdrawn: 0, goods: Fen::ZERO, freight });
            }
        }
    }
    Ok(shares)
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
    let shares = lines.iter().zip(goods).zip(freight).map(|((line, goods), freight)| {
        let qty = units_of(line, goods)?;
        Ok(Share { line_no: line.line_no, qty, withdrawn: qty, goods, freight })
    });
    let shares = shares.collect::<Result<Vec<Share>>>()?;
    Ok(shares.into_iter().filter(|share| share.goods > Fen::ZERO || share.freight > Fen::ZERO).collect())
}

/// Units that go back with an amount: what is paid back whole is not sent any more.
fn units_of(line: &Line, amount: Fen) -> Result<i64> {
    let all = amount == goods_left(line)? && amount > Fen::ZERO;
    Ok(if all { line.to_ship().min(line.qty - line.refund_reserved_qty) } else { 0 })
}

fn one_line(lines: &[Line], ask: &AskedLine, place: usize) -> Result<Share> {
    let field = |name: &str| format!("lines[{place}].{name}");
    let unknown = || Refusal::of_field(field("line_no"), Code::UnknownLine);
    let line = lines.iter().find(|l| l.line_no == ask.line_no).ok_or_else(unknown)?;
    let left = goods_left(line)?;
    let units_left = line.qty - line.refund_reserved_qty;
    let too_much = |name: &str| Refusal::of_field(field(name), Code::RefundTooMuch).with("left", left);
    if let Some(amount) = ask.amount {
        if amount <= Fen::ZERO || amount > left {
            return Err(too_much("amount_fen").into());
        }
        let qty = ask.qty.unwrap_or(0).max(units_of(line, amount)?);
        if ask.qty.is_some_and(|qty| qty < 0) || qty > units_left {
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

impl Share {
    /// Its goods money over the line's parts, by what is left of them.
    pub fn over_parts(&self, parts: &[Part]) -> Result<LineRefund> {
        let own = parts.iter().filter(|part| part.line_no == self.line_no);
        let left = own.map(|part| Ok(part.payable_fen.minus(part.refunded_fen)?.0));
        let left = left.collect::<Result<Vec<i64>>>()?;
        Ok(LineRefund {
            line_no: self.line_no,
            qty: self.qty,
            parts: self.goods.allocate(&left)?,
            freight: self.freight,
        })
    }
}

/// Sums of a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amounts {
    pub total: Fen,
    pub goods: Fen,
    pub freight: Fen,
}

impl Amounts {
    /// Of all shares.
    pub fn of(shares: &[Share]) -> Result<Self> {
        let goods = Fen::sum(shares.iter().map(|s| s.goods))?;
        let freight = Fen::sum(shares.iter().map(|s| s.freight))?;
        Ok(Self { total: goods.plus(freight)?, goods, freight })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::kernel::{Grams, ReturnClass};

    fn line(line_no: i64, qty: i64, payable: i64, freight: i64) -> Line {
        let text = |words: &str| words.to_owned();
        Line {
            order_id: text("o").into(),
            line_no,
            seller_order_id: text("s").into(),
            product_id: text("p").into(),
            product_version: 1,
            sku_id: text("k").into(),
            sku_version: 1,
            sku: text("P01-1"),
            name: text("洛川苹果"),
            name_en: text("Luochuan apples"),
            spec: text("5 kg"),
            spec_en: text("5 kg"),
            photo: text("apples-fuji"),
            return_class: ReturnClass::Fresh,
            net_weight_g: Grams(5000),
            gross_weight_g: Grams(5600),
            pieces_min: None,
            schemes: text("[]"),
            qty,
            unit_fen: Fen(payable / qty),
            list_fen: Fen(payable),
            discount_fen: Fen::ZERO,
            payable_fen: Fen(payable),
            freight_fen: Fen(freight),
            refund_reserved_qty: 0,
            refund_reserved_fen: Fen::ZERO,
            refund_reserved_freight_fen: Fen::ZERO,
            refunded_qty: 0,
            refunded_fen: Fen::ZERO,
            refunded_freight_fen: Fen::ZERO,
            withdrawn_qty: 0,
            shipped_qty: 0,
            received_qty: 0,
            arrived_at: None,
            received_at: None,
        }
    }

    fn reserve(lines: &mut [Line], shares: &[Share]) {
        for share in shares {
            let line = lines.iter_mut().find(|l| l.line_no == share.line_no).expect("a share of a line");
            line.refund_reserved_qty += share.qty;
            line.refund_reserved_fen = line.refund_reserved_fen.plus(share.goods).expect("no overflow");
            line.refund_reserved_freight_fen =
                line.refund_reserved_freight_fen.plus(share.freight).expect("no overflow");
        }
    }

    #[test]
    fn the_last_unit_takes_what_rounding_left() {
        let mut lines = [line(1, 3, 10_000, 0)];
        let mut given = Vec::new();
        for _ in 0..3 {
            let asked = Asked::Lines(vec![AskedLine { line_no: 1, qty: Some(1), amount: None }]);
            let shares = split(&lines, &asked).expect("one unit is left");
            given.push(shares[0].goods.0);
            reserve(&mut lines, &shares);
        }
        assert_eq!(given, [3333, 3333, 3334]);
    }

    #[test]
    fn only_what_exceeds_the_goods_is_freight() {
        let lines = [line(1, 1, 1000, 300), line(2, 1, 2000, 200)];
        let shares = split(&lines, &Asked::Amount(Fen(3100))).expect("less than all");
        let goods: Vec<i64> = shares.iter().map(|s| s.goods.0).collect();
        let freight: i64 = shares.iter().map(|s| s.freight.0).sum();
        assert_eq!((goods, freight), (vec![1000, 2000], 100));
    }

    #[test]
    fn a_line_asked_twice_is_refused() {
        let twice = vec![AskedLine { line_no: 1, qty: Some(1), amount: None }; 2];
        assert!(split(&[line(1, 3, 900, 0)], &Asked::Lines(twice)).is_err());
    }

    #[test]
    fn an_amount_of_a_line_names_no_more_units_than_are_left() {
        let lines = [line(1, 3, 900, 0)];
        let asked = |qty| {
            let ask = AskedLine { line_no: 1, qty: Some(qty), amount: Some(Fen(100)) };
            split(&lines, &Asked::Lines(vec![ask])).map_err(|refusal| refusal.to_string())
        };
        for qty in [-1, 4] {
            assert!(asked(qty).unwrap_err().contains("lines[0].qty"), "{qty}");
        }
        for qty in [0, 3] {
            assert_eq!(asked(qty).expect("within the line")[0].qty, qty);
        }
    }

    #[derive(Clone, Debug)]
    enum Wish {
        Units(usize, i64),
        LineAmount(usize, i64),
        Amount(i64),
        Whole,
    }

    fn wishes() -> impl Strategy<Value = Vec<Wish>> {
        let wish = prop_oneof![
            4 => (0..4_usize, 1..5_i64).prop_map(|(l, n)| Wish::Units(l, n)),
            2 => (0..4_usize, 1..5_000_i64).prop_map(|(l, n)| Wish::LineAmount(l, n)),
            2 => (1..9_000_i64).prop_map(Wish::Amount),
            1 => Just(Wish::Whole),
        ];
        prop::collection::vec(wish, 0..12)
    }

    /// Lines of an order, by units, goods and freight.
    fn sizes() -> impl Strategy<Value = Vec<[i64; 3]>> {
        let size = (1..9_i64, 0..20_000_i64, 0..3_000_i64);
        prop::collection::vec(size.prop_map(|(qty, payable, freight)| [qty, payable, freight]), 1..5)
    }

    proptest! {
        /// I7: whatever is refunded in whatever order, no line gives more than it took, and the rest
        /// refunded at the end gives back exactly all.
        #[test]
        fn refunds_in_any_order_never_exceed_and_end_at_zero(
            sizes in sizes(),
            wishes in wishes(),
        ) {
            let mut lines: Vec<Line> = sizes.iter().zip(1..).map(|([qty, payable, freight], no)| line(no, *qty, *payable, *freight)).collect();
            let paid = left(&lines).expect("no overflow");
            let mut given = 0;
            for wish in wishes.into_iter().chain([Wish::Whole]) {
                let of = |l: usize| lines[l % lines.len()].line_no;
                let asked = match wish {
                    Wish::Units(l, n) => Asked::Lines(vec![AskedLine { line_no: of(l), qty: Some(n), amount: None }]),
                    Wish::LineAmount(l, n) => Asked::Lines(vec![AskedLine { line_no: of(l), qty: None, amount: Some(Fen(n)) }]),
                    Wish::Amount(n) => Asked::Amount(Fen(n)),
                    Wish::Whole => Asked::Whole,
                };
                let Ok(shares) = split(&lines, &asked) else { continue };
                if let Asked::Amount(amount) = asked {
                    let sum: i64 = shares.iter().map(|s| s.goods.0 + s.freight.0).sum();
                    prop_assert_eq!(sum, amount.0);
                }
                given += shares.iter().map(|s| s.goods.0 + s.freight.0).sum::<i64>();
                reserve(&mut lines, &shares);
                for line in &lines {
                    prop_assert!(line.refund_reserved_qty <= line.qty);
                    prop_assert!(line.refund_reserved_fen <= line.payable_fen);
                    prop_assert!(line.refund_reserved_freight_fen <= line.freight_fen);
                }
            }
            prop_assert_eq!(given, paid.0);
        }
    }
}
