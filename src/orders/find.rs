//! Orders that the operator searches for, a page at a time, the newest first.
//!
//! A page begins behind the last row of the one before (keyset) and reads one index: that of the cooperative, of
//! the trouble, of the number or of the state. What else is asked for is looked at row by row, so many rows for
//! a page at most: a page may be short, and the next goes on from there.

use super::{
    OrderState,
    listing::{Listed, Search, Trouble, stuck_before},
};
use crate::{
    db::{Conn, Query, q, statements},
    kernel::{At, CoopId, Random, Result},
};

/// The orders of `from`, a range of `key`, the newest or the oldest of it first.
macro_rules! listed {
    ($from:literal, $key:literal, newest) => {
        listed!(@ $from, " AND ", $key, " >= $1 AND ", $key, " < $2 ORDER BY ", $key, " DESC LIMIT $3")
    };
    ($from:literal, $key:literal, oldest) => {
        listed!(@ $from, " AND ", $key, " > $1 AND ", $key, " < $2 ORDER BY ", $key, " LIMIT $3")
    };
    (@ $from:literal, $($range:literal),+) => {
        concat!(
            "SELECT o.id, o.number, o.state, o.channel, o.total_fen, o.refunded_fen, o.placed_at, o.paid_at FROM ",
            $from, $($range),+
        )
    };
}

statements! {
    ALL = listed!("orders o WHERE TRUE", "o.id", newest);
    ALL_UP = listed!("orders o WHERE TRUE", "o.id", oldest);
    NUMBERED = listed!("orders o WHERE TRUE", "o.number", newest);
    NUMBERED_UP = listed!("orders o WHERE TRUE", "o.number", oldest);
    // The last letters of a number, which people read out; no two in a million are alike.
    TAILED = listed!("orders o WHERE TRUE", "substr(o.number, 9)", newest);
    TAILED_UP = listed!("orders o WHERE TRUE", "substr(o.number, 9)", oldest);
    IN_STATE = listed!("orders o WHERE o.state = $4", "o.id", newest);
    IN_STATE_UP = listed!("orders o WHERE o.state = $4", "o.id", oldest);
    OF_COOP = listed!("seller_orders s JOIN orders o ON o.id = s.order_id WHERE s.coop_id = $4", "s.order_id", newest);
    OF_COOP_UP = listed!("seller_orders s JOIN orders o ON o.id = s.order_id WHERE s.coop_id = $4", "s.order_id", oldest);
    // The id is an expression: else SQLite walks all orders by it and asks each whether it is one of these.
    STUCK = listed!("(SELECT DISTINCT r.order_id || '' AS order_id FROM refunds r WHERE r.state = 'requested' AND r.requested_at <= $4) x
        JOIN orders o ON o.id = x.order_id WHERE ($5 = '' OR EXISTS (
          SELECT 1 FROM seller_orders p WHERE p.order_id = x.order_id AND p.coop_id = $5))", "x.order_id", newest);
    STUCK_UP = listed!("(SELECT DISTINCT r.order_id || '' AS order_id FROM refunds r WHERE r.state = 'requested' AND r.requested_at <= $4) x
        JOIN orders o ON o.id = x.order_id WHERE ($5 = '' OR EXISTS (
          SELECT 1 FROM seller_orders p WHERE p.order_id = x.order_id AND p.coop_id = $5))", "x.order_id", oldest);
    LATE = listed!("(SELECT DISTINCT s.order_id || '' AS order_id FROM seller_orders s
          WHERE s.state IN ('to_ship', 'part_shipped') AND s.ship_by < $4) x
        JOIN orders o ON o.id = x.order_id WHERE ($5 = '' OR EXISTS (
          SELECT 1 FROM seller_orders p WHERE p.order_id = x.order_id AND p.coop_id = $5))", "x.order_id", newest);
    LATE_UP = listed!("(SELECT DISTINCT s.order_id || '' AS order_id FROM seller_orders s
          WHERE s.state IN ('to_ship', 'part_shipped') AND s.ship_by < $4) x
        JOIN orders o ON o.id = x.order_id WHERE ($5 = '' OR EXISTS (
          SELECT 1 FROM seller_orders p WHERE p.order_id = x.order_id AND p.coop_id = $5))", "x.order_id", oldest);
}

/// Rows that one statement reads, and those that a page looks at.
const AT_ONCE: i64 = 250;
const LOOKED_AT: i64 = 2_000;
/// Ids and numbers lie below it.
const END: &str = "zzzz";

/// How every number begins.
const ALIKE: &str = "YX";

/// Where a page begins; the key is that of a row at the edge of the page shown before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// With the newest.
    #[default]
    First,
    /// Behind this row.
    Older(String),
    /// Before this row.
    Newer(String),
}

/// A page of what was found.
#[derive(Clone, Debug, Default)]
pub struct Page {
    pub orders: Vec<Listed>,
    /// Where the page before begins, and the one behind.
    pub newer: Option<Place>,
    pub older: Option<Place>,
}

/// The index that a search reads.
enum Along {
    All,
    Number(String),
    Tail(String),
    State(OrderState),
    Coop(CoopId),
    Trouble(Trouble),
}

/// A search along its index.
struct Walk<'a> {
    search: &'a Search,
    along: Along,
    now: At,
    most: usize,
}

/// A page of the orders that a search finds. What is typed of a number is its beginning, with or without its
/// first two letters, or the beginning of its last eight.
pub async fn search(conn: &mut Conn, search: &Search, now: At, (place, most): (&Place, usize)) -> Result<Page> {
    let typed = search.number.as_str();
    let walk = Walk { along: along(search), search, now, most };
    if typed.is_empty() || typed.starts_with(ALIKE) || search.trouble.is_some() || search.coop.is_some() {
        return walk.page(conn, place).await;
    }
    // Its last eight letters, or else its beginning; a page that follows says by its key which it is.
    let begun = matches!(place, Place::Older(key) | Place::Newer(key) if key.starts_with(ALIKE));
    if !begun {
        let page = walk.page(conn, place).await?;
        if !page.orders.is_empty() || *place != Place::First {
            return Ok(page);
        }
    }
    let search = &Search { number: format!("{ALIKE}{typed}"), ..search.clone() };
    Walk { along: along(search), search, now, most }.page(conn, place).await
}

fn along(search: &Search) -> Along {
    match (search.trouble, &search.coop, search.number.as_str(), search.state) {
        (Some(trouble), ..) => Along::Trouble(trouble),
        (_, Some(coop), ..) => Along::Coop(coop.clone()),
        (_, _, "", None) => Along::All,
        (_, _, "", Some(state)) => Along::State(state),
        (_, _, number, _) if number.starts_with(ALIKE) => Along::Number(number.to_owned()),
        (_, _, number, _) => Along::Tail(number.to_owned()),
    }
}

/// The last letters of a number.
fn tail(number: &str) -> &str {
    number.get(8..).unwrap_or_default()
}

impl Walk<'_> {
    async fn page(&self, conn: &mut Conn, place: &Place) -> Result<Page> {
        let (low, high) = self.bounds();
        let newer = |orders: &[Listed]| orders.first().map(|order| Place::Newer(self.key(order).to_owned()));
        let older = |orders: &[Listed]| orders.last().map(|order| Place::Older(self.key(order).to_owned()));
        match place {
            Place::Newer(key) => {
                let (mut orders, more) = self.looked(conn, (key.clone(), high), true).await?;
                orders.reverse();
                if more.is_none() && orders.len() < self.most {
                    // Up to the newest: the first page, and that whole.
                    return Box::pin(self.page(conn, &Place::First)).await;
                }
                let newer = if more.is_some() { newer(&orders) } else { None };
                Ok(Page { newer, older: older(&orders), orders })
            }
            Place::First | Place::Older(_) => {
                let behind = if let Place::Older(key) = place { key.clone().min(high) } else { high };
                let (orders, more) = self.looked(conn, (low, behind), false).await?;
                let newer = match place {
                    Place::Older(key) => newer(&orders).or_else(|| Some(Place::Newer(key.clone()))),
                    _ => None,
                };
                Ok(Page { newer, older: more.map(Place::Older), orders })
            }
        }
    }

    /// So many orders of the range as fit on a page, and the key behind which there may be more.
    async fn looked(
        &self,
        conn: &mut Conn,
        (mut low, mut high): (String, String),
        up: bool,
    ) -> Result<(Vec<Listed>, Option<String>)> {
        let (mut found, mut looked): (Vec<Listed>, i64) = (Vec::new(), 0);
        while looked < LOOKED_AT {
            let rows: Vec<Listed> = self.query((&low, &high), up).all(conn).await?;
            let all = i64::try_from(rows.len()).is_ok_and(|n| n < AT_ONCE);
            looked += AT_ONCE;
            for order in rows {
                let key = self.key(&order).to_owned();
                if self.fits(&order) {
                    if found.len() == self.most {
                        let last = found.last().map(|order| self.key(order).to_owned());
                        return Ok((found, last));
                    }
                    found.push(order);
                }
                *(if up { &mut low } else { &mut high }) = key;
            }
            if all {
                return Ok((found, None));
            }
        }
        Ok((found, Some(if up { low } else { high })))
    }

    fn query(&self, (low, high): (&str, &str), up: bool) -> Query {
        let (down_text, up_text) = match self.along {
            Along::All => (ALL, ALL_UP),
            Along::Number(_) => (NUMBERED, NUMBERED_UP),
            Along::Tail(_) => (TAILED, TAILED_UP),
            Along::State(_) => (IN_STATE, IN_STATE_UP),
            Along::Coop(_) => (OF_COOP, OF_COOP_UP),
            Along::Trouble(Trouble::Refund) => (STUCK, STUCK_UP),
            Along::Trouble(Trouble::Late) => (LATE, LATE_UP),
        };
        let query = q(if up { up_text } else { down_text }).bind(low).bind(high).bind(AT_ONCE);
        let coop = self.search.coop.as_ref().map_or("", CoopId::as_str);
        match &self.along {
            Along::All | Along::Number(_) | Along::Tail(_) => query,
            Along::State(state) => query.bind(*state),
            Along::Coop(coop) => query.bind(coop),
            Along::Trouble(Trouble::Refund) => query.bind(stuck_before(self.now)).bind(coop),
            Along::Trouble(Trouble::Late) => query.bind(self.now).bind(coop),
        }
    }

    /// The range of keys: those of the days, or of what was typed of a number.
    fn bounds(&self) -> (String, String) {
        match &self.along {
            Along::Number(typed) | Along::Tail(typed) => (typed.clone(), format!("{typed}{END}")),
            _ => {
                let from = self.search.from.map(|day| Random::least_id(day.start())).unwrap_or_default();
                let to = self.search.to.map(|day| Random::least_id(day.plus_days(1).start()));
                (from, to.unwrap_or_else(|| END.to_owned()))
            }
        }
    }

    /// The place of an order in the index.
    fn key<'o>(&self, order: &'o Listed) -> &'o str {
        match self.along {
            Along::Number(_) => &order.number,
            Along::Tail(_) => tail(&order.number),
            _ => order.id.as_str(),
        }
    }

    /// Whether all that is asked for holds.
    fn fits(&self, order: &Listed) -> bool {
        let Search { number, state, channel, from, to, .. } = self.search;
        let day = order.placed_at.day();
        (order.number.starts_with(number.as_str()) || tail(&order.number).starts_with(number.as_str()))
            && state.is_none_or(|state| state == order.state)
            && channel.is_none_or(|channel| channel == order.channel)
            && from.is_none_or(|from| from <= day)
            && to.is_none_or(|to| day <= to)
    }
}
