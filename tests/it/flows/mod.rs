//! Orders from quote to refund, each on SQLite and on PostgreSQL.

mod corrections;
mod counting;
mod crowd;
mod desks;
mod discounts;
mod drains;
mod dropped;
mod events;
mod going_back;
mod histories;
mod hoarding;
mod jobs;
mod late;
mod lies;
mod lifecycle;
mod locations;
mod money_back;
mod opening;
mod pages_of_desks;
mod proven;
mod races;
mod shell;
mod tamper;
mod tenders;
mod untold;
mod upkeep;
