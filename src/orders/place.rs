//! Placing (下单): a quote becomes an order and holds its stock, in one transaction.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    OrderState, SellerOrderState, Trade,
    draft::{self, Buyer, Receiver},
    payment_result,
    record::{self, Record},
    store,
    token::OrderTokens,
};
use crate::{
    db::{Tx, Work, once, q, statements},
    kernel::{Actor, At, Channel, Code, Fen, Network, Phone, Refusal, Result, SellerOrderId, Step, parse},
    pricing::{self, Quote},
    promotions::redemption,
    stock::{Demand, ONLINE, hold, holder},
};

/// Most unpaid orders of one person, so that nobody holds a shop's stock without paying (abuse A3).
const MOST_UNPAID: i64 = 200;

statements! {
    UNPAID = "SELECT CAST(count(*) AS BIGINT) FROM orders WHERE person_id = $1 AND state = 'awaiting_payment'";
}

/// What a buyer sends with a quote.
#[derive(Clone, Debug, Default)]
pub struct Placing {
    pub quote_id: String,
    /// Receiver.
    pub name: String,
    /// Receiver's phone.
    pub phone: String,
    /// Region, if said again; it must be the quote's.
    pub region_code: Option<String>,
    /// Street, if the quote has none or another is meant.
    pub street: Option<String>,
    /// Note to the cooperatives.
    pub note: String,
    /// To whom the invoice goes.
    pub invoice: Option<Invoice>,
    /// Name of the buying unit (单位).
    pub unit: Option<String>,
    /// Where the order comes from, whose live holds are limited.
    pub from: Option<Network>,
}

/// To whom an invoice (发票) goes.
#[derive(Clone, Debug, Default)]
pub struct Invoice {
    /// 抬头.
    pub title: String,
    /// 税号; a person has none.
    pub tax_no: String,
}

/// A cooperative's part as it was placed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PlacedSeller {
    /// Id of the seller order.
    pub id: String,
    /// Who sells.
    pub coop: CoopName,
    /// Where it stands.
    pub state: SellerOrderState,
    #[schema(value_type = i64)]
    pub freight_fen: Fen,
    /// Its goods after discounts.
    #[schema(value_type = i64)]
    pub payable_fen: Fen,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CoopName {
    /// Address of its page.
    pub slug: String,
    pub name: String,
}

/// The answer to placing an order.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Placed {
    /// Order number.
    pub number: String,
    /// Bearer token of the order (`X-Order-Token`); not in what is kept for repeats.
    #[serde(default)]
    pub token: String,
    /// `awaiting_payment`, or `paid` where nothing is to be paid.
    pub state: OrderState,
    /// What is to be paid.
    #[schema(value_type = i64)]
    pub total_fen: Fen,
    /// Until when its stock is held.
    #[schema(value_type = Option<String>)]
    pub hold_until: Option<At>,
    /// Its parts.
    pub seller_orders: Vec<PlacedSeller>,
}

/// Places an order. The same key gives the first answer again; refuses a used, expired or changed
/// quote, stock that went, a coupon whose limit is reached, and who holds too much without paying. Nothing is kept of a refused try.
pub async fn place(trade: &Trade, work: &Work, placing: Placing) -> Result<Placed> {
    let ready = async || {
        let person = work.by.person.as_ref();
        let quote =
            pricing::find_quote(&mut work.db.read().await?, &placing.quote_id, person, work.clock.now()).await?;
        let buyer = buyer(&quote, placing, &work.by)?;
        Ok((quote, buyer))
    };
    let mut fresh = None;
    let kept: Placed = once!(work, ready = { ready().await }, tx, step, {
        let (quote, buyer) = &ready;
        let hold = (&trade.tokens, trade.hold_seconds);
        let record = place_in(&mut tx, quote, buyer.clone(), hold, &mut step).await?;
        fresh = Some(record.order.number.clone());
        Ok(answer(quote, record))
    })?;
    if fresh.as_ref() == Some(&kept.number) {
        metrics::counter!("yanxi_orders_placed").increment(1);
    }
    Ok(Placed { token: trade.tokens.token(&kept.number)?, ..kept })
}

fn buyer(quote: &Quote, placing: Placing, by: &Actor) -> Result<Buyer> {
    let mut faults = Vec::new();
    let name = parse::kept(parse::name("contact.name", &placing.name), &mut faults);
    let phone = parse::kept(Phone::parse("contact.phone", &placing.phone), &mut faults);
    let street = placing.street.unwrap_or_else(|| quote.street.clone());
    let street = parse::kept(parse::optional_text("address.street", &street, 120), &mut faults);
    let note = parse::kept(parse::optional_text("note", &placing.note, 200), &mut faults);
    let invoice = placing.invoice.unwrap_or_default();
    let invoice_title = parse::kept(parse::optional_text("invoice.title", &invoice.title, 80), &mut faults);
    let invoice_tax_no = parse::kept(parse::optional_text("invoice.tax_no", &invoice.tax_no, 20), &mut faults);
    let unit = placing.unit.map(|unit| parse::kept(parse::name("unit", &unit), &mut faults));
    if placing.region_code.is_some_and(|region| region.trim() != quote.region_code.as_str()) {
        faults.push(Refusal::of_field("address.region_code", Code::QuoteChanged).with("sku", "freight"));
    }
    if let Some(refusal) = Refusal::all(faults) {
        return Err(refusal.into());
    }
    let receiver = Receiver { name, phone, street, note, invoice_title, invoice_tax_no };
    Ok(Buyer { person: by.person.clone(), receiver, from: placing.from, unit, channel: Channel::Online })
}

/// Places within the caller's transaction: rows, hold, coupon; nothing to pay means paid at once.
/// `hold` makes the bearer token, and says for how many seconds stock is held.
pub async fn place_in(
    tx: &mut Tx,
    quote: &Quote,
    buyer: Buyer,
    hold: (&OrderTokens, i64),
    step: &mut Step,
) -> Result<Record> {
    pricing::still_holds(tx, quote).await?;
    if let Some(person) = &buyer.person {
        let (unpaid,): (i64,) = q(UNPAID).bind(person).one(tx).await?;
        if unpaid >= MOST_UNPAID {
            return Err(Refusal::new(Code::TooManyHolds).into());
        }
    }
    let from = buyer.from;
    let mut record = draft::from_quote(quote, buyer, hold.0, hold.1, step)?;
    let order = &record.order;
    if !store::insert(tx, std::slice::from_ref(&record)).await? {
        return Err(Refusal::of_field("quote_id", Code::QuoteUsed).into());
    }
    if let Some(applied) = &quote.coupon {
        let holder = redemption::holder(order.person_id.as_ref(), &record.contact.phone);
        let using = redemption::Use {
            order: &order.id,
            code: &applied.code,
            limit_each: applied.limit_each,
            holder: &holder,
            discount: applied.discount_fen,
        };
        redemption::redeem(tx, using).await?;
    }
    let demand = |l: &record::Line| Demand {
        sku_id: l.sku_id.clone(),
        location: ONLINE.to_owned(),
        qty: l.qty,
        sku: l.sku.clone(),
    };
    hold::hold(tx, &order.id, record.lines.iter().map(demand).collect(), step).await?;
    if let Some(from) = from {
        let holders = holders(&record, &from, hold.0)?;
        holder::limit(tx, &order.id, &holders, order.hold_until.unwrap_or(step.at)).await?;
    }
    if order.total_fen == Fen::ZERO {
        record.order = payment_result::pay_nothing(tx, &record.order.id, step).await?;
    }
    Ok(record)
}

/// By whom an order holds stock: the person, the receiver's phone, the address it comes from.
fn holders(record: &Record, from: &Network, tokens: &OrderTokens) -> Result<Vec<String>> {
    let person = record.order.person_id.as_ref().map(|person| ("person", person.to_string()));
    let known = [("phone", record.contact.phone.clone()), ("address", from.to_string())];
    person.into_iter().chain(known).map(|(kind, value)| tokens.holder(kind, &value)).collect()
}

fn answer(quote: &Quote, record: Record) -> Placed {
    let state = record.order.state;
    let seller_state =
        if state == OrderState::Paid { SellerOrderState::ToShip } else { SellerOrderState::AwaitingPayment };
    let seller = |(group, id): (&pricing::SellerGroup, &SellerOrderId)| PlacedSeller {
        id: id.0.clone(),
        coop: CoopName { slug: group.coop_slug.clone(), name: group.coop_name.clone() },
        state: seller_state,
        freight_fen: group.freight_fen,
        payable_fen: Fen(group.goods_fen.0 - group.discount_fen.0),
    };
    Placed {
        number: record.order.number,
        token: String::new(),
        state,
        total_fen: record.order.total_fen,
        hold_until: record.order.hold_until.filter(|_| state == OrderState::AwaitingPayment),
        seller_orders: quote.seller_groups.iter().zip(record.sellers.iter().map(|s| &s.id)).map(seller).collect(),
    }
}
