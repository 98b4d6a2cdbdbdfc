//! The cooperative's desk (我的摊位): what to ship, what is in stock, what it will get. Made for one
//! phone: three big actions first, one form a page.

mod apply;
mod batches;
mod certificates;
mod frame;
mod orders;
mod overview;
mod product_form;
mod products;
mod sku;
mod statement;

use crate::web::Route;

/// Routes of this folder.
pub fn routes() -> Vec<Route> {
    [
        overview::routes(),
        orders::routes(),
        products::routes(),
        product_form::routes(),
        sku::routes(),
        certificates::routes(),
        batches::routes(),
        statement::routes(),
        apply::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
