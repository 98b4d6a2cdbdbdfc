//! Pages as people see them, asked of the router in process.

mod bureau;
mod coop_desk;
mod english;
mod open;
mod operator;
mod shop;
mod till;
