//! A new order's rows, built from its quote: pure, nothing is read or stored.

use super::{
    OrderState, SellerOrderState,
    kinds::OrderEventKind,
    record::{Contact, Line, LineDiscount, Order, Part, Record, SellerOrder, event},
    reference::{journal_key, journal_ref},
    token::OrderTokens,
};
use crate::{
    kernel::{
        BuyerClass, Channel, Fen, Network, OrderId, PersonId, Phone, Random, Result, SellerOrderId, Step, time::SECOND,
    },
    pricing::{Quote, QuoteLine, SellerGroup},
};

/// Who receives the goods, and where.
#[derive(Clone, Debug)]
pub struct Receiver {
    pub name: String,
    pub phone: Phone,
    pub street: String,
    /// Note to the cooperatives.
    pub note: String,
    /// Invoice title (抬头).
    pub invoice_title: String,
    /// Tax number (税号).
    pub invoice_tax_no: String,
}

/// What a buyer adds to a quote.
#[derive(Clone, Debug)]
pub struct Buyer {
    /// Who buys, if signed in.
    pub person: Option<PersonId>,
    pub receiver: Receiver,
    /// Where the order comes from, whose live holds are limited; none where the market itself places.
    pub from: Option<Network>,
    /// Name of the buying unit, if one buys.
    pub unit: Option<String>,
    pub channel: Channel,
}

/// The rows of a new order. `tokens` makes the bearer token of its number, which is kept only by hash; `hold` is
/// how long stock is held, in seconds.
pub fn from_quote(quote: &Quote, buyer: Buyer, tokens: &OrderTokens, hold: i64, step: &mut Step) -> Result<Record> {
    let order_id = OrderId(step.random.id(step.at)?);
    let order = order_row(quote, &buyer, order_id.clone(), tokens, step)?;
    let order = Order { hold_until: Some(step.at.later(hold * SECOND)), ..order };
    let mut sellers = Vec::with_capacity(quote.seller_groups.len());
    for group in &quote.seller_groups {
        let id = SellerOrderId(step.random.id(step.at)?);
        sellers.push(seller_row(group, i64::try_from(sellers.len()).unwrap_or(0) + 1, id, &order_id));
    }
    let mut lines = Vec::with_capacity(quote.lines.len());
    let (mut discounts, mut parts) = (Vec::new(), Vec::new());
    for line in &quote.lines {
        let seller = sellers.iter().find(|s| s.coop_id == line.coop_id).map(|s| s.id.clone());
        let seller = seller.ok_or_else(|| crate::kernel::Error::fault("a line without its seller"))?;
        lines.push(line_row(line, &order_id, seller)?);
        discounts.extend(line.discounts.iter().zip(1..).map(|(discount, n)| LineDiscount {
            order_id: order_id.clone(),
            line_no: line.line_no,
            n,
            source: discount.source,
            code: discount.code.clone(),
            funder: discount.funder,
            amount_fen: discount.amount_fen,
        }));
        parts.extend(line.parts.iter().map(|p| Part {
            order_id: order_id.clone(),
            line_no: line.line_no,
            part_no: p.part_no,
            coop_id: p.coop_id.clone(),
            county_code: p.county_code.clone(),
            category_code: p.category_code.clone(),
            payable_fen: p.payable_fen,
            list_price_fen: p.list_price_fen,
            refunded_fen: Fen::ZERO,
            effective_fen: Fen::ZERO,
        }));
    }
    let events = vec![event(step, &order.id, OrderEventKind::Placed, None, &order.number)?];
    let contact = contact_row(quote, buyer.receiver, order_id);
    Ok(Record { order, contact, sellers, lines, discounts, parts, events })
}

fn contact_row(quote: &Quote, receiver: Receiver, order_id: OrderId) -> Contact {
    let Receiver { name, phone, street, note, invoice_title, invoice_tax_no } = receiver;
    let (region_code, region_name) = (quote.region_code.to_string(), quote.region_name.clone());
    let phone = phone.to_string();
    Contact { order_id, name, phone, region_code, region_name, street, note, invoice_title, invoice_tax_no }
}

fn order_row(quote: &Quote, buyer: &Buyer, id: OrderId, tokens: &OrderTokens, step: &mut Step) -> Result<Order> {
    let number = step.random.order_number(step.at)?;
    let journal_salt = step.random.salt()?;
    Ok(Order {
        id,
        journal_key: journal_key(&journal_ref(&journal_salt, &number))?,
        token_hash: Random::hash_of(&tokens.token(&number)?),
        number,
        quote_id: quote.quote_id.clone(),
        person_id: buyer.person.clone(),
        state: OrderState::AwaitingPayment,
        channel: buyer.channel,
        buyer_class: if buyer.unit.is_some() { BuyerClass::Unit } else { BuyerClass::Individual },
        unit: buyer.unit.clone(),
        outlet: quote.outlet.clone(),
        fulfilment: quote.fulfilment,
        district_code: quote.district_code.clone(),
        coupon_code: quote.coupon.as_ref().map(|c| c.code.clone()),
        goods_fen: quote.goods_fen,
        discount_fen: quote.discount_fen,
        freight_fen: quote.freight_fen,
        total_fen: quote.total_fen,
        refunded_fen: Fen::ZERO,
        refund_reserved_fen: Fen::ZERO,
        tendered_fen: Fen::ZERO,
        returned_fen: Fen::ZERO,
        journal_salt,
        placed_at: step.at,
        placed_on: step.at.day(),
        hold_until: None,
        paid_at: None,
        paid_on: None,
        closed_at: None,
    })
}

fn seller_row(group: &SellerGroup, position: i64, id: SellerOrderId, order: &OrderId) -> SellerOrder {
    SellerOrder {
        id,
        order_id: order.clone(),
        position,
        coop_id: group.coop_id.clone(),
        state: SellerOrderState::AwaitingPayment,
        goods_fen: group.goods_fen,
        discount_fen: group.discount_fen,
        freight_fen: group.freight_fen,
        gross_weight_g: group.gross_weight_g,
        carrier: group.carrier,
        ship_by: None,
        shipped_at: None,
        received_at: None,
        received_source: None,
    }
}

fn line_row(line: &QuoteLine, order: &OrderId, seller: SellerOrderId) -> Result<Line> {
    Ok(Line {
        order_id: order.clone(),
        line_no: line.line_no,
        seller_order_id: seller,
        product_id: line.product_id.clone(),
        product_version: line.product_version,
        sku_id: line.sku_id.clone(),
        sku_version: line.sku_version,
        sku: line.sku.clone(),
        name: line.name.clone(),
        name_en: line.name_en.clone(),
        spec: line.spec.clone(),
        spec_en: line.spec_en.clone(),
        photo: line.photo.clone(),
        return_class: line.return_class,
        net_weight_g: line.net_weight_g,
        gross_weight_g: line.gross_weight_g,
        pieces_min: line.pieces_min,
        schemes: serde_json::to_string(&line.schemes)?,
        qty: line.qty.units(),
        unit_fen: line.unit_fen,
        list_fen: line.list_fen,
        discount_fen: line.discount_fen,
        payable_fen: line.payable_fen,
        freight_fen: line.freight_fen,
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
    })
}
