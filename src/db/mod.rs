//! Both databases behind one façade: SQLite (one fair writer, read-only readers) and PostgreSQL.
//!
//! The only place that names sqlx. A statement is one text with `$1…` for both engines,
//! declared in [`statements!`] so that a test prepares all of them on both; rows decode by
//! `#[derive(FromRow)]`. Reads take a [`Conn`] from [`Db::read`]; writes run in [`tx!`],
//! which begins (`BEGIN IMMEDIATE` on SQLite), commits, and repeats a transaction that met
//! another. `migrate` builds the schema, `outbox`, `lease` and `idempotency` are the tables
//! that processes share instead of memory. `audit` is the shape of what `yanxi audit` checks.

pub mod audit;
pub mod audit_log;
mod connect;
pub mod copy;
mod fault;
pub mod idempotency;
pub mod lease;
pub mod market;
pub mod migrate;
pub mod outbox;
mod rows;
mod statement;
mod tx;
mod value;

#[cfg(test)]
mod tests;

pub use connect::{Conn, Db, Engine};
pub use rows::Rows;
pub use sqlx::FromRow;
pub use statement::{Declared, Query, Row, declared, q};
pub use tx::{Tx, pause_before_retry};
pub use value::Value;

pub(crate) use statement::statements;
pub(crate) use tx::tx;
pub(crate) use value::text_enum;
