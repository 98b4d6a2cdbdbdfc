//! Statements of the orders' tables, and the values of their rows.

use super::record::{Contact, Line, Order, OrderEventRow, Part, SellerOrder};
use crate::{
    db::{Value, statements},
    kernel::{OrderId, PersonId},
};

statements! {
    pub ADD_ORDER = "INSERT INTO orders (id, number, token_hash, quote_id, person_id, state, channel, buyer_class, unit,
            outlet, fulfilment, district_code, coupon_code, goods_fen, discount_fen, freight_fen, total_fen,
            refunded_fen, refund_reserved_fen, journal_salt, placed_at, placed_on, hold_until, paid_at, paid_on,
            closed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
            $23, $24, $25, $26)
        ON CONFLICT (quote_id) DO NOTHING";
    pub ADD_CONTACT = "INSERT INTO order_contacts (order_id, name, phone, region_code, region_name, street, note,
            invoice_title, invoice_tax_no)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    pub ADD_SELLER = "INSERT INTO seller_orders (id, order_id, position, coop_id, state, goods_fen, discount_fen,
            freight_fen, gross_weight_g, carrier, ship_by, shipped_at, received_at, received_source)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    pub ADD_LINE = "INSERT INTO order_lines (order_id, line_no, seller_order_id, product_id, product_version, sku_id,
            sku_version, sku, name, name_en, spec, spec_en, photo, return_class, net_weight_g, gross_weight_g,
            pieces_min, schemes, qty, unit_fen, list_fen, discount_coop_fen, discount_platform_fen,
            discount_government_fen, payable_fen, freight_fen, refund_reserved_qty, refund_reserved_fen,
            refund_reserved_freight_fen, refunded_qty, refunded_fen, refunded_freight_fen, withdrawn_qty, shipped_qty,
            received_qty, received_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
            $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36)";
    pub ADD_PART = "INSERT INTO line_parts (order_id, line_no, part_no, coop_id, county_code, category_code, payable_fen,
            list_price_fen, refunded_fen)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    pub ADD_EVENT = "INSERT INTO order_events (order_id, id, at, kind, by_role, person_id, seller_order_id, detail)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    pub ORDER = "SELECT id, number, token_hash, quote_id, person_id, state, channel, buyer_class, unit, outlet,
            fulfilment, district_code, coupon_code, goods_fen, discount_fen, freight_fen, total_fen, refunded_fen,
            refund_reserved_fen, journal_salt, placed_at, placed_on, hold_until, paid_at, paid_on, closed_at
        FROM orders WHERE id = $1";
    pub ORDER_BY_NUMBER = "SELECT id, number, token_hash, quote_id, person_id, state, channel, buyer_class, unit, outlet,
            fulfilment, district_code, coupon_code, goods_fen, discount_fen, freight_fen, total_fen, refunded_fen,
            refund_reserved_fen, journal_salt, placed_at, placed_on, hold_until, paid_at, paid_on, closed_at
        FROM orders WHERE number = $1";
    pub LOCK = "UPDATE orders SET state = state WHERE id = $1
        RETURNING id, number, token_hash, quote_id, person_id, state, channel, buyer_class, unit, outlet,
            fulfilment, district_code, coupon_code, goods_fen, discount_fen, freight_fen, total_fen, refunded_fen,
            refund_reserved_fen, journal_salt, placed_at, placed_on, hold_until, paid_at, paid_on, closed_at";
    pub SELLERS = "SELECT id, order_id, position, coop_id, state, goods_fen, discount_fen, freight_fen, gross_weight_g,
            carrier, ship_by, shipped_at, received_at, received_source
        FROM seller_orders WHERE order_id = $1 ORDER BY position";
    pub LINES = "SELECT order_id, line_no, seller_order_id, product_id, product_version, sku_id, sku_version, sku, name,
            name_en, spec, spec_en, photo, return_class, net_weight_g, gross_weight_g, pieces_min, schemes, qty,
            unit_fen, list_fen, discount_coop_fen, discount_platform_fen, discount_government_fen, payable_fen,
            freight_fen, refund_reserved_qty, refund_reserved_fen, refund_reserved_freight_fen, refunded_qty,
            refunded_fen, refunded_freight_fen, withdrawn_qty, shipped_qty, received_qty, received_at
        FROM order_lines WHERE order_id = $1 ORDER BY line_no";
    pub PARTS = "SELECT l.line_no, l.part_no, l.coop_id, l.county_code, COALESCE(p.code, 'none') AS pairing,
            l.category_code, l.payable_fen, l.list_price_fen, l.refunded_fen
        FROM line_parts l LEFT JOIN pairings p ON p.county_code = l.county_code
        WHERE l.order_id = $1 ORDER BY l.line_no, l.part_no";
    pub CONTACT = "SELECT name, phone, region_code, region_name, street, note, invoice_title, invoice_tax_no
        FROM order_contacts WHERE order_id = $1";
    pub EVENTS = "SELECT at, kind, by_role, seller_order_id, detail FROM order_events WHERE order_id = $1 ORDER BY id";
}

pub fn order_values(o: &Order) -> [Value; 26] {
    [
        (&o.id).into(),
        (&o.number).into(),
        (&o.token_hash).into(),
        (&o.quote_id).into(),
        o.person_id.clone().into(),
        o.state.into(),
        (&o.channel).into(),
        (&o.buyer_class).into(),
        o.unit.clone().into(),
        o.outlet.clone().into(),
        (&o.fulfilment).into(),
        (&o.district_code).into(),
        o.coupon_code.clone().into(),
        o.goods_fen.into(),
        o.discount_fen.into(),
        o.freight_fen.into(),
        o.total_fen.into(),
        o.refunded_fen.into(),
        o.refund_reserved_fen.into(),
        (&o.journal_salt).into(),
        o.placed_at.into(),
        o.placed_on.into(),
        o.hold_until.into(),
        o.paid_at.into(),
        o.paid_on.into(),
        o.closed_at.into(),
    ]
}

pub fn contact_values(order: &OrderId, c: &Contact) -> [Value; 9] {
    [
        order.into(),
        (&c.name).into(),
        (&c.phone).into(),
        (&c.region_code).into(),
        (&c.region_name).into(),
        (&c.street).into(),
        (&c.note).into(),
        (&c.invoice_title).into(),
        (&c.invoice_tax_no).into(),
    ]
}

pub fn seller_values(s: &SellerOrder) -> [Value; 14] {
    [
        (&s.id).into(),
        (&s.order_id).into(),
        s.position.into(),
        (&s.coop_id).into(),
        s.state.into(),
        s.goods_fen.into(),
        s.discount_fen.into(),
        s.freight_fen.into(),
        s.gross_weight_g.into(),
        (&s.carrier).into(),
        s.ship_by.into(),
        s.shipped_at.into(),
        s.received_at.into(),
        s.received_source.clone().into(),
    ]
}

pub fn line_values(l: &Line) -> [Value; 36] {
    [
        (&l.order_id).into(),
        l.line_no.into(),
        (&l.seller_order_id).into(),
        (&l.product_id).into(),
        l.product_version.into(),
        (&l.sku_id).into(),
        l.sku_version.into(),
        (&l.sku).into(),
        (&l.name).into(),
        (&l.name_en).into(),
        (&l.spec).into(),
        (&l.spec_en).into(),
        (&l.photo).into(),
        (&l.return_class).into(),
        l.net_weight_g.into(),
        l.gross_weight_g.into(),
        l.pieces_min.into(),
        (&l.schemes).into(),
        l.qty.into(),
        l.unit_fen.into(),
        l.list_fen.into(),
        l.discount_coop_fen.into(),
        l.discount_platform_fen.into(),
        l.discount_government_fen.into(),
        l.payable_fen.into(),
        l.freight_fen.into(),
        l.refund_reserved_qty.into(),
        l.refund_reserved_fen.into(),
        l.refund_reserved_freight_fen.into(),
        l.refunded_qty.into(),
        l.refunded_fen.into(),
        l.refunded_freight_fen.into(),
        l.withdrawn_qty.into(),
        l.shipped_qty.into(),
        l.received_qty.into(),
        l.received_at.into(),
    ]
}

pub fn part_values(order: &OrderId, p: &Part) -> [Value; 9] {
    [
        order.into(),
        p.line_no.into(),
        p.part_no.into(),
        (&p.coop_id).into(),
        (&p.county_code).into(),
        (&p.category_code).into(),
        p.payable_fen.into(),
        p.list_price_fen.into(),
        p.refunded_fen.into(),
    ]
}

pub fn event_values(order: &OrderId, id: String, e: &OrderEventRow, person: Option<PersonId>) -> [Value; 8] {
    [
        order.into(),
        id.into(),
        e.at.into(),
        (&e.kind).into(),
        (&e.by_role).into(),
        person.into(),
        e.seller_order_id.clone().into(),
        (&e.detail).into(),
    ]
}
