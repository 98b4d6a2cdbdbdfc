//! Orders from quote to refund, each on SQLite and on PostgreSQL.

mod counting;
mod crowd;
mod desks;
mod events;
mod histories;
mod late;
mod lifecycle;
mod races;
mod shell;
mod tamper;
