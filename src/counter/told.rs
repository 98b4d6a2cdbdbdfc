//! What the journal says of a row of the ledger: read from the ledger and the names of what it is about.

use std::collections::{BTreeSet, HashMap};

use super::{Entry, EntryKind};
use crate::{
    db::{Conn, Query, row, statements},
    kernel::{At, Error, Result},
    ledger::{
        self, Dimensions, Kind,
        dimensions::{self, Known, NONE},
    },
    orders::reference::journal_ref,
};

statements! {
    ORDERS = "SELECT id, number, journal_salt FROM orders WHERE id IN ($1)";
    COOPS = "SELECT id, slug AS name FROM coops WHERE id IN ($1)";
    PRODUCTS = "SELECT id, code AS name FROM products WHERE id IN ($1)";
}

row! {
    struct NumberedOrder {
        id: String,
        number: String,
        journal_salt: String,
    }
}

row! {
    struct Named {
        id: String,
        name: String,
    }
}

/// An order as the journal's references need it.
#[derive(Clone, Debug)]
pub struct Order {
    pub number: String,
    /// The salt of its references.
    pub salt: String,
}

/// The names of what rows of the ledger are about.
#[derive(Default)]
pub struct Names {
    /// By id.
    pub orders: HashMap<String, Order>,
    pub dimensions: Known,
    /// Slugs of cooperatives by id.
    pub coops: HashMap<String, String>,
    /// Codes of products by id.
    pub products: HashMap<String, String>,
}

impl Names {
    /// Reads the names for some rows.
    pub async fn read(conn: &mut Conn, rows: &[ledger::Entry]) -> Result<Self> {
        let unique = |ids: Vec<&str>| ids.into_iter().map(str::to_owned).collect::<BTreeSet<_>>();
        let orders = unique(rows.iter().map(|row| row.subject_id.as_str()).collect());
        let orders: Vec<NumberedOrder> = Query::with_list(ORDERS, orders).all(conn).await?;
        let ids: BTreeSet<i64> = rows.iter().filter_map(|row| row.dimension_id).collect();
        let dimensions = dimensions::read(conn, ids).await?;
        let coops = unique(dimensions.values().map(|d| d.coop_id.as_str()).collect());
        let products = unique(dimensions.values().map(|d| d.product_id.as_str()).collect());
        let coops: Vec<Named> = Query::with_list(COOPS, coops).all(conn).await?;
        let products: Vec<Named> = Query::with_list(PRODUCTS, products).all(conn).await?;
        let by_id = |named: Vec<Named>| named.into_iter().map(|n| (n.id, n.name)).collect();
        let orders = orders.into_iter().map(|o| (o.id, Order { number: o.number, salt: o.journal_salt }));
        Ok(Self { orders: orders.collect(), dimensions, coops: by_id(coops), products: by_id(products) })
    }

    /// The dimensions by which a row is counted.
    pub fn dimensions_of(&self, row: &ledger::Entry) -> Result<&Dimensions> {
        let known = row.dimension_id.and_then(|id| self.dimensions.get(&id));
        known.ok_or_else(|| Error::fault(format!("{} {} counts for nothing that is known", row.key(), row.n)))
    }

    /// What the journal says of a row at a place in the chain; the hash is still to be made.
    pub fn published(&self, row: &ledger::Entry, seq: i64, prev_hash: String, sealed_at: At) -> Result<Entry> {
        let kind = EntryKind::of(row).ok_or_else(|| Error::fault(format!("{} is not public", row.key())))?;
        let order = self.orders.get(&row.subject_id);
        let order = order.ok_or_else(|| Error::fault(format!("{} belongs to no order", row.key())))?;
        let dimensions = self.dimensions_of(row)?;
        let named = |text: &str| (text != NONE).then(|| text.to_owned());
        let line = row.line_no.map(|n| journal_ref(&order.salt, &format!("{}/{n}", order.number)));
        let net = row.net_fen.0;
        Ok(Entry {
            seq,
            sealed_at: sealed_at.hour_rfc3339(),
            prev_hash,
            hash: String::new(),
            kind,
            day: Some(row.day.to_string()),
            at: Some(row.at.hour_rfc3339()),
            channel: Some(dimensions.channel.to_string()),
            county: named(&dimensions.county_code),
            coop: self.coops.get(&dimensions.coop_id).cloned(),
            product: self.products.get(&dimensions.product_id).cloned(),
            category: named(&dimensions.category_code),
            qty: Some(row.qty),
            goods_fen: Some(if net == 0 { row.effective_fen.0 } else { net }),
            schemes: Some(dimensions.schemes.clone()),
            order_ref: Some(journal_ref(&order.salt, &order.number)),
            line_ref: line,
        })
    }
}

/// Where a row stands in a block: a refund on the side of the receipt on
/// which the ledger has it.
pub fn rank(row: &ledger::Entry) -> u8 {
    match row.kind {
        Kind::Sale => 0,
        Kind::Refund if row.debit != ledger::account::DUE => 1,
        Kind::Receipt => 2,
        _ => 3,
    }
}
