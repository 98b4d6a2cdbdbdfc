//! Orders as the desks list them: a cooperative's counts, and what the operator searches for.

use super::{OrderState, SellerOrderState, record::Scanned};
use crate::{
    db::{Conn, Query, Tx, audit_log, q, row, select, statements},
    kernel::{At, Channel, CoopId, Day, Fen, OrderId, Phone, Result, SellerOrderId, Step, closed_set},
};

statements! {
    COUNTS = "SELECT state, CAST(count(*) AS BIGINT) AS n, MIN(ship_by) AS earliest FROM seller_orders
              WHERE coop_id = $1 AND state IN ('to_ship', 'part_shipped', 'shipped')
              GROUP BY state ORDER BY state";
    OF_PHONE = "SELECT o.id, o.number, o.state, o.channel, o.total_fen, o.refunded_fen, o.placed_at, o.paid_at
                FROM order_contacts c JOIN orders o ON o.id = c.order_id
                WHERE c.phone = $1 ORDER BY o.placed_at DESC, o.id DESC LIMIT $2";
    SOLD_BY = "SELECT s.order_id, s.state, c.name, c.name_en FROM seller_orders s JOIN coops c ON c.id = s.coop_id
               WHERE s.order_id IN ($1) ORDER BY s.order_id, s.position";
    DUE = "SELECT s.id, s.order_id, s.ship_by FROM seller_orders s
           WHERE s.coop_id = $1 AND s.state = $2 AND s.state IN ('to_ship', 'part_shipped')
             AND (s.ship_by, s.order_id) > ($3, $4) ORDER BY s.ship_by, s.order_id LIMIT $5";
    DUE_BEFORE = "SELECT s.id, s.order_id, s.ship_by FROM seller_orders s
           WHERE s.coop_id = $1 AND s.state = $2 AND s.state IN ('to_ship', 'part_shipped')
             AND (s.ship_by, s.order_id) < ($3, $4) ORDER BY s.ship_by DESC, s.order_id DESC LIMIT $5";
    SENT = "SELECT s.id, s.order_id, s.ship_by FROM seller_orders s
            WHERE s.coop_id = $1 AND s.state = $2 AND s.order_id < $3 ORDER BY s.order_id DESC LIMIT $4";
    SENT_BEFORE = "SELECT s.id, s.order_id, s.ship_by FROM seller_orders s
            WHERE s.coop_id = $1 AND s.state = $2 AND s.order_id > $3 ORDER BY s.order_id LIMIT $4";
    OWN = "SELECT s.id, s.order_id, s.ship_by FROM seller_orders s WHERE s.id = $1 AND s.coop_id = $2";
    SCANS = select!(Scanned, "WHERE seller_order_id IN ($1) ORDER BY recorded_at, kind");
    STUCK = "SELECT CAST(count(*) AS BIGINT) FROM refunds WHERE state = 'requested' AND requested_at <= $1";
}

/// No id is behind it.
const LAST: &str = "zzzz";

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

/// A cooperative's work by state: what waits for it, or is on its way.
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
    /// The beginning of the number or of its last eight letters: letters and digits only.
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
pub(super) fn stuck_before(now: At) -> At {
    now.later(-60 * crate::kernel::time::SECOND)
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

row! {
    /// A seller order's place in a cooperative's list.
    struct Listing {
        id: SellerOrderId,
        order_id: OrderId,
        ship_by: Option<At>,
    }
}

/// Where a page of a cooperative's list begins, by the seller order at the edge of the page shown before.
#[derive(Clone, Debug, Default)]
pub enum Turn {
    #[default]
    First,
    After(SellerOrderId),
    Before(SellerOrderId),
}

/// A page of a cooperative's list, and whether there are others before and behind it.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    pub ids: Vec<SellerOrderId>,
    pub before: bool,
    pub after: bool,
}

/// A cooperative's seller orders in one state: what is to be shipped by its deadline, the earliest first; else the
/// newest first.
pub async fn of_coop(
    conn: &mut Conn,
    coop: &CoopId,
    state: SellerOrderState,
    (turn, most): (&Turn, usize),
) -> Result<Parts> {
    let edge = match turn {
        Turn::First => None,
        Turn::After(id) | Turn::Before(id) => q(OWN).bind(id).bind(coop).opt::<Listing>(conn).await?,
    };
    let back = edge.is_some() && matches!(turn, Turn::Before(_));
    let due = state.is_to_ship();
    let text = match (due, back) {
        (true, false) => DUE,
        (true, true) => DUE_BEFORE,
        (false, false) => SENT,
        (false, true) => SENT_BEFORE,
    };
    let begun = edge.is_some();
    let first = Listing {
        id: SellerOrderId(String::new()),
        order_id: OrderId(if due { String::new() } else { LAST.to_owned() }),
        ship_by: Some(At(i64::MIN)),
    };
    let edge = edge.unwrap_or(first);
    let query = q(text).bind(coop).bind(state);
    let query = if due { query.bind(edge.ship_by.unwrap_or(At(i64::MIN))) } else { query };
    // One more than is shown tells whether there are others.
    let wanted = i64::try_from(most + 1).unwrap_or(i64::MAX);
    let rows: Vec<Listing> = query.bind(&edge.order_id).bind(wanted).all(conn).await?;
    let more = rows.len() > most;
    let mut ids: Vec<SellerOrderId> = rows.into_iter().take(most).map(|row| row.id).collect();
    if back {
        ids.reverse();
        return Ok(Parts { ids, before: more, after: true });
    }
    Ok(Parts { ids, before: begun, after: more })
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
