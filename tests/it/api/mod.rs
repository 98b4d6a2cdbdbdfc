//! The API in process: the cooperatives' and the operator's operations over the small shop.

mod admin;
mod coop;
mod orders;
mod products;
mod reports;
mod session;
