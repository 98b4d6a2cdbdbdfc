//! An order with all that its page tells.

use crate::{
    db::Conn,
    kernel::{Lang, OrderId, Result},
    orders::{
        read,
        record::{self, Contact, Order, OrderEventRow, Part},
        view::{self as order_view, OrderView},
    },
};

/// An order with all that its page tells.
pub struct Found {
    pub order: Order,
    pub view: OrderView,
    pub contact: Option<Contact>,
    pub events: Vec<OrderEventRow>,
    pub parts: Vec<Part>,
    pub refunds: Vec<record::Refund>,
}

impl Found {
    /// Reads it as it stands now.
    pub async fn read(conn: &mut Conn, id: OrderId, lang: Lang) -> Result<Self> {
        let order = read::by_id(conn, &id).await?;
        Ok(Self {
            contact: read::contact(conn, &id).await?,
            events: read::events(conn, &id).await?,
            parts: read::parts(conn, &id).await?,
            refunds: read::refunds(conn, &id).await?,
            view: order_view::view(conn, order.clone(), lang, true).await?,
            order,
        })
    }
}
