//! Pages as people see them, asked of the router in process.

mod bureau;
mod open;
mod operator;
mod shop;
mod till;
