//! The API `/api/v1` for programs: each file holds the operations of one capability, with their
//! rows of the route table (`routes`) and their part of the `OpenAPI` document (`Operations`).

pub mod approvals;
pub mod catalogue;
pub mod coop_orders;
pub mod coop_products;
pub mod coop_stock;
pub mod counter;
pub mod coupons;
pub mod health;
pub mod operator;
pub mod orders;
pub mod own_product;
pub mod payments;
pub mod quotes;
pub mod regions;
pub mod reports;
pub mod session;
pub mod statements;
pub mod trace;

use utoipa::{OpenApi, openapi};

use super::Route;

/// All operations.
pub fn routes() -> Vec<Route> {
    [
        operator::routes(),
        approvals::routes(),
        catalogue::routes(),
        coop_orders::routes(),
        coop_products::routes(),
        coop_stock::routes(),
        counter::routes(),
        coupons::routes(),
        health::routes(),
        orders::routes(),
        payments::routes(),
        quotes::routes(),
        regions::routes(),
        reports::routes(),
        session::routes(),
        statements::routes(),
        trace::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Descriptions of all operations, one document for each file.
pub fn documents() -> Vec<openapi::OpenApi> {
    vec![
        operator::Operations::openapi(),
        approvals::Operations::openapi(),
        catalogue::Operations::openapi(),
        coop_orders::Operations::openapi(),
        coop_products::Operations::openapi(),
        coop_stock::Operations::openapi(),
        counter::Operations::openapi(),
        coupons::Operations::openapi(),
        orders::Operations::openapi(),
        payments::Operations::openapi(),
        quotes::Operations::openapi(),
        regions::Operations::openapi(),
        reports::Operations::openapi(),
        session::Operations::openapi(),
        statements::Operations::openapi(),
        trace::Operations::openapi(),
    ]
}
