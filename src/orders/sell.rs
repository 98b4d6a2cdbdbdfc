//! The door to the books: an order is sold, whatever paid for it.

use super::{
    OrderState, SellerOrderState,
    books::{self, Goods},
    kinds::OrderEventKind,
    read::{self, SoldPart},
    record::{Line, Order, PairedPart, SellerOrder},
    state::{OrderEvent, SellerOrderEvent},
    store,
};
use crate::{
    db::{Tx, q, returning, statements},
    kernel::{At, Error, Fen, Result, Step},
    ledger::{Entry, dimensions, post},
    pricing,
    stock::hold,
};

statements! {
    PAID = "UPDATE orders SET state = $1, paid_at = $2, paid_on = $3, closed_at = NULL, tendered_fen = tendered_fen + $4
            WHERE id = $5 AND state = $6";
    TO_SHIP = returning!(SellerOrder, "UPDATE seller_orders SET state = $1,
                 ship_by = $2 + (SELECT c.sla_hours FROM coops c WHERE c.id = seller_orders.coop_id) * 3600000000
               WHERE order_id = $3 AND state = $4");
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
    /// What came in with it, to be posted and counted on the order's row.
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
    let tendered = Fen::sum(entries.iter().map(|entry| entry.amount_fen))?;
    entries.extend(sold(tx, order, tendered, sale.at).await?);
    post::post(tx, step, entries).await?;
    store::note(tx, &order.id, (OrderEventKind::Paid, sale.paid_by), step).await
}

/// The order's states move on; answers the entries of its sale.
async fn sold(tx: &mut Tx, order: &mut Order, tendered: Fen, at: At) -> Result<Vec<Entry>> {
    let unpaid = match order.state {
        OrderState::Expired => SellerOrderState::Cancelled,
        _ => SellerOrderState::AwaitingPayment,
    };
    let (to, part) = (order.state.apply(OrderEvent::Pay)?, unpaid.apply(SellerOrderEvent::Pay)?);
    let update = q(PAID).bind(to).bind(at).bind(at.day()).bind(tendered).bind(&order.id).bind(order.state);
    tx.expect_rows(update, 1).await?;
    (order.state, order.paid_at, order.paid_on) = (to, Some(at), Some(at.day()));
    let sellers: Vec<SellerOrder> = q(TO_SHIP).bind(part).bind(at).bind(&order.id).bind(unpaid).all(tx).await?;
    let (lines, parts) = goods(tx, order, at).await?;
    if !lines.iter().all(|line| sellers.iter().any(|seller| seller.id == line.seller_order_id)) {
        return Err(Error::fault(format!("order {} has a part that did not wait for payment", order.number)));
    }
    let discounts = read::discounts(tx, order).await?;
    let goods = Goods { order, sellers: &sellers, lines: &lines, discounts: &discounts, parts: &parts };
    let sale = books::sale(goods, at)?;
    dimensions::keep(tx, &sale.dimensions).await?;
    Ok(sale.entries)
}

/// Lines and parts of an order; the lines copy the schemes that hold when they are paid (C1).
async fn goods(tx: &mut Tx, order: &Order, at: At) -> Result<(Vec<Line>, Vec<PairedPart>)> {
    let rows = read::sold_parts(tx, &order.id, at.day()).await?;
    let (mut lines, mut parts): (Vec<Line>, _) = (Vec::new(), Vec::with_capacity(rows.len()));
    for SoldPart { mut line, part, schemes_now } in rows {
        parts.push(part);
        if lines.last().is_some_and(|last| last.line_no == line.line_no) {
            continue;
        }
        let schemes = serde_json::to_string(&pricing::scheme_codes(schemes_now.as_deref()))?;
        if schemes != line.schemes {
            let update = q(SCHEMES).bind(&schemes).bind(&line.order_id).bind(line.line_no);
            tx.expect_rows(update, 1).await?;
            line.schemes = schemes;
        }
        lines.push(line);
    }
    Ok((lines, parts))
}
