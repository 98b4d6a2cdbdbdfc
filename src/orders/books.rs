//! What an order posts to the ledger: pure functions from its rows to entries.

use super::record::{Line, Order, PairedPart, SellerOrder};
use crate::{
    kernel::{At, Fen, RefundId, Result},
    ledger::{Entry, Kind, post},
};

/// An order's rows as far as the ledger needs them.
#[derive(Clone, Copy)]
pub struct Sold<'a> {
    /// The order; `paid_at` must be set before it is booked.
    pub order: &'a Order,
    pub sellers: &'a [SellerOrder],
    pub lines: &'a [Line],
    /// Its lines' parts, with their pairings.
    pub parts: &'a [PairedPart],
    /// How it was paid.
    pub method: &'a str,
}

/// Numbers the entries of one fact.
struct Fact<'a> {
    sold: Sold<'a>,
    entry: String,
    at: At,
    entries: Vec<Entry>,
}

impl<'a> Fact<'a> {
    fn new(sold: Sold<'a>, entry: String, at: At) -> Self {
        Self { sold, entry, at, entries: Vec::new() }
    }

    /// An entry with the order's dimensions; those of goods are none.
    fn push(&mut self, kind: Kind, (debit, credit): (String, String), amount: Fen) -> &mut Entry {
        let order = self.sold.order;
        let none = || "none".to_owned();
        let entry = Entry {
            entry: self.entry.clone(),
            n: i64::try_from(self.entries.len()).unwrap_or(0) + 1,
            kind,
            debit,
            credit,
            amount_fen: amount,
            qty: 0,
            at: self.at,
            day: self.at.day(),
            order_id: order.id.clone(),
            line_no: None,
            part_no: None,
            after_receipt: false,
            coop_id: None,
            county_code: none(),
            pairing: none(),
            category_code: none(),
            product_id: None,
            sku: None,
            channel: order.channel,
            outlet: order.outlet.clone().unwrap_or_else(none),
            buyer_class: order.buyer_class,
            district_code: order.district_code.clone(),
            schemes: "[]".to_owned(),
            payment_method: self.sold.method.to_owned(),
        };
        let place = self.entries.len();
        self.entries.push(entry);
        &mut self.entries[place]
    }

    /// An entry about a part of a line, with all its dimensions (C14).
    fn push_part(
        &mut self,
        kind: Kind,
        line: &Line,
        PairedPart { part, pairing }: &PairedPart,
        accounts: (String, String),
        amount: Fen,
    ) -> &mut Entry {
        let entry = self.push(kind, accounts, amount);
        entry.line_no = Some(line.line_no);
        entry.part_no = Some(part.part_no);
        entry.coop_id = Some(part.coop_id.clone());
        entry.product_id = Some(line.product_id.clone());
        entry.sku = Some(line.sku.clone());
        entry.county_code.clone_from(&part.county_code);
        entry.pairing.clone_from(pairing);
        entry.category_code.clone_from(&part.category_code);
        entry.schemes.clone_from(&line.schemes);
        entry
    }
}

fn parts_of<'a>(sold: &Sold<'a>, line_no: i64) -> impl Iterator<Item = &'a PairedPart> + use<'a> {
    sold.parts.iter().filter(move |p| p.part.line_no == line_no)
}

/// The funders of a line's discounts that pay the cooperative, and how much.
fn funded(line: &Line) -> [(&'static str, Fen); 2] {
    [("platform", line.discount_platform_fen), ("government", line.discount_government_fen)]
}

/// A capture: goods by part, freight by seller order, promotions by line. `fact` names it.
pub fn sale(sold: Sold<'_>, fact: String, at: At) -> Result<Vec<Entry>> {
    let clearing = post::clearing(sold.method);
    let mut booked = Fact::new(sold, fact, at);
    for line in sold.lines {
        for paired in parts_of(&sold, line.line_no) {
            let part = &paired.part;
            let accounts = (clearing.clone(), post::transit(&part.coop_id));
            let entry = booked.push_part(Kind::Sale, line, paired, accounts, part.payable_fen);
            entry.qty = if part.part_no == 1 { line.qty } else { 0 };
        }
        for (funder, amount) in funded(line) {
            promotion_entries(&mut booked, line, (Kind::Promotion, funder), amount)?;
        }
    }
    for seller in sold.sellers.iter().filter(|s| s.freight_fen > Fen::ZERO) {
        let accounts = (clearing.clone(), post::transit(&seller.coop_id));
        booked.push(Kind::SaleFreight, accounts, seller.freight_fen).coop_id = Some(seller.coop_id.clone());
    }
    Ok(booked.entries)
}

fn promotion_entries(booked: &mut Fact<'_>, line: &Line, (kind, funder): (Kind, &str), amount: Fen) -> Result<()> {
    if amount == Fen::ZERO {
        return Ok(());
    }
    let parts: Vec<&PairedPart> = parts_of(&booked.sold, line.line_no).collect();
    let weights: Vec<i64> = parts.iter().map(|p| p.part.list_price_fen.0).collect();
    for (part, share) in parts.into_iter().zip(amount.allocate(&weights)?) {
        let (from, to) = (post::promotion(funder), post::transit(&part.part.coop_id));
        let accounts = if kind == Kind::Promotion { (from, to) } else { (to, from) };
        booked.push_part(kind, line, part, accounts, share);
    }
    Ok(())
}

/// A line that is received: what was not refunded before becomes due, part by part.
pub fn receipt(sold: Sold<'_>, line: &Line, at: At) -> Result<Vec<Entry>> {
    let fact = format!("receipt:{}:{}", sold.order.id, line.line_no);
    let mut booked = Fact::new(sold, fact, at);
    for paired in parts_of(&sold, line.line_no) {
        let part = &paired.part;
        let accounts = (post::transit(&part.coop_id), post::due(&part.coop_id));
        let left = part.payable_fen.minus(part.refunded_fen)?;
        let entry = booked.push_part(Kind::Receipt, line, paired, accounts, left);
        entry.qty = if part.part_no == 1 { line.qty - line.refunded_qty } else { 0 };
    }
    Ok(booked.entries)
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

/// A refund: goods by part, freight by seller order. After receipt the money comes out of what is due.
/// The funder's share follows the goods in proportion.
pub fn refund(sold: Sold<'_>, refund: &RefundId, lines: &[LineRefund], at: At) -> Result<Vec<Entry>> {
    let clearing = post::clearing(sold.method);
    let mut booked = Fact::new(sold, format!("refund:{refund}"), at);
    for back in lines {
        let Some(line) = sold.lines.iter().find(|l| l.line_no == back.line_no) else { continue };
        let received = line.received_at.is_some();
        for (paired, amount) in parts_of(&sold, line.line_no).zip(&back.parts) {
            let part = &paired.part;
            if *amount == Fen::ZERO && !(part.part_no == 1 && back.qty > 0) {
                continue;
            }
            let from = if received { post::due(&part.coop_id) } else { post::transit(&part.coop_id) };
            let entry = booked.push_part(Kind::Refund, line, paired, (from, clearing.clone()), *amount);
            entry.after_receipt = received;
            entry.qty = if part.part_no == 1 { back.qty } else { 0 };
        }
        let goods = Fen::sum(back.parts.iter().copied())?;
        for (funder, full) in funded(line) {
            if line.payable_fen > Fen::ZERO {
                let before = full.share_floor(line.refunded_fen.0, line.payable_fen.0)?;
                let after = full.share_floor(line.refunded_fen.plus(goods)?.0, line.payable_fen.0)?;
                promotion_entries(&mut booked, line, (Kind::RefundPromotion, funder), after.minus(before)?)?;
            }
        }
    }
    for seller in sold.sellers {
        let own =
            |back: &&LineRefund| sold.lines.iter().any(|l| l.line_no == back.line_no && l.seller_order_id == seller.id);
        let freight = Fen::sum(lines.iter().filter(own).map(|back| back.freight))?;
        if freight > Fen::ZERO {
            let accounts = (post::transit(&seller.coop_id), clearing.clone());
            booked.push(Kind::RefundFreight, accounts, freight).coop_id = Some(seller.coop_id.clone());
        }
    }
    Ok(booked.entries)
}

/// Money that no order could take, or its way back: the order's rows only say whose it was.
pub fn unapplied(sold: Sold<'_>, fact: String, (kind, amount): (Kind, Fen), at: At) -> Vec<Entry> {
    let clearing = post::clearing(sold.method);
    let mut booked = Fact::new(sold, fact, at);
    let accounts = match kind {
        Kind::UnappliedRefund => (post::unapplied(), clearing),
        _ => (clearing, post::unapplied()),
    };
    booked.push(kind, accounts, amount);
    booked.entries
}
