//! A buyer's own rooms (我的): orders, addresses, and the account itself with all that the law lets
//! its owner do alone (PIPL art. 44–50): see, correct, export, remove, close.

mod account;
mod addresses;
mod orders;

use crate::{
    identity::{Person, Role},
    web::{Market, Route, auth::Caller, pages::view::Layout},
};

/// Routes of this folder.
pub fn routes() -> Vec<Route> {
    [orders::routes(), addresses::routes(), account::routes()].into_iter().flatten().collect()
}

/// What all rooms share.
struct Room {
    /// Which one: `orders`, `addresses`, `account`.
    here: &'static str,
    name: String,
    /// The desk of who works here: address and words.
    desk: Option<(&'static str, String)>,
}

impl Room {
    fn of(layout: &Layout, person: &Person, here: &'static str) -> Self {
        let desk = match person.role {
            Role::Shopper => None,
            Role::Coop => Some("/coop"),
            Role::Clerk => Some("/pos"),
            Role::Bureau => Some("/bureau"),
            Role::Operator => Some("/admin"),
        };
        Self { here, name: person.name.clone(), desk: desk.map(|to| (to, layout.t("me.desk").to_owned())) }
    }
}

fn layout(market: &Market, caller: &Caller, key: &str) -> Layout {
    Layout::of(market, caller.lang, key).nav("me")
}
