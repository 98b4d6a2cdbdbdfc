//! The operator's desk (运营台): what waits for a decision, orders with all that repairs them, coupons,
//! searches that found nothing, reset codes, troubles, the log of acts.

mod approvals;
mod coupons;
mod frame;
mod log;
mod order;
mod orders;
mod resets;
mod searches;
mod subject;
mod troubles;

use crate::web::Route;

/// Routes of this folder.
pub fn routes() -> Vec<Route> {
    [
        approvals::routes(),
        orders::routes(),
        order::routes(),
        coupons::routes(),
        searches::routes(),
        resets::routes(),
        troubles::routes(),
        log::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
