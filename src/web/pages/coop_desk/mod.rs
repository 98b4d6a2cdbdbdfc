//! The cooperative's desk (我的摊位): what to ship, what is in stock, what it will get. Made for one
//! phone: three big actions first, one form a page.

mod goods;
mod orders;
mod overview;
mod statement;

use axum::http::Uri;

use super::{
    desk::{Desk, Pages},
    view::Layout,
};
use crate::{
    identity::Role,
    web::{Allow, Route, auth::Caller},
};

/// Who works here.
const COOP: Allow = Allow::Roles(&[Role::Coop]);

const PAGES: &[Pages] = &[(
    "",
    &[
        ("/coop", "stall.overview"),
        ("/coop/orders", "stall.orders"),
        ("/coop/products", "stall.goods"),
        ("/coop/statement", "stall.statement"),
    ],
)];

/// Routes of this folder.
pub fn routes() -> Vec<Route> {
    [overview::routes(), orders::routes(), goods::routes(), statement::routes()].into_iter().flatten().collect()
}

/// The desk's frame around a page.
fn desk(layout: &Layout, caller: &Caller, uri: &Uri) -> Desk {
    Desk::of(layout, caller, uri, ("stall.desk", "/coop"), PAGES)
}
