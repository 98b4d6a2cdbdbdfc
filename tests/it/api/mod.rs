//! The API in process: the cooperatives' and the operator's operations over the small shop.

mod admin;
mod bad_bodies;
mod bad_input;
mod coop;
mod orders;
mod owners;
mod permissions;
mod products;
mod purchase;
mod quotes;
mod reports;
mod session;
pub mod shelf;
mod sizes;
mod statements;
