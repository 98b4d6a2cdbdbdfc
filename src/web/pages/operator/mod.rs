//! The operator's desk (运营台): what waits for a decision, searches that found nothing, reset codes,
//! the log of acts. Money back, coupons and scans go through the API.

mod approvals;
mod log;
mod resets;
mod searches;

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
const OPERATOR: Allow = Allow::Roles(&[Role::Operator]);

const PAGES: &[Pages] = &[
    (
        "",
        &[
            ("/admin", "operator.approvals"),
            ("/admin/searches", "operator.searches"),
            ("/admin/reset-codes", "operator.resets"),
            ("/admin/audit", "operator.log"),
        ],
    ),
    ("operator.elsewhere", &[("/bureau", "operator.bureau"), ("/docs", "operator.docs")]),
];

/// Routes of this folder.
pub fn routes() -> Vec<Route> {
    [approvals::routes(), searches::routes(), resets::routes(), log::routes()].into_iter().flatten().collect()
}

/// The desk's frame around a page.
fn desk(layout: &Layout, caller: &Caller, uri: &Uri) -> Desk {
    Desk::of(layout, caller, uri, ("operator.desk", "/admin"), PAGES)
}
