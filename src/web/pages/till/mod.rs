//! The till (收银台): the cart, the checkout, and the sandbox's page of payment.
//!
//! A cart is a cookie (`basket`), shown with prices and stock as of now (`cart`). The checkout is one
//! form (`checkout`: its steps; `typed`: what it holds; `shown`: its page; `regions`: the picker of
//! divisions), priced anew at each look; it places one order however often it is sent, because all
//! tabs of a browser share one key until the order is placed. `pay` plays the provider.

pub mod basket;
mod cart;

use super::super::Route;

/// Routes of this folder.
pub fn routes() -> Vec<Route> {
    [cart::routes()].into_iter().flatten().collect()
}
