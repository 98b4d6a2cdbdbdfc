//! Both databases behind one façade: SQLite (one fair writer, read-only readers) and PostgreSQL.
//!
//! The only place that names sqlx. A statement is one text with `$1…` for both engines, declared in
//! `statements!` so that a test prepares all of them on both. A table is declared once (`table!`, `view!`,
//! `row!`): columns, INSERT, SELECT, reading and the words of its closed sets (`closed`) come from there.
//! Reads take a [`Conn`] from [`Db::read`], reports a [`Reading`] from connections of their own; writes run in `tx!`, which begins (`BEGIN IMMEDIATE` on SQLite),
//! commits, and repeats a transaction that met another; under an idempotency key they are a [`Work`] (`once!`).
//! `migrate` builds the schema, `outbox`, `lease`, `setback` and `idempotency` are the tables that processes
//! share instead of memory. `audit` is the shape of what `yanxi audit` checks.

pub mod audit;
pub mod audit_log;
pub mod closed;
mod conn;
mod connect;
pub mod copy;
mod counts;
mod fault;
pub mod idempotency;
pub mod lease;
pub mod market;
pub mod migrate;
pub mod outbox;
mod reader;
mod report;
mod row;
mod rows;
pub mod setback;
mod shared;
mod statement;
mod table;
mod tries;
mod tx;
mod value;
mod work;

#[cfg(test)]
mod tests;

pub use conn::{Conn, Engine};
pub use connect::Db;
pub use counts::{Counts, counts};
pub use reader::Reader;
pub use report::Reading;
pub use row::{Field, Row, column};
pub use rows::{Rows, insert, insert_all};
pub use statement::{Declared, Query, declared, q, q_in_order};
pub use table::{Table, adding_text, as_text, insert_text, returning_text, select_text};
pub use tries::Tries;
pub use tx::Tx;
pub use value::{Bound, Stored, Value};
pub use work::Work;

pub(crate) use row::row;
pub(crate) use statement::statements;
pub(crate) use table::{returning, select, table, tail, view};
pub(crate) use tries::tx;
pub(crate) use work::once;
