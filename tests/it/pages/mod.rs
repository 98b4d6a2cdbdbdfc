//! Pages as people see them, asked of the router in process.

mod bureau;
mod open;
mod shop;
mod till;
