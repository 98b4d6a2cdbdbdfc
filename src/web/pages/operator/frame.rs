//! The frame of the operator's desk: who works here, its pages, and what waits behind them.

use axum::http::Uri;

use crate::{
    approvals::waiting,
    db::setback,
    identity::Role,
    orders::listing::stuck_refunds,
    web::{
        Allow, Market, Result,
        auth::Caller,
        pages::{
            desk::{Desk, Pages},
            view::Layout,
        },
    },
};

/// Who works here.
pub const OPERATOR: Allow = Allow::Roles(&[Role::Operator]);

const PAGES: &[Pages] = &[
    (
        "",
        &[
            ("/admin", "operator.approvals"),
            ("/admin/orders", "cases.orders"),
            ("/admin/coupons", "coupons.title"),
            ("/admin/troubles", "troubles.title"),
            ("/admin/searches", "operator.searches"),
            ("/admin/reset-codes", "operator.resets"),
            ("/admin/audit", "operator.log"),
        ],
    ),
    ("operator.elsewhere", &[("/bureau", "operator.bureau"), ("/docs", "operator.docs")]),
];

/// The desk's frame around a page, with what waits behind the others.
pub async fn desk(market: &Market, layout: &Layout, caller: &Caller, uri: &Uri) -> Result<Desk> {
    let mut conn = market.db().read().await?;
    let (_, approvals) = waiting(&mut conn, (1, 0)).await?;
    let troubles = setback::count(&mut conn).await?;
    let refunds = stuck_refunds(&mut conn, market.now()).await?;
    let desk = Desk::of(layout, caller, uri, ("operator.desk", "/admin"), PAGES);
    Ok(desk.waiting("/admin", approvals).waiting("/admin/orders", refunds).waiting("/admin/troubles", troubles))
}
