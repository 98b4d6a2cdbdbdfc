//! The operator's desk (运营台): what waits for a decision, orders with all that repairs them, coupons,
//! searches that found nothing, reset codes, the log of acts.

mod approvals;
mod coupons;
mod log;
mod order;
mod orders;
mod resets;
mod searches;
mod subject;

use axum::http::Uri;

use super::{
    desk::{Desk, Pages},
    view::Layout,
};
use crate::{
    approvals::waiting,
    identity::Role,
    orders::listing::stuck_refunds,
    web::{Allow, Market, Result, Route, auth::Caller},
};

/// Who works here.
const OPERATOR: Allow = Allow::Roles(&[Role::Operator]);

const PAGES: &[Pages] = &[
    (
        "",
        &[
            ("/admin", "operator.approvals"),
            ("/admin/orders", "cases.orders"),
            ("/admin/coupons", "coupons.title"),
            ("/admin/searches", "operator.searches"),
            ("/admin/reset-codes", "operator.resets"),
            ("/admin/audit", "operator.log"),
        ],
    ),
    ("operator.elsewhere", &[("/bureau", "operator.bureau"), ("/docs", "operator.docs")]),
];

/// Routes of this folder.
pub fn routes() -> Vec<Route> {
    [
        approvals::routes(),
        orders::routes(),
        order::routes(),
        coupons::routes(),
        searches::routes(),
        resets::routes(),
        log::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The desk's frame around a page, with what waits behind the others.
async fn desk(market: &Market, layout: &Layout, caller: &Caller, uri: &Uri) -> Result<Desk> {
    let mut conn = market.db().read().await?;
    let (_, approvals) = waiting(&mut conn, (1, 0)).await?;
    let refunds = stuck_refunds(&mut conn, market.now()).await?;
    let desk = Desk::of(layout, caller, uri, ("operator.desk", "/admin"), PAGES);
    Ok(desk.waiting("/admin", approvals).waiting("/admin/orders", refunds))
}
