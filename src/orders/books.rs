//! What an order posts to the ledger: pure functions from its rows to entries.
//!
//! Money comes in by `tender:{payment}`, from the method's clearing to the order's account. `sale` moves it
//! on to what the cooperatives will be owed; `receipt:{line}` makes it due; `refund:{refund}` takes it back
//! to the order's account from where it stands, and `return:{tender}` to the payer. So no row of goods
//! knows how the order was paid.

use super::record::{Line, LineDiscount, Order, PairedPart, Part, SellerOrder};
use crate::{
    kernel::{At, Error, Fen, OrderId, PaymentId, RefundId, RefundTenderId, Result},
    ledger::{
        Dimensions, Entry, Kind,
        account::{DUE, Move, ORDER, TRANSIT, clearing, promotion},
        dimensions::{Known, NONE},
    },
    promotions::Funder,
};

/// Name of the fact by which an order is sold.
pub const SALE: &str = "sale";

/// Numbers the entries of one fact.
struct Fact<'a> {
    order: &'a OrderId,
    name: String,
    at: At,
    entries: Vec<Entry>,
}

impl<'a> Fact<'a> {
    fn new(order: &'a OrderId, name: String, at: At) -> Self {
        Self { order, name, at, entries: Vec::new() }
    }

    /// An entry that counts for nothing until its figures are set.
    fn push(&mut self, kind: Kind, accounts: Move, amount: Fen) -> &mut Entry {
        let place = self.entries.len();
        self.entries.push(Entry {
            subject_id: self.order.0.clone(),
            fact: self.name.clone(),
            n: i64::try_from(place).unwrap_or(0) + 1,
            kind,
            debit: accounts.debit,
            credit: accounts.credit,
            amount_fen: amount,
            net_fen: Fen::ZERO,
            effective_fen: Fen::ZERO,
            qty: 0,
            at: self.at,
            day: self.at.day(),
            line_no: None,
            part_no: None,
            dimension_id: None,
            late_for: None,
            corrects: None,
        });
        &mut self.entries[place]
    }

    /// An entry about a line, counted as another row of the line was.
    fn push_of(&mut self, kind: Kind, of: &Entry, accounts: Move, amount: Fen) -> &mut Entry {
        let entry = self.push(kind, accounts, amount);
        (entry.line_no, entry.part_no, entry.dimension_id) = (of.line_no, of.part_no, of.dimension_id);
        entry
    }
}

/// Money came in for an order.
pub fn tender(order: &OrderId, (payment, method): (&PaymentId, &str), amount: Fen, at: At) -> Vec<Entry> {
    let mut booked = Fact::new(order, format!("tender:{payment}"), at);
    booked.push(Kind::Tender, Move::new(clearing(method), ORDER), amount);
    booked.entries
}

/// Money went back to the payer by the method by which it came.
pub fn tender_return(order: &OrderId, (tender, method): (&RefundTenderId, &str), amount: Fen, at: At) -> Vec<Entry> {
    let mut booked = Fact::new(order, format!("return:{tender}"), at);
    booked.push(Kind::TenderReturn, Move::new(ORDER, clearing(method)), amount);
    booked.entries
}

/// Who pays cooperatives for discounts; what a cooperative takes off itself is its own price.
const SUBSIDISERS: [Funder; 2] = [Funder::Platform, Funder::Government];

/// Money that had gone back came again: the payer's bank did not take it. It stands on the order's account.
pub fn return_undone(order: &OrderId, (tender, method): (&RefundTenderId, &str), amount: Fen, at: At) -> Vec<Entry> {
    let mut booked = Fact::new(order, format!("undone:{tender}"), at);
    let entry = booked.push(Kind::ReturnUndone, Move::new(clearing(method), ORDER), amount);
    entry.corrects = Some(format!("return:{tender}"));
    booked.entries
}

/// An order's rows as far as its sale needs them.
#[derive(Clone, Copy, Debug)]
pub struct Goods<'a> {
    pub order: &'a Order,
    pub sellers: &'a [SellerOrder],
    pub lines: &'a [Line],
    pub discounts: &'a [LineDiscount],
    /// The lines' parts, with their pairings.
    pub parts: &'a [PairedPart],
}

impl Goods<'_> {
    fn dimensions(&self, line: &Line, paired: &PairedPart) -> Result<Dimensions> {
        let (order, part) = (self.order, &paired.part);
        Ok(Dimensions {
            county_code: part.county_code.clone(),
            pairing: paired.pairing.clone(),
            coop_id: part.coop_id.0.clone(),
            product_id: line.product_id.0.clone(),
            category_code: part.category_code.clone(),
            channel: order.channel,
            outlet: order.outlet.clone().unwrap_or_else(|| NONE.to_owned()),
            buyer_class: order.buyer_class,
            district_code: order.district_code.clone(),
            schemes: serde_json::from_str(&line.schemes)?,
        })
    }

    /// What a funder adds to what the buyer pays for a line.
    fn subsidy(&self, line: &Line, funder: Funder) -> Result<Fen> {
        let own = self.discounts.iter().filter(|d| d.line_no == line.line_no && d.funder == funder);
        Fen::sum(own.map(|discount| discount.amount_fen))
    }

    /// Freight is counted as the line's first part, for the cooperative that sells.
    fn freight_dimensions(&self, line: &Line, first: &PairedPart) -> Result<Dimensions> {
        let seller = self.sellers.iter().find(|s| s.id == line.seller_order_id);
        let seller = seller.ok_or_else(|| Error::fault("a line without its seller order"))?;
        Ok(Dimensions { coop_id: seller.coop_id.0.clone(), ..self.dimensions(line, first)? })
    }
}

/// A sale as it is booked, with the combinations by which it counts.
pub struct Posting {
    pub entries: Vec<Entry>,
    pub dimensions: Known,
}

/// The order's money goes to the cooperatives in transit: goods by part, freight by line, and what
/// funders add to both.
pub fn sale(goods: Goods<'_>, at: At) -> Result<Posting> {
    let mut booked = Fact::new(&goods.order.id, SALE.to_owned(), at);
    let mut known = Known::new();
    let mut keep = |dimensions: Dimensions| {
        let id = dimensions.id();
        known.insert(id, dimensions);
        Some(id)
    };
    for line in goods.lines {
        let parts: Vec<&PairedPart> = goods.parts.iter().filter(|p| p.part.line_no == line.line_no).collect();
        let Some(first) = parts.first() else { return Err(Error::fault("a line without parts")) };
        let weights: Vec<i64> = parts.iter().map(|p| p.part.list_price_fen.0).collect();
        let of_funder = |funder| Ok((funder, goods.subsidy(line, funder)?.allocate(&weights)?));
        let subsidies = SUBSIDISERS.into_iter().map(of_funder).collect::<Result<Vec<(Funder, Vec<Fen>)>>>()?;
        for (place, paired) in parts.iter().enumerate() {
            let part = &paired.part;
            let entry = booked.push(Kind::Sale, Move::new(ORDER, TRANSIT), part.payable_fen);
            (entry.line_no, entry.part_no) = (Some(line.line_no), Some(part.part_no));
            entry.net_fen = part.payable_fen;
            entry.qty = if place == 0 { line.qty } else { 0 };
            entry.dimension_id = keep(goods.dimensions(line, paired)?);
            let of = entry.clone();
            for (funder, shares) in &subsidies {
                if shares[place] > Fen::ZERO {
                    let accounts = Move::new(promotion(funder.as_str()), TRANSIT);
                    booked.push_of(Kind::SalePromotion, &of, accounts, shares[place]);
                }
            }
        }
        if line.freight_fen > Fen::ZERO {
            let entry = booked.push(Kind::SaleFreight, Move::new(ORDER, TRANSIT), line.freight_fen);
            entry.line_no = Some(line.line_no);
            entry.dimension_id = keep(goods.freight_dimensions(line, first)?);
        }
    }
    Ok(Posting { entries: booked.entries, dimensions: known })
}

/// The rows by which an order was sold: what follows them has their dimensions (C14).
#[derive(Clone, Copy, Debug)]
pub struct Booked<'a> {
    pub order: &'a OrderId,
    /// Of the sale; other rows are passed over.
    pub rows: &'a [Entry],
}

impl<'a> Booked<'a> {
    fn of(&self, kind: Kind, line_no: i64, part_no: Option<i64>) -> impl Iterator<Item = &'a Entry> + use<'a> {
        let rows = self.rows.iter().filter(|e| e.fact == SALE);
        rows.filter(move |e| e.kind == kind && e.line_no == Some(line_no) && e.part_no == part_no)
    }

    fn sale_of(&self, part: &Part) -> Result<&'a Entry> {
        let mut rows = self.of(Kind::Sale, part.line_no, Some(part.part_no));
        rows.next().ok_or_else(|| Error::fault("a part that is not in the books"))
    }
}

fn parts_of(parts: &[Part], line_no: i64) -> impl Iterator<Item = &Part> {
    parts.iter().filter(move |part| part.line_no == line_no)
}

/// What of a part's subsidy has gone back: as much of it as of the part's money, or of its line's
/// units where the part cost the buyer nothing.
fn subsidy_back(full: Fen, part: &Part, refunded: Fen, line: &Line, refunded_qty: i64) -> Result<Fen> {
    if part.payable_fen > Fen::ZERO {
        full.share_floor(refunded.0, part.payable_fen.0)
    } else {
        full.share_floor(refunded_qty, line.qty)
    }
}

/// A line is received: what was not refunded before becomes due, goods, freight and subsidies alike.
pub fn receipt(booked: Booked<'_>, line: &Line, parts: &[Part], at: At) -> Result<Vec<Entry>> {
    let mut fact = Fact::new(booked.order, format!("receipt:{}", line.line_no), at);
    let due = || Move::new(TRANSIT, DUE);
    for part in parts_of(parts, line.line_no) {
        let left = part.payable_fen.minus(part.refunded_fen)?;
        let entry = fact.push_of(Kind::Receipt, booked.sale_of(part)?, due(), left);
        entry.effective_fen = left;
        entry.qty = if part.part_no == 1 { line.qty - line.refunded_qty } else { 0 };
        for subsidy in booked.of(Kind::SalePromotion, line.line_no, Some(part.part_no)) {
            let full = subsidy.amount_fen;
            let left = full.minus(subsidy_back(full, part, part.refunded_fen, line, line.refunded_qty)?)?;
            if left > Fen::ZERO {
                fact.push_of(Kind::ReceiptPromotion, subsidy, due(), left);
            }
        }
    }
    let freight = line.freight_fen.minus(line.refunded_freight_fen)?;
    for paid in booked.of(Kind::SaleFreight, line.line_no, None).filter(|_| freight > Fen::ZERO) {
        fact.push_of(Kind::ReceiptFreight, paid, due(), freight);
    }
    Ok(fact.entries)
}

/// The freight that is left of lines of which nothing was received becomes due when their seller order ends: the
/// parcel was sent for others, or the money was kept on purpose.
pub fn freight_due(booked: Booked<'_>, lines: &[&Line], at: At) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for line in lines.iter().filter(|line| line.received_at.is_none()) {
        let left = line.freight_fen.minus(line.refunded_freight_fen)?;
        let mut fact = Fact::new(booked.order, format!("freight:{}", line.line_no), at);
        for paid in booked.of(Kind::SaleFreight, line.line_no, None).filter(|_| left > Fen::ZERO) {
            fact.push_of(Kind::ReceiptFreight, paid, Move::new(TRANSIT, DUE), left);
        }
        entries.extend(fact.entries);
    }
    Ok(entries)
}

/// What a refund gives back of a line.
#[derive(Clone, Debug)]
pub struct LineRefund {
    pub line_no: i64,
    /// Units; 0 for an amount.
    pub qty: i64,
    /// Goods money, by part in order.
    pub parts: Vec<Fen>,
    /// Freight money.
    pub freight: Fen,
}

/// What was sold, as it stands before a refund.
#[derive(Clone, Copy, Debug)]
pub struct Sold<'a> {
    pub sellers: &'a [SellerOrder],
    pub lines: &'a [Line],
    pub parts: &'a [Part],
}

/// A refund: goods by part, freight by line, and the funders' share with the goods. The money comes from
/// where it stands: in transit, or due where the line was received. What review has excluded is not taken
/// from the effective sales a second time.
pub fn refund(
    booked: Booked<'_>,
    refund: &RefundId,
    sold: Sold<'_>,
    back: &[LineRefund],
    at: At,
) -> Result<Vec<Entry>> {
    let Sold { sellers, lines, parts } = sold;
    let mut fact = Fact::new(booked.order, format!("refund:{refund}"), at);
    for back in back {
        let Some(line) = lines.iter().find(|l| l.line_no == back.line_no) else { continue };
        let received = line.received_at.is_some();
        let from = if received { DUE } else { TRANSIT };
        let ended = sellers.iter().any(|s| s.id == line.seller_order_id && s.state.has_ended());
        let freight_from = if received || ended { DUE } else { TRANSIT };
        for (part, amount) in parts_of(parts, line.line_no).zip(&back.parts) {
            let units = if part.part_no == 1 { back.qty } else { 0 };
            if *amount > Fen::ZERO || units > 0 {
                let entry = fact.push_of(Kind::Refund, booked.sale_of(part)?, Move::new(from, ORDER), *amount);
                entry.net_fen = Fen::ZERO.minus(*amount)?;
                entry.effective_fen =
                    if received { Fen::ZERO.minus(effective_back(part, *amount))? } else { Fen::ZERO };
                entry.qty = -units;
            }
            for subsidy in booked.of(Kind::SalePromotion, line.line_no, Some(part.part_no)) {
                let full = subsidy.amount_fen;
                let before = subsidy_back(full, part, part.refunded_fen, line, line.refunded_qty)?;
                let (money, units) = (part.refunded_fen.plus(*amount)?, line.refunded_qty + back.qty);
                let more = subsidy_back(full, part, money, line, units)?.minus(before)?;
                if more > Fen::ZERO {
                    let accounts = Move::new(from, subsidy.debit.clone());
                    fact.push_of(Kind::RefundPromotion, subsidy, accounts, more);
                }
            }
        }
        for paid in booked.of(Kind::SaleFreight, line.line_no, None).filter(|_| back.freight > Fen::ZERO) {
            fact.push_of(Kind::RefundFreight, paid, Move::new(freight_from, ORDER), back.freight);
        }
    }
    Ok(fact.entries)
}

/// What a refund of a received part lowers the effective sales by: no more than is left of them.
pub fn effective_back(part: &Part, amount: Fen) -> Fen {
    amount.min(part.effective_fen)
}

/// Takes a received line out of the effective sales by review, or puts back what of it was not refunded
/// meanwhile (C25). No money moves. `nth` counts the reviews of the line.
pub fn exclusion(
    booked: Booked<'_>,
    (line, nth): (&Line, i64),
    parts: &[Part],
    out: bool,
    at: At,
) -> Result<Vec<Entry>> {
    let mut fact = Fact::new(booked.order, format!("exclusion:{}:{nth}", line.line_no), at);
    let corrects =
        if out { format!("receipt:{}", line.line_no) } else { format!("exclusion:{}:{}", line.line_no, nth - 1) };
    for part in parts_of(parts, line.line_no) {
        let kept = part.payable_fen.minus(part.refunded_fen)?;
        let entry = fact.push_of(Kind::Exclusion, booked.sale_of(part)?, Move::nothing(), Fen::ZERO);
        entry.effective_fen = if out { Fen::ZERO.minus(part.effective_fen)? } else { kept.minus(part.effective_fen)? };
        entry.corrects = Some(corrects.clone());
    }
    Ok(fact.entries)
}
