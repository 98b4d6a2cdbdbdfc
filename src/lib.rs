//! Yanxi Market (延锡集市): the storefront that links cooperatives of Yan'an to buyers in Wuxi.
//!
//! A folder is a capability, and capabilities lie in layers: each may use those above it in this list, never
//! those below; the last group may use all and each other (H1). `docs/architecture.md` says what each is for.

pub mod kernel;

pub mod db;

pub mod identity;

pub mod ledger;

pub mod cooperatives;

pub mod promotions;

pub mod pricing;

pub mod catalogue;

pub mod search;

pub mod stock;

pub mod payments;

pub mod approvals;

pub mod orders;

pub mod counter;

pub mod reports;

pub mod audit;

pub mod app;
pub mod cli;
pub mod config;
pub mod jobs;
pub mod seeds;
pub mod web;
