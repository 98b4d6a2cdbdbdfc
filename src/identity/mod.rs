//! People (账号): who someone is, which role they have, how they sign in.
//!
//! Owns `persons`, `sessions`, `sign_in_guards`, `reset_codes`, `addresses`; holds I11's first half:
//! a request's person comes from its session alone. `person::create(tx, NewPerson, step)` makes an
//! account from a hash of `password::hash`; `session::open` checks a sign-in behind `lockout` and
//! answers a token, `session::who(conn, token, now)` turns it into a [`Person`], `session::close`
//! ends it. A token is stored by SHA-256 only, a password by Argon2id only. The operator issues a
//! one-time `reset` code to a person who forgot; closing an account empties its row and removes
//! addresses, sessions and codes (`orders::account` asks first whether orders are open).

pub mod account;
pub mod address;
pub mod audit;
mod lockout;
pub mod password;
pub mod person;
pub mod reset;
mod role;
pub mod session;

#[cfg(test)]
mod tests;

pub use address::Address;
pub use person::{NewPerson, Person, PersonState, create_person};
pub use role::Role;
