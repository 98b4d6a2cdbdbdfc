//! The bureau's desk (统计台): this month at a glance, charts, reports. Read only, no personal data.

mod charts;
mod frame;
mod overview;
mod report;

use crate::web::Route;

/// Routes of this folder.
pub fn routes() -> Vec<Route> {
    [overview::routes(), charts::routes(), report::routes()].into_iter().flatten().collect()
}
