//! What is open to everyone: the sales counter, the journal, the API's documentation, the rules.

mod counter;
mod docs;
mod journal;
mod legal;

use crate::web::Route;

/// Routes of this folder.
pub fn routes() -> Vec<Route> {
    [counter::routes(), docs::routes(), journal::routes(), legal::routes()].into_iter().flatten().collect()
}
