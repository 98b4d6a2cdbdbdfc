//! A buyer's account over its orders: what is known of a person, and closing it.

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Trade, read,
    view::{self, OrderView},
};
use crate::{
    db::{Conn, q, statements, tx},
    identity::{self, Address, Person, address, session},
    kernel::{At, Code, Lang, Refusal, Result},
};

/// Orders of one export are read in steps of this many.
const STEP: i64 = 100;

statements! {
    FORGET_CONTACTS = "DELETE FROM order_contacts WHERE order_id IN (SELECT id FROM orders WHERE person_id = $1)";
}

/// Everything that is kept about a person (PIPL art. 45).
#[derive(Debug, Serialize, ToSchema)]
pub struct Export {
    /// Said where the database is a demonstration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
    #[schema(value_type = String)]
    pub exported_at: At,
    pub account: AccountView,
    pub addresses: Vec<AddressView>,
    pub sessions: Vec<SessionView>,
    pub orders: Vec<OrderView>,
}

/// The account itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountView {
    pub login: String,
    pub name: String,
    pub role: String,
    #[schema(value_type = String)]
    pub created_at: At,
}

/// An address that is kept for later orders.
#[derive(Debug, Serialize, ToSchema)]
pub struct AddressView {
    pub id: String,
    pub name: String,
    pub phone: String,
    pub region_code: String,
    pub street: String,
    pub is_default: bool,
}

/// A session that is open.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionView {
    #[schema(value_type = String)]
    pub created_at: At,
    #[schema(value_type = String)]
    pub expires_at: At,
}

impl From<Address> for AddressView {
    fn from(a: Address) -> Self {
        let Address { id, name, phone, region_code, street, is_default, .. } = a;
        Self { id, name, phone: phone.to_string(), region_code: region_code.to_string(), street, is_default }
    }
}

/// All that is known of a person, orders newest first.
pub async fn export(conn: &mut Conn, person: &Person, lang: Lang, now: At) -> Result<Export> {
    let addresses = address::list(conn, &person.id).await?.into_iter().map(AddressView::from).collect();
    let sessions = session::list(conn, &person.id, now).await?;
    let sessions = sessions.into_iter().map(|s| SessionView { created_at: s.created_at, expires_at: s.expires_at });
    let account = AccountView {
        login: person.login.clone(),
        name: person.name.clone(),
        role: person.role.to_string(),
        created_at: person.created_at,
    };
    let mut orders = Vec::new();
    loop {
        let offset = i64::try_from(orders.len()).unwrap_or(i64::MAX);
        let (next, total) = read::of_person(conn, &person.id, (STEP, offset)).await?;
        let last = next.is_empty() || offset + STEP >= total;
        for order in next {
            orders.push(view::view(conn, order, lang, true).await?);
        }
        if last {
            break;
        }
    }
    Ok(Export { notice: None, exported_at: now, account, addresses, sessions: sessions.collect(), orders })
}

/// Closes a person's account: name, login, addresses, sessions and the receivers of past orders go;
/// the orders stay without a name for as long as the law asks (电商法 art. 31). Refuses while an
/// order is not finished.
pub async fn close(trade: &Trade, who: &Person) -> Result<()> {
    tx!(trade.db, tx, {
        let open = read::open_of_person(&mut tx, &who.id).await?;
        if open > 0 {
            return Err(Refusal::new(Code::AccountHasOpenOrders).with("orders", open).into());
        }
        q(FORGET_CONTACTS).bind(&who.id).exec(&mut tx).await?;
        identity::account::close(&mut tx, &who.id, &trade.step(who.actor())).await
    })
}
