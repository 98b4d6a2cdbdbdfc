//! The API `/api/v1` for programs: each file holds the operations of one capability, with their
//! rows of the route table and their part of the `OpenAPI` document.

pub mod catalogue;
pub mod counter;
pub mod health;
pub mod orders;
pub mod payments;
pub mod quotes;

use super::Route;

/// All operations.
pub fn routes() -> Vec<Route> {
    [catalogue::routes(), counter::routes(), health::routes(), orders::routes(), payments::routes(), quotes::routes()]
        .into_iter()
        .flatten()
        .collect()
}
