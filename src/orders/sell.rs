//! The door to the books: an order is sold, whatever paid for it.

use super::{
    books::{self, Goods},
    kinds::OrderEventKind,
    read,
    record::{Line, Order},
    state::{OrderEvent, SellerOrderEvent},
    store,
};
use crate::{
    db::{Tx, q, statements},
    kernel::{At, Result, Step},
    ledger::{Entry, dimensions, post},
    pricing,
    stock::hold,
};

statements! {
    PAID = "UPDATE orders SET state = $1, paid_at = $2, paid_on = $3, closed_at = NULL WHERE id = $4 AND state = $5";
    TO_SHIP = "UPDATE seller_orders SET state = $1,
                 ship_by = $2 + (SELECT c.sla_hours FROM coops c WHERE c.id = seller_orders.coop_id) * 3600000000
               WHERE id = $3 AND state = $4";
    SCHEMES = "UPDATE order_lines SET schemes = $1 WHERE order_id = $2 AND line_no = $3";
}

/// Where the goods of a sale are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Units {
    /// Held for the order.
    Held,
    /// Free at its location: an earlier hold ran out.
    Free,
}

/// A sale of an order.
pub struct Sale<'a> {
    pub units: Units,
    /// When it counts as sold.
    pub at: At,
    /// What came in with it, to be posted.
    pub tenders: Vec<Entry>,
    /// By what it was paid, for the order's history.
    pub paid_by: &'a str,
}

/// Sells an order within the caller's transaction, whose order row is locked: its units leave the stock, its states
/// move on, and its money goes from its account to what the cooperatives will be owed.
pub async fn sell(tx: &mut Tx, order: &mut Order, sale: Sale<'_>, step: &mut Step) -> Result<()> {
    match sale.units {
        Units::Held => hold::take(tx, &order.id, step).await?,
        Units::Free => hold::take_again(tx, &order.id, step).await?,
    }
    let mut entries = sale.tenders;
    entries.extend(sold(tx, order, sale.at).await?);
    post::post(tx, step, entries).await?;
    store::note(tx, &order.id, (OrderEventKind::Paid, sale.paid_by), step).await
}

/// The order's states move on; answers the entries of its sale.
async fn sold(tx: &mut Tx, order: &mut Order, at: At) -> Result<Vec<Entry>> {
    let to = order.state.apply(OrderEvent::Pay)?;
    let update = q(PAID).bind(to).bind(at).bind(at.day()).bind(&order.id).bind(order.state);
    tx.expect_rows(update, 1).await?;
    (order.state, order.paid_at, order.paid_on) = (to, Some(at), Some(at.day()));
    let sellers = read::sellers(tx, &order.id).await?;
    for seller in &sellers {
        let to = seller.state.apply(SellerOrderEvent::Pay)?;
        tx.expect_rows(q(TO_SHIP).bind(to).bind(at).bind(&seller.id).bind(seller.state), 1).await?;
    }
    let mut lines = read::lines(tx, &order.id).await?;
    copy_schemes(tx, &mut lines, at).await?;
    let discounts = read::discounts(tx, order).await?;
    let parts = read::paired_parts(tx, &order.id).await?;
    let goods = Goods { order, sellers: &sellers, lines: &lines, discounts: &discounts, parts: &parts };
    let sale = books::sale(goods, at)?;
    dimensions::keep(tx, &sale.dimensions).await?;
    Ok(sale.entries)
}

/// The lines copy the schemes that hold when they are paid (C1).
async fn copy_schemes(tx: &mut Tx, lines: &mut [Line], at: At) -> Result<()> {
    let products = lines.iter().map(|l| l.product_id.clone()).collect();
    let valid = pricing::schemes_on(tx, products, at.day()).await?;
    for line in lines {
        let own: Vec<&String> = valid.iter().filter(|v| v.0 == line.product_id).map(|v| &v.1).collect();
        let schemes = serde_json::to_string(&own)?;
        if schemes != line.schemes {
            let update = q(SCHEMES).bind(&schemes).bind(&line.order_id).bind(line.line_no);
            tx.expect_rows(update, 1).await?;
            line.schemes = schemes;
        }
    }
    Ok(())
}
