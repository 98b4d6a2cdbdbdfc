//! Orders from quote to refund over a real SQLite file; tests/it runs flows on both databases.

mod desks;
mod fixture;
mod late;
mod lifecycle;
mod races;
