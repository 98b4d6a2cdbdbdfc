//! The till (收银台): the cart, the checkout, and the sandbox's page of payment.
//!
//! A cart is a cookie (`basket`), shown with prices and stock as of now (`cart`). The checkout is one
//! form (`checkout`: its steps; `typed`: what it holds; `shown`: its page), priced anew at each look.
//! It places one order however often it is sent, because all tabs of a browser share one key until
//! the order is placed. `pay` plays the provider.

pub mod basket;
mod cart;
mod checkout;
mod pay;
mod shown;
mod typed;

use crate::web::Route;

/// Routes of this folder.
pub fn routes() -> Vec<Route> {
    [cart::routes(), checkout::routes(), pay::routes()].into_iter().flatten().collect()
}
