//! Pages as people see them, asked of the router in process.

mod bureau;
mod checkout;
mod coop_desk;
mod english;
mod figures;
mod open;
mod operator;
mod real;
mod shop;
mod wire;
