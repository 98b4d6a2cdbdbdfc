//! Reading orders: by number for their owner, by cooperative for those who ship.

use super::{
    SellerOrderState, books,
    record::{
        Contact, Line, LineDiscount, Order, OrderEventRow, PairedPart, Part, Refund, RefundLine, RefundTender,
        SellerOrder, Shipment,
    },
};
use crate::{
    db::{Conn, Query, Tx, q, returning, row, select, statements},
    kernel::{
        Code, CoopId, Day, Error, Fen, OrderId, PersonId, Random, RefundId, RefundTenderId, Refusal, Result,
        SellerOrderId,
    },
    ledger::Entry,
};

statements! {
    ORDER = select!(Order, "WHERE id = $1");
    ORDER_BY_NUMBER = select!(Order, "WHERE number = $1");
    LOCK = returning!(Order, "UPDATE orders SET state = state WHERE id = $1");
    LOCK_ALL = returning!(Order, "UPDATE orders SET state = state WHERE id IN ($1)");
    SELLERS = select!(SellerOrder, "WHERE order_id = $1 ORDER BY position");
    SELLER = select!(SellerOrder, "WHERE id = $1");
    LINES = select!(Line, "WHERE order_id = $1 ORDER BY line_no");
    DISCOUNTS = select!(LineDiscount, "WHERE order_id = $1 ORDER BY line_no, n");
    PARTS = select!(Part, "WHERE order_id = $1 ORDER BY line_no, part_no");
    SOLD = "SELECT l.*, p.*, COALESCE(g.code, 'none') AS pairing,
              (SELECT string_agg(ps.scheme_code, ',') FROM product_schemes ps JOIN schemes s ON s.code = ps.scheme_code
               WHERE ps.product_id = l.product_id AND ps.valid_from <= $2 AND COALESCE(ps.valid_to, $2) >= $2
                 AND s.valid_from <= $2 AND COALESCE(s.valid_to, $2) >= $2) AS schemes_now
            FROM order_lines l JOIN line_parts p ON p.order_id = l.order_id AND p.line_no = l.line_no
            LEFT JOIN pairings g ON g.county_code = p.county_code
            WHERE l.order_id = $1 ORDER BY l.line_no, p.part_no";
    SALE = select!(Entry, "WHERE subject_id = $1 AND fact = $2 ORDER BY n");
    CONTACT = select!(Contact, "WHERE order_id = $1");
    EVENTS = select!(OrderEventRow, "WHERE order_id = $1 ORDER BY id");
    MADE_OF = "SELECT l.*, s.*, c.id, c.slug, c.name, c.name_en, k.name, k.phone, k.region_name, k.street, k.note
               FROM order_lines l JOIN seller_orders s ON s.id = l.seller_order_id JOIN coops c ON c.id = s.coop_id
               LEFT JOIN order_contacts k ON k.order_id = l.order_id
               WHERE l.order_id = $1 ORDER BY l.line_no";
    WHOLE = "SELECT o.*, l.*, s.*, c.id, c.slug, c.name, c.name_en, k.name, k.phone, k.region_name, k.street, k.note
             FROM orders o JOIN order_lines l ON l.order_id = o.id
             JOIN seller_orders s ON s.id = l.seller_order_id JOIN coops c ON c.id = s.coop_id
             LEFT JOIN order_contacts k ON k.order_id = l.order_id
             WHERE o.number = $1 ORDER BY l.line_no";
    PARCELS = "SELECT p.*, c.line_no, c.qty FROM shipments p
               JOIN shipment_lines c ON c.seller_order_id = p.seller_order_id AND c.n = p.n
               WHERE p.seller_order_id IN ($1) ORDER BY p.seller_order_id, p.n, c.line_no";
    REFUNDS = select!(Refund, "WHERE order_id = $1 ORDER BY requested_at, id");
    REFUND = select!(Refund, "WHERE id = $1");
    REFUND_TENDERS = select!(RefundTender, "WHERE refund_id IN ($1) ORDER BY refund_id, id");
    REFUND_TENDER = select!(RefundTender, "WHERE id = $1");
    REFUND_LINES = select!(RefundLine, "WHERE refund_id IN ($1) ORDER BY refund_id, line_no");
    OF_PERSON = "SELECT id FROM orders WHERE person_id = $1 ORDER BY placed_at DESC, id DESC LIMIT $2 OFFSET $3";
    COUNT_OF_PERSON = "SELECT CAST(count(*) AS BIGINT) FROM orders WHERE person_id = $1";
    OF_COOP = "SELECT s.id FROM seller_orders s WHERE s.coop_id = $1 AND s.state = $2
               ORDER BY s.order_id DESC LIMIT $3 OFFSET $4";
    DUE_OF_COOP = "SELECT s.id FROM seller_orders s WHERE s.coop_id = $1 AND s.state = $2
                   ORDER BY s.ship_by, s.order_id LIMIT $3 OFFSET $4";
    COUNT_OF_COOP = "SELECT CAST(count(*) AS BIGINT) FROM seller_orders WHERE coop_id = $1 AND state = $2";
    ALL_OF_COOP = "SELECT s.id FROM seller_orders s
                   WHERE s.coop_id = $1 AND s.state NOT IN ('awaiting_payment', 'cancelled')
                   ORDER BY s.order_id DESC LIMIT $2 OFFSET $3";
    COUNT_ALL_OF_COOP = "SELECT CAST(count(*) AS BIGINT) FROM seller_orders
                         WHERE coop_id = $1 AND state NOT IN ('awaiting_payment', 'cancelled')";
    COOPS = "SELECT id, slug, name, name_en FROM coops WHERE id IN ($1)";
    OPEN_OF_PERSON = "SELECT CAST(count(*) AS BIGINT) FROM orders
                      WHERE person_id = $1 AND state IN ('awaiting_payment', 'paid')";
}

/// Who claims to own an order: the signed-in buyer, or the bearer of its token.
#[derive(Clone, Debug, Default)]
pub struct Owner {
    /// Signed in.
    pub person: Option<PersonId>,
    /// `X-Order-Token`.
    pub token: Option<String>,
}

impl Owner {
    fn owns(&self, order: &Order) -> bool {
        let by_person = self.person.is_some() && order.person_id == self.person;
        by_person || self.token.as_deref().is_some_and(|token| Random::hash_of(token) == order.token_hash)
    }
}

row! {
    /// A cooperative's names.
    #[derive(Clone, Debug)]
    pub struct Coop {
        pub id: CoopId,
        /// Address of its page.
        pub slug: String,
        /// Name in Chinese.
        pub name: String,
        pub name_en: String,
    }
}

fn missing() -> Error {
    Refusal::new(Code::NotFound).into()
}

/// The order of an id; a fault where it is gone.
pub async fn by_id(conn: &mut Conn, id: &OrderId) -> Result<Order> {
    q(ORDER).bind(id).one(conn).await
}

/// The order of an id, its row locked until the transaction ends.
pub async fn lock(tx: &mut Tx, id: &OrderId) -> Result<Order> {
    q(LOCK).bind(id).one(tx).await
}

/// The orders of ids, their rows locked until the transaction ends.
pub async fn lock_all(tx: &mut Tx, ids: &[OrderId]) -> Result<Vec<Order>> {
    Query::with_list(LOCK_ALL, ids.iter().cloned()).all(tx).await
}

/// The order of a number, for staff.
pub async fn by_number(conn: &mut Conn, number: &str) -> Result<Order> {
    q(ORDER_BY_NUMBER).bind(number).opt(conn).await?.ok_or_else(missing)
}

/// The order of a number for its owner; anybody else is told that there is none (I11).
pub async fn owned(conn: &mut Conn, number: &str, owner: &Owner) -> Result<Order> {
    let order = by_number(conn, number).await?;
    if owner.owns(&order) { Ok(order) } else { Err(missing()) }
}

/// The same with all that it is made of.
pub async fn owned_whole(conn: &mut Conn, number: &str, owner: &Owner) -> Result<(Order, MadeOf)> {
    let rows: Vec<Whole> = q(WHOLE).bind(number).all(conn).await?;
    let (mut order, mut made) = (None, MadeOf::default());
    for row in rows {
        order = Some(row.order);
        made.add(row.made);
    }
    let order = order.filter(|order| owner.owns(order)).ok_or_else(missing)?;
    Ok((order, made.in_order()))
}

/// Seller orders by position.
pub async fn sellers(conn: &mut Conn, order: &OrderId) -> Result<Vec<SellerOrder>> {
    q(SELLERS).bind(order).all(conn).await
}

/// One seller order.
pub async fn seller(conn: &mut Conn, id: &SellerOrderId) -> Result<SellerOrder> {
    q(SELLER).bind(id).opt(conn).await?.ok_or_else(missing)
}

/// A cooperative's own seller order; another's is not found (I11).
pub async fn seller_of(conn: &mut Conn, id: &SellerOrderId, coop: &CoopId) -> Result<SellerOrder> {
    let seller = seller(conn, id).await?;
    if seller.coop_id == *coop { Ok(seller) } else { Err(missing()) }
}

/// Lines by number.
pub async fn lines(conn: &mut Conn, order: &OrderId) -> Result<Vec<Line>> {
    q(LINES).bind(order).all(conn).await
}

/// What was taken off an order's lines; nothing is asked where nothing was.
pub async fn discounts(conn: &mut Conn, order: &Order) -> Result<Vec<LineDiscount>> {
    if order.discount_fen == Fen::ZERO { Ok(Vec::new()) } else { q(DISCOUNTS).bind(&order.id).all(conn).await }
}

/// Parts by line and number.
pub async fn parts(conn: &mut Conn, order: &OrderId) -> Result<Vec<Part>> {
    q(PARTS).bind(order).all(conn).await
}

row! {
    /// A part of a line that is sold, with the line.
    #[derive(Clone, Debug)]
    pub struct SoldPart {
        pub line: Line,
        pub part: PairedPart,
        /// Codes of the schemes that hold for its product, one or several times.
        pub schemes_now: Option<String>,
    }
}

/// Parts by line and number, each with its line, its county's pairing and the schemes that hold on a day.
pub async fn sold_parts(conn: &mut Conn, order: &OrderId, day: Day) -> Result<Vec<SoldPart>> {
    q(SOLD).bind(order).bind(day).all(conn).await
}

/// The rows of the ledger by which an order was sold.
pub async fn sale(conn: &mut Conn, order: &OrderId) -> Result<Vec<Entry>> {
    q(SALE).bind(order).bind(books::SALE).all(conn).await
}

/// Receiver; `None` once it was removed after the account was closed.
pub async fn contact(conn: &mut Conn, order: &OrderId) -> Result<Option<Contact>> {
    q(CONTACT).bind(order).opt(conn).await
}

/// What happened, oldest first.
pub async fn events(conn: &mut Conn, order: &OrderId) -> Result<Vec<OrderEventRow>> {
    q(EVENTS).bind(order).all(conn).await
}

row! {
    /// What is in a parcel of one line.
    #[derive(Clone, Debug)]
    pub struct Carried {
        pub shipment: Shipment,
        pub line_no: i64,
        pub qty: i64,
    }
}

/// Parcels of seller orders by their number, with what is in them; nothing is asked where nothing was shipped.
pub async fn parcels(conn: &mut Conn, sellers: &[SellerOrder]) -> Result<Vec<Carried>> {
    let shipped: Vec<SellerOrderId> =
        sellers.iter().filter(|seller| seller.shipped_at.is_some()).map(|seller| seller.id.clone()).collect();
    if shipped.is_empty() {
        return Ok(Vec::new());
    }
    Query::with_list(PARCELS, &shipped).all(conn).await
}

row! {
    /// Who gets an order; nothing once it was removed after the account was closed.
    #[derive(Clone, Debug)]
    pub struct Receiver {
        pub name: Option<String>,
        pub phone: Option<String>,
        pub region_name: Option<String>,
        pub street: Option<String>,
        pub note: Option<String>,
    }
}

row! {
    struct Made {
        line: Line,
        seller: SellerOrder,
        coop: Coop,
        receiver: Receiver,
    }
}

row! {
    struct Whole {
        order: Order,
        made: Made,
    }
}

/// What an order is made of.
#[derive(Default)]
pub struct MadeOf {
    /// By number.
    pub lines: Vec<Line>,
    /// By position.
    pub sellers: Vec<SellerOrder>,
    pub coops: Vec<Coop>,
    pub receiver: Option<Receiver>,
}

impl MadeOf {
    fn add(&mut self, Made { line, seller, coop, receiver }: Made) {
        self.lines.push(line);
        self.receiver = Some(receiver);
        if !self.sellers.iter().any(|known| known.id == seller.id) {
            self.sellers.push(seller);
            self.coops.push(coop);
        }
    }

    fn in_order(mut self) -> Self {
        self.sellers.sort_by_key(|seller| seller.position);
        self
    }
}

/// Lines, seller orders, their cooperatives and the receiver of an order, in one statement.
pub async fn made_of(conn: &mut Conn, order: &OrderId) -> Result<MadeOf> {
    let rows: Vec<Made> = q(MADE_OF).bind(order).all(conn).await?;
    let mut all = MadeOf::default();
    for row in rows {
        all.add(row);
    }
    Ok(all.in_order())
}

/// Refunds of an order, oldest first.
pub async fn refunds(conn: &mut Conn, order: &OrderId) -> Result<Vec<Refund>> {
    q(REFUNDS).bind(order).all(conn).await
}

/// One refund.
pub async fn refund(conn: &mut Conn, id: &RefundId) -> Result<Refund> {
    q(REFUND).bind(id).opt(conn).await?.ok_or_else(missing)
}

/// By which payments refunds go back, as they were promised.
pub async fn refund_tenders(conn: &mut Conn, refunds: &[Refund]) -> Result<Vec<RefundTender>> {
    Query::with_list(REFUND_TENDERS, refunds.iter().map(|refund| refund.id.clone())).all(conn).await
}

/// What of a refund goes back by one payment.
pub async fn refund_tender(conn: &mut Conn, id: &RefundTenderId) -> Result<RefundTender> {
    q(REFUND_TENDER).bind(id).opt(conn).await?.ok_or_else(missing)
}

/// What refunds take of which lines.
pub async fn refund_lines(conn: &mut Conn, refunds: &[Refund]) -> Result<Vec<RefundLine>> {
    Query::with_list(REFUND_LINES, refunds.iter().map(|refund| refund.id.clone())).all(conn).await
}

/// Names of cooperatives.
pub async fn coops(conn: &mut Conn, ids: Vec<CoopId>) -> Result<Vec<Coop>> {
    Query::with_list(COOPS, ids).all(conn).await
}

/// A person's orders, newest first, with their number in all.
pub async fn of_person(conn: &mut Conn, person: &PersonId, (limit, offset): (i64, i64)) -> Result<(Vec<Order>, i64)> {
    let ids: Vec<(OrderId,)> = q(OF_PERSON).bind(person).bind(limit).bind(offset).all(conn).await?;
    let (total,): (i64,) = q(COUNT_OF_PERSON).bind(person).one(conn).await?;
    let mut orders = Vec::with_capacity(ids.len());
    for (id,) in ids {
        orders.push(by_id(conn, &id).await?);
    }
    Ok((orders, total))
}

/// How many of a person's orders are not finished: an account with such orders is not closed.
pub async fn open_of_person(conn: &mut Conn, person: &PersonId) -> Result<i64> {
    let (open,): (i64,) = q(OPEN_OF_PERSON).bind(person).one(conn).await?;
    Ok(open)
}

/// A cooperative's paid seller orders in one state or all: what is to be shipped by its deadline, the
/// earliest first; else the newest first.
pub async fn of_coop(
    conn: &mut Conn,
    coop: &CoopId,
    state: Option<SellerOrderState>,
    (limit, offset): (i64, i64),
) -> Result<(Vec<SellerOrderId>, i64)> {
    let (ids, total): (Vec<(SellerOrderId,)>, (i64,)) = match state {
        Some(state) => (
            q(if state.is_to_ship() { DUE_OF_COOP } else { OF_COOP })
                .bind(coop)
                .bind(state)
                .bind(limit)
                .bind(offset)
                .all(conn)
                .await?,
            q(COUNT_OF_COOP).bind(coop).bind(state).one(conn).await?,
        ),
        None => (
            q(ALL_OF_COOP).bind(coop).bind(limit).bind(offset).all(conn).await?,
            q(COUNT_ALL_OF_COOP).bind(coop).one(conn).await?,
        ),
    };
    Ok((ids.into_iter().map(|row| row.0).collect(), total.0))
}
