//! Orders as the desks list them: a cooperative's counts, and what the operator searches for.

use super::{OrderState, SellerOrderState, record::Scanned};
use crate::{
    db::{Conn, Query, Tx, audit_log, q, row, select, statements},
    kernel::{At, Channel, CoopId, Day, Fen, OrderId, Phone, Result, SellerOrderId, Step, closed_set},
};

statements! {
    COUNTS = "SELECT state, CAST(count(*) AS BIGINT) AS n, MIN(ship_by) AS earliest FROM seller_orders
              WHERE coop_id = $1 AND state IN ('to_ship', 'part_shipped', 'shipped', 'received')
              GROUP BY state ORDER BY state";
    SEARCH = "SELECT o.id, o.number, o.state, o.channel, o.total_fen, o.refunded_fen, o.placed_at, o.paid_at
              FROM orders o
              WHERE ($1 = '' OR o.number LIKE '%' || $1 || '%') AND ($2 = '' OR o.state = $2)
                AND ($3 = '' OR o.channel = $3) AND o.placed_on >= $4 AND o.placed_on <= $5
                AND ($6 = '' OR EXISTS (SELECT 1 FROM seller_orders s WHERE s.order_id = o.id AND s.coop_id = $6))
                AND ($7 <> 'refund' OR EXISTS (SELECT 1 FROM refunds r
                       WHERE r.order_id = o.id AND r.state = 'requested' AND r.requested_at <= $8))
                AND ($7 <> 'late' OR EXISTS (SELECT 1 FROM seller_orders s WHERE s.order_id = o.id
                       AND s.state IN ('to_ship', 'part_shipped') AND s.ship_by < $9))
              ORDER BY o.placed_on DESC, o.placed_at DESC, o.id DESC LIMIT $10 OFFSET $11";
    OF_PHONE = "SELECT o.id, o.number, o.state, o.channel, o.total_fen, o.refunded_fen, o.placed_at, o.paid_at
                FROM order_contacts c JOIN orders o ON o.id = c.order_id
                WHERE c.phone = $1 ORDER BY o.placed_at DESC, o.id DESC LIMIT $2";
    SOLD_BY = "SELECT s.order_id, s.state, c.name, c.name_en FROM seller_orders s JOIN coops c ON c.id = s.coop_id
               WHERE s.order_id IN ($1) ORDER BY s.order_id, s.position";
    SCANS = select!(Scanned, "WHERE seller_order_id IN ($1) ORDER BY recorded_at, kind");
    STUCK = "SELECT CAST(count(*) AS BIGINT) FROM refunds WHERE state = 'requested' AND requested_at <= $1";
}

row! {
    /// How many of a cooperative's seller orders are in a state, and when the first must be shipped.
    #[derive(Clone, Debug)]
    pub struct Count {
        pub state: SellerOrderState,
        /// How many.
        pub n: i64,
        /// The earliest promise to ship among them.
        pub earliest: Option<At>,
    }
}

/// A cooperative's work by state.
pub async fn counts(conn: &mut Conn, coop: &CoopId) -> Result<Vec<Count>> {
    q(COUNTS).bind(coop).all(conn).await
}

closed_set! {
    /// What an order waits for that somebody has to look after.
    pub enum Trouble {
        /// Money that was promised back is still not there.
        Refund = "refund",
        /// A part that should have been shipped by now.
        Late = "late",
    }
}

/// What the operator searches for; an empty search finds all.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// A part of the number: letters and digits only.
    pub number: String,
    pub state: Option<OrderState>,
    pub channel: Option<Channel>,
    /// With goods of this cooperative.
    pub coop: Option<CoopId>,
    /// Placed on this day or later.
    pub from: Option<Day>,
    /// Placed on this day or earlier.
    pub to: Option<Day>,
    pub trouble: Option<Trouble>,
}

row! {
    /// An order as a list shows it.
    #[derive(Clone, Debug)]
    pub struct Listed {
        pub id: OrderId,
        /// What people see.
        pub number: String,
        /// Where it stands.
        pub state: OrderState,
        /// Where it was created.
        pub channel: Channel,
        /// Paid or to be paid.
        pub total_fen: Fen,
        /// Money back so far.
        pub refunded_fen: Fen,
        pub placed_at: At,
        pub paid_at: Option<At>,
    }
}

row! {
    /// A cooperative's part of a listed order.
    #[derive(Clone, Debug)]
    pub struct SoldBy {
        pub order_id: OrderId,
        /// Where the part stands.
        pub state: SellerOrderState,
        /// The cooperative's name in Chinese.
        pub name: String,
        /// The same in English.
        pub name_en: String,
    }
}

/// Refunds promised before this are stuck: the provider did not take them at once.
fn stuck_before(now: At) -> At {
    now.later(-60 * crate::kernel::time::SECOND)
}

/// Orders that a search finds, the newest first.
pub async fn search(conn: &mut Conn, search: &Search, now: At, (limit, offset): (i64, i64)) -> Result<Vec<Listed>> {
    q(SEARCH)
        .bind(&search.number)
        .bind(search.state.map_or("", OrderState::as_str))
        .bind(search.channel.map_or("", Channel::as_str))
        .bind(search.from.map_or("0000-01-01".to_owned(), |day| day.to_string()))
        .bind(search.to.map_or("9999-12-31".to_owned(), |day| day.to_string()))
        .bind(search.coop.as_ref().map_or("", CoopId::as_str))
        .bind(search.trouble.map_or("", Trouble::as_str))
        .bind(stuck_before(now))
        .bind(now)
        .bind(limit)
        .bind(offset)
        .all(conn)
        .await
}

/// Orders whose receiver has this phone, the newest first. Looking somebody up is an act that is
/// logged, without the phone (I17).
pub async fn of_phone(tx: &mut Tx, phone: &Phone, most: i64, step: &Step) -> Result<Vec<Listed>> {
    let found: Vec<Listed> = q(OF_PHONE).bind(phone).bind(most).all(tx).await?;
    audit_log::by(tx, step, "order.find_by_phone", "phone", &format!("{} orders", found.len())).await?;
    Ok(found)
}

/// The cooperatives' parts of listed orders.
pub async fn sold_by(conn: &mut Conn, orders: &[Listed]) -> Result<Vec<SoldBy>> {
    Query::with_list(SOLD_BY, orders.iter().map(|order| order.id.clone())).all(conn).await
}

/// How many refunds were promised and are not yet with the buyer.
pub async fn stuck_refunds(conn: &mut Conn, now: At) -> Result<i64> {
    let (n,): (i64,) = q(STUCK).bind(stuck_before(now)).one(conn).await?;
    Ok(n)
}

/// The scans of seller orders' shipments, as they came.
pub async fn scans(conn: &mut Conn, sellers: &[SellerOrderId]) -> Result<Vec<Scanned>> {
    Query::with_list(SCANS, sellers).all(conn).await
}
