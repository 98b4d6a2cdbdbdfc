//! Cart and checkout (购物车, 结算): the cart, the checkout, and the sandbox's page of payment.
//!
//! A cart is a cookie (`basket`), shown with prices and stock as of now (`cart`). The checkout is one
//! form (`steps`: what its buttons do; `form`: what it holds; `page`: how it is shown), priced anew at each look.
//! It places one order however often it is sent, because all tabs of a browser share one key until
//! the order is placed. `pay` plays the provider.

pub mod basket;
mod cart;
mod form;
mod page;
mod pay;
mod steps;

use crate::web::Route;

/// Routes of this folder.
pub fn routes() -> Vec<Route> {
    [cart::routes(), steps::routes(), pay::routes()].into_iter().flatten().collect()
}
