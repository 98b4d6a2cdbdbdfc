//! What all rooms of a buyer share.

use crate::{
    identity::{Person, Role},
    web::{Market, auth::Caller, pages::view::Layout},
};

/// The frame of a room.
pub struct Room {
    /// Which one: `orders`, `addresses`, `account`.
    pub here: &'static str,
    pub name: String,
    /// The desk of who works here: address and words.
    pub desk: Option<(&'static str, String)>,
}

impl Room {
    pub fn of(layout: &Layout, person: &Person, here: &'static str) -> Self {
        let desk = match person.role {
            Role::Shopper | Role::Clerk => None,
            Role::Coop => Some("/coop"),
            Role::Bureau => Some("/bureau"),
            Role::Operator => Some("/admin"),
        };
        Self { here, name: person.name.clone(), desk: desk.map(|to| (to, layout.t("me.desk").to_owned())) }
    }
}

/// The layout of a room's page.
pub fn layout(market: &Market, caller: &Caller, key: &str) -> Layout {
    Layout::of(market, caller.lang, key).nav("me")
}
