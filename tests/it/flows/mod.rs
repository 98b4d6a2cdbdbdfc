//! Orders from quote to refund, each on SQLite and on PostgreSQL.

mod desks;
mod late;
mod lifecycle;
mod races;
