//! Writing an order's rows: whole, and the changes of state that several verbs make.

use super::{
    OrderState, SellerOrderState,
    kinds::OrderEventKind,
    record::{self, Order, OrderEventRow, Record, SellerOrder},
    state::OrderEvent,
};
use crate::{
    db::{self, Rows, Tx, q, statements},
    kernel::{At, OrderId, Result, SellerOrderId, Step},
};

statements! {
    ORDER_STATE = "UPDATE orders SET state = $1, closed_at = $2 WHERE id = $3 AND state = $4";
    SELLER_STATE = "UPDATE seller_orders SET state = $1 WHERE id = $2 AND state = $3";
}

/// Inserts orders with all that belongs to them, one statement for each table; `false` where the
/// quote of a single order was used before (I2). Generators pass many at once.
pub async fn insert(tx: &mut Tx, records: &[Record]) -> Result<bool> {
    let mut orders = Rows::to::<Order>()?;
    let mut contacts = Rows::to::<record::Contact>()?;
    let mut sellers = Rows::to::<SellerOrder>()?;
    let mut lines = Rows::to::<record::Line>()?;
    let mut discounts = Rows::to::<record::LineDiscount>()?;
    let mut parts = Rows::to::<record::Part>()?;
    let mut events = Rows::to::<OrderEventRow>()?;
    for record in records {
        orders.add(&record.order);
        contacts.add(&record.contact);
        record.sellers.iter().for_each(|seller| sellers.add(seller));
        record.lines.iter().for_each(|line| lines.add(line));
        record.discounts.iter().for_each(|discount| discounts.add(discount));
        record.parts.iter().for_each(|part| parts.add(part));
        record.events.iter().for_each(|event| events.add(event));
    }
    if orders.exec(tx).await? != records.len() as u64 {
        return Ok(false);
    }
    for rows in [contacts, sellers, lines, discounts, parts, events] {
        rows.exec(tx).await?;
    }
    Ok(true)
}

/// Writes an event of an order.
pub async fn note(
    tx: &mut Tx,
    order: &OrderId,
    (kind, detail): (OrderEventKind, impl Into<String>),
    step: &mut Step,
) -> Result<()> {
    let event = record::event(step, order, kind, None, detail)?;
    db::insert(tx, &event).await.map(|_| ())
}

/// Writes an event of a cooperative's part of an order.
pub async fn note_seller_order(
    tx: &mut Tx,
    (order, seller): (&OrderId, &SellerOrderId),
    (kind, detail): (OrderEventKind, impl Into<String>),
    step: &mut Step,
) -> Result<()> {
    let event = record::event(step, order, kind, Some(seller), detail)?;
    db::insert(tx, &event).await.map(|_| ())
}

/// Ends an order by an event; refuses what its state does not allow. Its row is locked.
pub async fn end(tx: &mut Tx, order: &Order, event: OrderEvent, at: At) -> Result<OrderState> {
    let to = order.state.apply(event)?;
    tx.expect_rows(q(ORDER_STATE).bind(to).bind(at).bind(&order.id).bind(order.state), 1).await?;
    Ok(to)
}

/// Brings a seller order, whose order is locked, to a state.
pub async fn move_seller(tx: &mut Tx, seller: &SellerOrder, to: SellerOrderState) -> Result<()> {
    tx.expect_rows(q(SELLER_STATE).bind(to).bind(&seller.id).bind(seller.state), 1).await
}
