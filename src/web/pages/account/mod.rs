//! Pages of the account before one is in it: sign in, sign out, register, set a forgotten password anew.

mod onward;
mod register;
mod reset;
mod sign_in;

use crate::web::Route;

/// Routes of this folder.
pub fn routes() -> Vec<Route> {
    [sign_in::routes(), register::routes(), reset::routes()].into_iter().flatten().collect()
}
