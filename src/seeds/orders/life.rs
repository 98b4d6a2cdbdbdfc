//! One past life of an order: its draft, then payment, parcels, receipt and refund, each with its ledger entries.

use std::collections::BTreeMap;

use crate::{
    kernel::{Actor, ActorRole, At, Error, Fen, PaymentId, RefundId, RefundTenderId, Result, SkuId, Step, time::HOUR},
    ledger::{Entry, dimensions::Known},
    orders::{
        books::{self, Booked, Goods, LineRefund, Sold},
        draft::{self, Buyer},
        kinds::RefundState,
        kinds::{OrderEventKind, ReceivedSource},
        record::{Line, PairedPart, Record, RefundTender, event},
        refund::split::{self, Amounts, Asked, Share},
        state::{OrderEvent, SellerOrderEvent},
        token::OrderTokens,
    },
    payments::{Method, Payment, PaymentState},
    pricing::Quote,
    stock::hold::HoldState,
};

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
    /// How that is known.
    pub source: ReceivedSource,
}

/// How an order went after it was placed.
#[derive(Clone, Debug, Default)]
pub struct Course {
    /// When it was paid; not at all where absent, and its hold ran out.
    pub paid_at: Option<At>,
    /// The parcel of each seller order, by position; not yet sent where absent.
    pub parcels: Vec<Option<Parcel>>,
    /// Money back at the end.
    pub refund: Option<GivenBack>,
}

/// Money that goes back after all else.
#[derive(Clone, Debug)]
pub struct GivenBack {
    pub at: At,
    pub asked: Asked,
    pub reason: &'static str,
}

/// A refund that succeeded at once, with what it took of each line.
pub(super) struct PastRefund {
    pub id: RefundId,
    pub at: At,
    pub reason: &'static str,
    pub shares: Vec<Share>,
    pub amounts: Amounts,
    /// None where the goods cost nothing.
    pub tender: Option<RefundTender>,
}

/// An order's life in rows.
pub struct Life {
    /// The order as it stands now.
    pub record: Record,
    /// What it posted to the ledger, and the combinations by which it counts.
    pub entries: Vec<Entry>,
    pub dimensions: Known,
    /// The record's parts with their pairings, as the ledger books them.
    parts: Vec<PairedPart>,
    pub(super) payment: Option<Payment>,
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
) -> Result<Life> {
    let tokens = OrderTokens::of_nobody(&mut step.random)?;
    let record = draft::from_quote(quote, buyer, &tokens, hold, step)?;
    let paired = record.parts.iter().map(|part| {
        let pairing = pairings.get(&part.county_code).cloned().unwrap_or_else(|| "none".to_owned());
        PairedPart { part: part.clone(), pairing }
    });
    let parts = paired.collect();
    let Course { paid_at, parcels, refund } = course;
    let mut life =
        Life { record, entries: Vec::new(), dimensions: Known::new(), parts, payment: None, parcels, refund: None };
    let Some(paid_at) = paid_at else {
        life.expire(step)?;
        return Ok(life);
    };
    life.pay(quote, paid_at, step)?;
    life.ship(step)?;
    life.receive(step)?;
    if let Some(back) = refund {
        life.give_back(&back, step)?;
    }
    Ok(life)
}

/// Something that happened, by whom and when.
struct Happened {
    kind: OrderEventKind,
    by: ActorRole,
    at: At,
}

impl Life {
    fn note(&mut self, step: &mut Step, happened: &Happened, seller: Option<usize>, detail: &str) -> Result<()> {
        let Happened { kind, by, at } = *happened;
        let mut acted = Step { at, by: Actor { role: by, person: None }, random: step.random.clone() };
        let seller = seller.map(|place| &self.record.sellers[place].id);
        let noted = event(&mut acted, &self.record.order.id, kind, seller, detail)?;
        step.random = acted.random;
        self.record.events.push(noted);
        Ok(())
    }

    fn method(&self) -> &'static str {
        self.payment.as_ref().map_or("none", |payment| payment.method.as_str())
    }

    fn booked(&self) -> Booked<'_> {
        Booked { order: &self.record.order.id, rows: &self.entries }
    }

    fn expire(&mut self, step: &mut Step) -> Result<()> {
        let order = &mut self.record.order;
        order.state = order.state.apply(OrderEvent::Expire)?;
        order.closed_at = order.hold_until;
        let at = order.hold_until.unwrap_or(step.at);
        for seller in &mut self.record.sellers {
            seller.state = seller.state.apply(SellerOrderEvent::Cancel)?;
        }
        let expired = Happened { kind: OrderEventKind::Expired, by: ActorRole::System, at };
        self.note(step, &expired, None, "")
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
        self.payment = (order.total_fen > Fen::ZERO).then(|| Payment {
            provider_ref: Some(format!("pi_sandbox_{id}")),
            id,
            order_id: order.id.clone(),
            method: Method::Sandbox,
            state: PaymentState::Succeeded,
            amount_fen: order.total_fen,
            refund_reserved_fen: Fen::ZERO,
            refunded_fen: Fen::ZERO,
            created_at: order.placed_at,
            captured_at: Some(at),
            learned_at: Some(at),
            asked_at: order.placed_at,
            to_ask: false,
            opened_at: Some(order.placed_at),
            payer_answer: None,
        });
        order.tendered_fen = order.total_fen;
        let method = self.method();
        if let Some(payment) = &self.payment {
            let order = &payment.order_id;
            self.entries.extend(books::tender(order, (&payment.id, method), payment.amount_fen, at));
        }
        let Record { order, sellers, lines, discounts, .. } = &self.record;
        let sale = books::sale(Goods { order, sellers, lines, discounts, parts: &self.parts }, at)?;
        self.entries.extend(sale.entries);
        self.dimensions = sale.dimensions;
        let paid = Happened { kind: OrderEventKind::Paid, by: ActorRole::Provider, at };
        self.note(step, &paid, None, method)
    }

    fn ship(&mut self, step: &mut Step) -> Result<()> {
        for (place, parcel) in self.parcels.clone().into_iter().enumerate() {
            let Some(parcel) = parcel else { continue };
            let seller = &mut self.record.sellers[place];
            seller.state = seller.state.apply(SellerOrderEvent::ShipRest)?;
            seller.shipped_at = Some(parcel.shipped_at);
            let (id, carrier) = (seller.id.clone(), seller.carrier);
            for line in self.record.lines.iter_mut().filter(|l| l.seller_order_id == id) {
                line.shipped_qty = line.qty;
            }
            let detail = format!("{carrier} {}", parcel.tracking_no);
            let shipped = Happened { kind: OrderEventKind::Shipped, by: ActorRole::Coop, at: parcel.shipped_at };
            self.note(step, &shipped, Some(place), &detail)?;
            if let Some(at) = parcel.picked_up_at {
                let scanned = Happened { kind: OrderEventKind::PickedUp, by: ActorRole::Operator, at };
                self.note(step, &scanned, Some(place), "1")?;
            }
        }
        Ok(())
    }

    fn receive(&mut self, step: &mut Step) -> Result<()> {
        for (place, parcel) in self.parcels.clone().into_iter().enumerate() {
            let Some((at, source)) = parcel.and_then(|p| Some((p.delivered_at?, p.source))) else { continue };
            let seller = &mut self.record.sellers[place];
            seller.state = seller.state.apply(SellerOrderEvent::Receive)?;
            (seller.received_at, seller.received_source) = (Some(at), Some(source));
            let id = seller.id.clone();
            let own = |l: &&Line| l.seller_order_id == id;
            let mut due = Vec::new();
            for line in self.record.lines.iter().filter(own) {
                due.extend(books::receipt(self.booked(), line, &self.record.parts, at)?);
                for part in self.record.parts.iter_mut().filter(|part| part.line_no == line.line_no) {
                    part.effective_fen = part.payable_fen.minus(part.refunded_fen)?;
                }
            }
            self.entries.extend(due);
            for line in self.record.lines.iter_mut().filter(|l| l.seller_order_id == id) {
                (line.received_qty, line.arrived_at, line.received_at) = (line.qty, Some(at), Some(at));
            }
            let scanned = Happened { kind: OrderEventKind::Delivered, by: ActorRole::Operator, at };
            self.note(step, &scanned, Some(place), "1")?;
        }
        let last = self.parcels.iter().map(|p| p.as_ref()?.delivered_at).collect::<Option<Vec<At>>>();
        if let Some(at) = last.and_then(|all| all.into_iter().max()) {
            let order = &mut self.record.order;
            order.state = order.state.apply(OrderEvent::Complete)?;
            order.closed_at = Some(at);
            let completed = Happened { kind: OrderEventKind::Completed, by: ActorRole::Operator, at };
            self.note(step, &completed, None, "")?;
        }
        Ok(())
    }

    /// A refund that succeeds at once.
    fn give_back(&mut self, back: &GivenBack, step: &mut Step) -> Result<()> {
        let GivenBack { at, asked, reason } = back;
        let at = *at;
        let shares = split::split(&self.record.lines, asked)?;
        let amounts = Amounts::of(&shares)?;
        let id = RefundId(step.random.id(at)?);
        let lines =
            shares.iter().map(|share| share.over_parts(&self.record.parts)).collect::<Result<Vec<LineRefund>>>()?;
        let Record { order, sellers, lines: sold, parts, .. } = &self.record;
        let mut entries = books::refund(self.booked(), &id, Sold { sellers, lines: sold, parts }, &lines, at)?;
        let tender = self.payment.as_ref().filter(|_| amounts.total > Fen::ZERO);
        let tender = tender.map(|payment| past_tender(&id, payment, (amounts.total, at), step)).transpose()?;
        if let Some(tender) = &tender {
            entries.extend(books::tender_return(&order.id, (&tender.id, self.method()), amounts.total, at));
            self.record.order.returned_fen = amounts.total;
        }
        self.entries.extend(entries);
        for (share, line) in shares.iter().zip(&lines) {
            self.take_back(share, line)?;
        }
        self.close_refunded(amounts.total, at)?;
        if let Some(payment) = &mut self.payment {
            payment.refunded_fen = payment.refunded_fen.plus(amounts.total)?;
            payment.refund_reserved_fen = payment.refunded_fen;
            let whole = payment.refunded_fen == payment.amount_fen;
            payment.state = if whole { PaymentState::Refunded } else { PaymentState::PartRefunded };
        }
        let (kind, by) = (OrderEventKind::RefundRequested, ActorRole::Operator);
        self.note(step, &Happened { kind, by, at }, None, &amounts.total.yuan())?;
        let (kind, by) = (OrderEventKind::Refunded, ActorRole::Provider);
        self.note(step, &Happened { kind, by, at }, None, &amounts.total.yuan())?;
        self.refund = Some(PastRefund { id, at, reason, shares, amounts, tender });
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
            part.effective_fen = part.effective_fen.minus(books::effective_back(part, *amount))?;
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
            if own.all(Line::all_back) {
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

    /// State of its holds: no past order still waits for its payment.
    pub(super) fn holds(&self) -> HoldState {
        if self.record.order.paid_at.is_some() { HoldState::Taken } else { HoldState::Released }
    }
}

/// What of a past refund went back by its payment.
fn past_tender(refund: &RefundId, payment: &Payment, (amount, at): (Fen, At), step: &mut Step) -> Result<RefundTender> {
    let id = RefundTenderId(step.random.id(at)?);
    Ok(RefundTender {
        refund_id: refund.clone(),
        payment_id: payment.id.clone(),
        amount_fen: amount,
        state: RefundState::Succeeded,
        promised_at: at,
        provider_ref: Some(format!("re_sandbox_{id}")),
        ask_at: None,
        succeeded_at: Some(at),
        id,
    })
}
