//! An order as its owner, a cooperative and staff see it.

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    OrderState, SellerOrderState,
    kinds::OrderEventKind,
    place::CoopName,
    read::{self, Carried, Coop, MadeOf, Receiver},
    record::{Contact, Line, Order, SellerOrder},
    reference::journal_ref,
};
use crate::{
    db::Conn,
    kernel::{ActorRole, At, Carrier, CoopId, Fen, Fulfilment, Lang, Result, ReturnClass, SellerOrderId, time::DAY},
    payments::{self, Method, PaymentState},
};

/// Days after receipt for which a cooperative sees the whole address of its buyer (A9).
const CONTACT_SEEN: i64 = 15 * DAY;

/// An order, whole.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderView {
    pub number: String,
    pub state: OrderState,
    #[schema(value_type = String)]
    pub placed_at: At,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub paid_at: Option<At>,
    #[schema(value_type = i64)]
    pub goods_fen: Fen,
    #[schema(value_type = i64)]
    pub discount_fen: Fen,
    #[schema(value_type = i64)]
    pub freight_fen: Fen,
    #[schema(value_type = i64)]
    pub total_fen: Fen,
    #[schema(value_type = i64)]
    pub refunded_fen: Fen,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub hold_until: Option<At>,
    pub fulfilment: Fulfilment,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outlet: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactView>,
    pub seller_orders: Vec<SellerOrderView>,
    pub payments: Vec<PaymentView>,
    pub events: Vec<EventView>,
    /// Only for the owner: how to find the order in the public journal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub journal: Option<JournalRefs>,
}

/// Receiver and address.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContactView {
    pub name: String,
    pub phone: String,
    pub region_name: String,
    pub street: String,
    pub note: String,
}

/// A cooperative's part.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SellerOrderView {
    pub id: String,
    pub coop: CoopName,
    pub state: SellerOrderState,
    #[schema(value_type = i64)]
    pub freight_fen: Fen,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub ship_by: Option<At>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub received_at: Option<At>,
    pub lines: Vec<LineView>,
    pub shipments: Vec<ShipmentView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LineView {
    pub line_no: i64,
    pub sku: String,
    pub name: String,
    pub spec: String,
    pub photo: String,
    pub return_class: ReturnClass,
    pub qty: i64,
    #[schema(value_type = i64)]
    pub unit_fen: Fen,
    #[schema(value_type = i64)]
    pub discount_fen: Fen,
    #[schema(value_type = i64)]
    pub payable_fen: Fen,
    #[schema(value_type = i64)]
    pub refunded_fen: Fen,
    pub refunded_qty: i64,
    pub shipped_qty: i64,
    /// Units that are still to be shipped.
    pub to_ship_qty: i64,
}

/// A parcel.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ShipmentView {
    pub n: i64,
    pub carrier: Carrier,
    pub tracking_no: String,
    #[schema(value_type = String)]
    pub shipped_at: At,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub picked_up_at: Option<At>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub delivered_at: Option<At>,
    pub lines: Vec<ShipmentLineView>,
}

/// Units in a parcel.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ShipmentLineView {
    pub line_no: i64,
    pub qty: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PaymentView {
    pub payment_id: String,
    pub method: Method,
    pub state: PaymentState,
    #[schema(value_type = i64)]
    pub amount_fen: Fen,
}

/// Something that happened.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventView {
    #[schema(value_type = String)]
    pub at: At,
    pub kind: OrderEventKind,
    pub by: ActorRole,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// The salt and the references that the public journal uses for this order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JournalRefs {
    pub salt: String,
    pub refs: Refs,
}

/// `order_ref`, and `line_ref` by line.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Refs {
    pub order_ref: String,
    pub line_refs: Vec<LineRef>,
}

/// `line_ref` of a line.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LineRef {
    pub line_no: i64,
    pub line_ref: String,
}

/// A seller order as its cooperative sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CoopOrderView {
    /// Number of the whole order.
    pub number: String,
    #[serde(flatten)]
    pub seller_order: SellerOrderView,
    #[schema(value_type = Option<String>)]
    pub paid_at: Option<At>,
    /// Whole until some days after receipt, then masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactView>,
}

/// The whole view. `owner` adds the address and the journal's references.
pub async fn view(conn: &mut Conn, order: Order, lang: Lang, owner: bool) -> Result<OrderView> {
    let made = read::made_of(conn, &order.id).await?;
    view_of(conn, (order, made), lang, owner).await
}

/// The same of an order that was read with all that it is made of.
pub async fn view_of(conn: &mut Conn, whole: (Order, MadeOf), lang: Lang, owner: bool) -> Result<OrderView> {
    let (order, MadeOf { lines, sellers, coops, receiver }) = whole;
    let parcels = read::parcels(conn, &sellers).await?;
    let payments = payments::store::of_order(conn, &order.id).await?;
    let events = read::events(conn, &order.id).await?;
    let contact = receiver.filter(|_| owner).and_then(receiver_view);
    let line_refs = lines.iter().map(|l| LineRef {
        line_no: l.line_no,
        line_ref: journal_ref(&order.journal_salt, &format!("{}/{}", order.number, l.line_no)),
    });
    let refs = Refs { order_ref: journal_ref(&order.journal_salt, &order.number), line_refs: line_refs.collect() };
    let waits = order.state == OrderState::AwaitingPayment;
    Ok(OrderView {
        state: order.state,
        placed_at: order.placed_at,
        paid_at: order.paid_at,
        goods_fen: order.goods_fen,
        discount_fen: order.discount_fen,
        freight_fen: order.freight_fen,
        total_fen: order.total_fen,
        refunded_fen: order.refunded_fen,
        hold_until: order.hold_until.filter(|_| waits),
        fulfilment: order.fulfilment,
        outlet: order.outlet,
        contact,
        seller_orders: sellers.iter().map(|s| seller_view(s, &lines, &parcels, &coops, lang)).collect(),
        payments: payments
            .into_iter()
            .map(|p| PaymentView { payment_id: p.id.0, method: p.method, state: p.state, amount_fen: p.amount_fen })
            .collect(),
        events: events
            .into_iter()
            .map(|e| EventView { at: e.at, kind: e.kind, by: e.by_role, detail: e.detail })
            .collect(),
        journal: owner.then_some(JournalRefs { salt: order.journal_salt, refs }),
        number: order.number,
    })
}

/// A cooperative's own seller order, with the receiver while it needs him: paid, and not long received.
pub async fn coop_view(
    conn: &mut Conn,
    id: &SellerOrderId,
    coop: &CoopId,
    (now, lang): (At, Lang),
) -> Result<CoopOrderView> {
    let seller = read::seller_of(conn, id, coop).await?;
    let order = read::by_id(conn, &seller.order_id).await?;
    let lines = read::lines(conn, &order.id).await?;
    let parcels = read::parcels(conn, std::slice::from_ref(&seller)).await?;
    let coops = read::coops(conn, vec![coop.clone()]).await?;
    let seen = seller.received_at.is_none_or(|at| at.later(CONTACT_SEEN) > now);
    let needed = !matches!(seller.state, SellerOrderState::AwaitingPayment | SellerOrderState::Cancelled);
    let contact = if needed { read::contact(conn, &order.id).await?.map(contact_view) } else { None };
    let contact = contact.map(|c| if seen { c } else { c.masked() });
    Ok(CoopOrderView {
        number: order.number,
        seller_order: seller_view(&seller, &lines, &parcels, &coops, lang),
        paid_at: order.paid_at,
        contact,
    })
}

fn contact_view(c: Contact) -> ContactView {
    ContactView { name: c.name, phone: c.phone, region_name: c.region_name, street: c.street, note: c.note }
}

fn receiver_view(r: Receiver) -> Option<ContactView> {
    let Receiver { name, phone, region_name, street, note } = r;
    Some(ContactView { name: name?, phone: phone?, region_name: region_name?, street: street?, note: note? })
}

/// A receiver as staff sees him who does not ship to him: enough to know who calls.
pub fn masked_contact(contact: Contact) -> ContactView {
    contact_view(contact).masked()
}

impl ContactView {
    fn masked(self) -> Self {
        let first: String = self.name.chars().take(1).collect();
        let tail: String = self.phone.chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect();
        Self {
            name: format!("{first}**"),
            phone: format!("***{tail}"),
            region_name: self.region_name,
            street: "***".to_owned(),
            note: String::new(),
        }
    }
}

fn seller_view(
    seller: &SellerOrder,
    lines: &[Line],
    parcels: &[Carried],
    coops: &[Coop],
    lang: Lang,
) -> SellerOrderView {
    let coop = coops.iter().find(|c| c.id == seller.coop_id);
    let own = lines.iter().filter(|l| l.seller_order_id == seller.id);
    let sent = parcels
        .chunk_by(|a, b| a.shipment.seller_order_id == b.shipment.seller_order_id && a.shipment.n == b.shipment.n);
    let sent = sent.filter(|parcel| parcel[0].shipment.seller_order_id == seller.id);
    SellerOrderView {
        id: seller.id.0.clone(),
        coop: CoopName {
            slug: coop.map(|c| c.slug.clone()).unwrap_or_default(),
            name: coop.map(|c| lang.pick(&c.name, &c.name_en).to_owned()).unwrap_or_default(),
        },
        state: seller.state,
        freight_fen: seller.freight_fen,
        ship_by: seller.ship_by,
        received_at: seller.received_at,
        lines: own.map(|l| line_view(l, lang)).collect(),
        shipments: sent.map(shipment_view).collect(),
    }
}

fn line_view(line: &Line, lang: Lang) -> LineView {
    LineView {
        line_no: line.line_no,
        sku: line.sku.clone(),
        name: lang.pick(&line.name, &line.name_en).to_owned(),
        spec: lang.pick(&line.spec, &line.spec_en).to_owned(),
        photo: line.photo.clone(),
        return_class: line.return_class,
        qty: line.qty,
        unit_fen: line.unit_fen,
        discount_fen: Fen(line.list_fen.0 - line.payable_fen.0),
        payable_fen: line.payable_fen,
        refunded_fen: line.refunded_fen,
        refunded_qty: line.refunded_qty,
        shipped_qty: line.shipped_qty,
        to_ship_qty: line.to_ship(),
    }
}

/// One parcel, a row for each of its lines.
fn shipment_view(parcel: &[Carried]) -> ShipmentView {
    let shipment = &parcel[0].shipment;
    let lines = parcel.iter().map(|c| ShipmentLineView { line_no: c.line_no, qty: c.qty });
    ShipmentView {
        n: shipment.n,
        carrier: shipment.carrier,
        tracking_no: shipment.tracking_no.clone(),
        shipped_at: shipment.shipped_at,
        picked_up_at: shipment.picked_up_at,
        delivered_at: shipment.delivered_at,
        lines: lines.collect(),
    }
}
