//! Pages for people, rendered on the server; page structs stand beside their handlers, or in `page` of a folder.
//!
//! `view` has the layout that all share and says how a page finds its words (`texts`); public pages go
//! through the `Cache`, which renders each once for every change of what it shows.

mod account;
mod bureau;
pub mod card;
mod certificate;
mod checkout;
mod coop_desk;
mod coops;
pub mod desk;
pub mod errors;
pub mod frame;
mod halls;
mod home;
mod me;
mod open;
mod operator;
mod order;
mod product;
mod products;
mod regions;
mod svg;
pub mod texts;
mod trace;
pub mod view;

use axum::http::{HeaderMap, Uri, header};

use super::{Market, Route, assets, auth};
use crate::kernel::Lang;

pub use super::cache::{Cache, Form, Key};

/// All pages.
pub fn routes() -> Vec<Route> {
    [
        assets::routes(),
        account::routes(),
        bureau::routes(),
        coop_desk::routes(),
        coops::routes(),
        halls::routes(),
        home::routes(),
        me::routes(),
        open::routes(),
        operator::routes(),
        order::routes(),
        product::routes(),
        products::routes(),
        checkout::routes(),
        trace::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// `?lang=` of a page is remembered in a cookie.
pub fn remember_language(market: &Market, asked: &Uri, headers: &mut HeaderMap) {
    let Some(query) = asked.query() else { return };
    let lang = query.split('&').filter_map(|pair| pair.strip_prefix("lang=")).find_map(Lang::parse);
    if let Some(lang) = lang.filter(|_| !super::is_api(asked.path()))
        && let Some(cookie) = auth::wish_cookie(market, "lang", lang.tag())
    {
        headers.append(header::SET_COOKIE, cookie);
    }
}
