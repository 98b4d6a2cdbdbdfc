//! A buyer's own rooms (我的): orders, addresses, and the account itself with all that the law lets
//! its owner do alone (PIPL art. 44–50): see, correct, export, remove, close.

mod account;
mod addresses;
mod orders;
mod room;

use crate::web::Route;

/// Routes of this folder.
pub fn routes() -> Vec<Route> {
    [orders::routes(), addresses::routes(), account::routes()].into_iter().flatten().collect()
}
