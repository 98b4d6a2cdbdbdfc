//! Past lives of orders, as the verbs would have left them: for generators, which know how each went.
//!
//! `live` is pure: the draft of an order, then payment, parcels, receipt and refund, each with its
//! ledger entries. `past_rows` inserts many lives in few statements.

use std::collections::BTreeMap;

use super::{
    books::{self, LineRefund, Sold},
    draft, past_rows,
    record::{Buyer, Line, Record, event},
    refund::part_shares,
    refund_split::{self, Asked, Share},
    state::{OrderEvent, SellerOrderEvent},
};
use crate::{
    kernel::{Actor, At, Error, Fen, PaymentId, ProductId, RefundId, Result, SkuId, Step, time::HOUR},
    ledger::Entry,
    payments::{Method, Payment, PaymentState, past::PastPayment},
    pricing::Quote,
};

pub use past_rows::insert;

/// A seller order's parcel, with all of it in it.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// The carrier's number.
    pub tracking_no: String,
    /// When the cooperative sent it.
    pub shipped_at: At,
    /// When the carrier scanned it first.
    pub picked_up_at: Option<At>,
    /// When it arrived.
    pub delivered_at: Option<At>,
    /// How that is known, as `received_source` of the schema.
    pub source: &'static str,
}

/// How an order went after it was placed.
#[derive(Clone, Debug, Default)]
pub struct Course {
    /// When it was paid; not at all where absent, and its hold ran out.
    pub paid_at: Option<At>,
    /// The parcel of each seller order, by position; not yet sent where absent.
    pub parcels: Vec<Option<Parcel>>,
    /// Money back at the end: when, what, why.
    pub refund: Option<(At, Asked, &'static str)>,
}

/// A refund with what it took of each line.
pub(super) struct PastRefund {
    pub id: RefundId,
    pub at: At,
    pub reason: &'static str,
    pub shares: Vec<Share>,
    pub goods: Fen,
    pub freight: Fen,
}

/// An order's life in rows.
pub struct Past {
    /// The order as it stands now.
    pub record: Record,
    /// What it posted to the ledger.
    pub entries: Vec<Entry>,
    pub(super) payment: Option<PastPayment>,
    pub(super) parcels: Vec<Option<Parcel>>,
    pub(super) refund: Option<PastRefund>,
}

/// Lives an order's life. `pairings` names the pairing of each county that has one.
pub fn live(
    quote: &Quote,
    (buyer, hold): (Buyer, i64),
    course: Course,
    pairings: &BTreeMap<String, String>,
    step: &mut Step,
) -> Result<Past> {
    let token = step.random.token()?;
    let mut record = draft::from_quote(quote, buyer, &token, hold, step)?;
    for part in &mut record.parts {
        if let Some(pairing) = pairings.get(&part.county_code) {
            part.pairing.clone_from(pairing);
        }
    }
    let Course { paid_at, parcels, refund } = course;
    let mut past = Past { record, entries: Vec::new(), payment: None, parcels, refund: None };
    let Some(paid_at) = paid_at else {
        past.expire(step)?;
        return Ok(past);
    };
    past.pay(quote, paid_at, step)?;
    past.ship(step)?;
    past.receive(step)?;
    if let Some((at, asked, reason)) = refund {
        past.give_back((at, &asked, reason), step)?;
    }
    Ok(past)
}

fn acted(step: &Step, role: &'static str, at: At) -> Step {
    Step { at, by: Actor { role, person: None }, random: step.random.clone() }
}

impl Past {
    fn note(&mut self, step: &Step, (role, at): (&'static str, At), kind: &str, seller: Option<usize>, detail: &str) {
        let seller = seller.map(|place| &self.record.sellers[place].id);
        let noted = event(&acted(step, role, at), kind, seller, detail);
        self.record.events.push(noted);
    }

    fn sold<'a>(record: &'a Record, payment: Option<&'a PastPayment>) -> Sold<'a> {
        let Record { order, sellers, lines, parts, .. } = record;
        let method = payment.map_or("none", |p| p.payment.method.as_str());
        Sold { order, sellers, lines, parts, method }
    }

    fn expire(&mut self, step: &Step) -> Result<()> {
        let order = &mut self.record.order;
        order.state = order.state.apply(OrderEvent::Expire)?;
        order.closed_at = order.hold_until;
        let at = order.hold_until.unwrap_or(step.at);
        for seller in &mut self.record.sellers {
            seller.state = seller.state.apply(SellerOrderEvent::Cancel)?;
        }
        self.note(step, ("system", at), "expired", None, "");
        Ok(())
    }

    fn pay(&mut self, quote: &Quote, at: At, step: &mut Step) -> Result<()> {
        let order = &mut self.record.order;
        order.state = order.state.apply(OrderEvent::Pay)?;
        (order.paid_at, order.paid_on) = (Some(at), Some(at.day()));
        for (seller, group) in self.record.sellers.iter_mut().zip(&quote.seller_groups) {
            seller.state = seller.state.apply(SellerOrderEvent::Pay)?;
            seller.ship_by = Some(at.later(group.sla_hours * HOUR));
        }
        let id = PaymentId(step.random.id(order.placed_at)?);
        let fact = if order.total_fen == Fen::ZERO { format!("capture:{}", order.id) } else { format!("capture:{id}") };
        self.payment = (order.total_fen > Fen::ZERO).then(|| PastPayment {
            payment: Payment {
                provider_ref: Some(format!("pi_sandbox_{id}")),
                id,
                order_id: order.id.clone(),
                method: Method::Sandbox,
                state: PaymentState::Succeeded,
                amount_fen: order.total_fen,
                applied: true,
                refund_reserved_fen: Fen::ZERO,
                refunded_fen: Fen::ZERO,
                created_at: order.placed_at,
                captured_at: Some(at),
            },
            refunds: Vec::new(),
        });
        let sold = Self::sold(&self.record, self.payment.as_ref());
        let method = sold.method.to_owned();
        self.entries.extend(books::sale(sold, fact, at)?);
        self.note(step, ("provider", at), "paid", None, &method);
        Ok(())
    }

    fn ship(&mut self, step: &Step) -> Result<()> {
        for (place, parcel) in self.parcels.clone().into_iter().enumerate() {
            let Some(parcel) = parcel else { continue };
            let seller = &mut self.record.sellers[place];
            seller.state = seller.state.apply(SellerOrderEvent::ShipRest)?;
            seller.shipped_at = Some(parcel.shipped_at);
            let (id, carrier) = (seller.id.clone(), seller.carrier.clone());
            for line in self.record.lines.iter_mut().filter(|l| l.seller_order_id == id) {
                line.shipped_qty = line.qty;
            }
            let detail = format!("{carrier} {}", parcel.tracking_no);
            self.note(step, ("coop", parcel.shipped_at), "shipped", Some(place), &detail);
            if let Some(at) = parcel.picked_up_at {
                self.note(step, ("operator", at), "picked_up", Some(place), "1");
            }
        }
        Ok(())
    }

    fn receive(&mut self, step: &Step) -> Result<()> {
        for (place, parcel) in self.parcels.clone().into_iter().enumerate() {
            let Some((at, source)) = parcel.and_then(|p| Some((p.delivered_at?, p.source))) else { continue };
            let seller = &mut self.record.sellers[place];
            seller.state = seller.state.apply(SellerOrderEvent::Receive)?;
            (seller.received_at, seller.received_source) = (Some(at), Some(source.to_owned()));
            let id = seller.id.clone();
            let sold = Self::sold(&self.record, self.payment.as_ref());
            let own = |l: &&Line| l.seller_order_id == id;
            for line in self.record.lines.iter().filter(own) {
                self.entries.extend(books::receipt(sold, line, at)?);
            }
            for line in self.record.lines.iter_mut().filter(|l| l.seller_order_id == id) {
                (line.received_qty, line.received_at) = (line.qty, Some(at));
            }
            self.note(step, ("operator", at), "delivered", Some(place), "1");
        }
        let last = self.parcels.iter().map(|p| p.as_ref()?.delivered_at).collect::<Option<Vec<At>>>();
        if let Some(at) = last.and_then(|all| all.into_iter().max()) {
            let order = &mut self.record.order;
            order.state = order.state.apply(OrderEvent::Complete)?;
            order.closed_at = Some(at);
            self.note(step, ("operator", at), "completed", None, "");
        }
        Ok(())
    }

    /// A refund that succeeds at once.
    fn give_back(&mut self, (at, asked, reason): (At, &Asked, &'static str), step: &mut Step) -> Result<()> {
        let shares = refund_split::split(&self.record.lines, asked)?;
        let goods = Fen::sum(shares.iter().map(|s| s.goods))?;
        let freight = Fen::sum(shares.iter().map(|s| s.freight))?;
        let id = RefundId(step.random.id(at)?);
        let over = |s: &Share| part_shares(s.line_no, (s.qty, s.goods, s.freight), &self.record.parts);
        let lines = shares.iter().map(over).collect::<Result<Vec<LineRefund>>>()?;
        let sold = Self::sold(&self.record, self.payment.as_ref());
        self.entries.extend(books::refund(sold, &id, &lines, at)?);
        for (share, back) in shares.iter().zip(&lines) {
            self.take_back(share, back)?;
        }
        let amount = goods.plus(freight)?;
        self.close_refunded(amount, at)?;
        if let Some(PastPayment { payment, refunds }) = &mut self.payment {
            payment.refunded_fen = payment.refunded_fen.plus(amount)?;
            payment.refund_reserved_fen = payment.refunded_fen;
            let whole = payment.refunded_fen == payment.amount_fen;
            payment.state = if whole { PaymentState::Refunded } else { PaymentState::PartRefunded };
            refunds.push((id.clone(), amount, at));
        }
        self.note(step, ("operator", at), "refund_requested", None, &amount.yuan());
        self.note(step, ("provider", at), "refunded", None, &amount.yuan());
        self.refund = Some(PastRefund { id, at, reason, shares, goods, freight });
        Ok(())
    }

    fn take_back(&mut self, share: &Share, back: &LineRefund) -> Result<()> {
        let line = self.record.lines.iter_mut().find(|l| l.line_no == share.line_no);
        let line = line.ok_or_else(|| Error::fault("a share without its line"))?;
        line.refunded_qty += share.qty;
        line.withdrawn_qty += share.withdrawn;
        line.refunded_fen = line.refunded_fen.plus(share.goods)?;
        line.refunded_freight_fen = line.refunded_freight_fen.plus(share.freight)?;
        line.refund_reserved_qty = line.refunded_qty;
        line.refund_reserved_fen = line.refunded_fen;
        line.refund_reserved_freight_fen = line.refunded_freight_fen;
        let parts = self.record.parts.iter_mut().filter(|p| p.line_no == share.line_no);
        for (part, amount) in parts.zip(&back.parts) {
            part.refunded_fen = part.refunded_fen.plus(*amount)?;
        }
        Ok(())
    }

    /// States after money went back: parts whose goods are wholly refunded, and the order with its last money.
    fn close_refunded(&mut self, amount: Fen, at: At) -> Result<()> {
        let Record { order, sellers, lines, .. } = &mut self.record;
        order.refunded_fen = order.refunded_fen.plus(amount)?;
        order.refund_reserved_fen = order.refunded_fen;
        for seller in sellers.iter_mut() {
            let mut own = lines.iter().filter(|l| l.seller_order_id == seller.id);
            if own.all(|l| l.refunded_fen == l.payable_fen && (l.payable_fen > Fen::ZERO || l.refunded_qty == l.qty)) {
                seller.state = seller.state.apply(SellerOrderEvent::RefundAll)?;
            }
        }
        if order.refunded_fen == order.total_fen {
            order.state = order.state.apply(OrderEvent::RefundAll)?;
            order.closed_at = Some(at);
        }
        Ok(())
    }

    /// Units that left the stock: taken at payment, less those withdrawn before shipping.
    pub fn units(&self) -> impl Iterator<Item = (&SkuId, i64)> {
        let paid = self.record.order.paid_at.is_some();
        self.record.lines.iter().filter(move |_| paid).map(|l| (&l.sku_id, l.qty - l.withdrawn_qty))
    }

    /// Units sold of each product, as the ledger has them.
    pub fn sales(&self) -> impl Iterator<Item = (&ProductId, i64)> {
        let paid = self.record.order.paid_at.is_some();
        self.record.lines.iter().filter(move |_| paid).map(|l| (&l.product_id, l.qty - l.refunded_qty))
    }

    /// State of its holds: no past order still waits for its payment.
    pub(super) fn holds(&self) -> &'static str {
        if self.record.order.paid_at.is_some() { "taken" } else { "released" }
    }
}
