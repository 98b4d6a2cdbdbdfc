//! Cooperatives (合作社): who sells, with whom they work, and what their freight costs.
//!
//! Owns `coops`, `coop_applicants`, `households`, `freight_templates`, `freight_rules`. A person `apply`s;
//! the operator decides, and an approved one gets freight to start with and its applicant its account
//! (电商法 art. 27: nobody sells before the documents were seen). `table` holds the rows for whoever adds
//! some, `household` whom they work with, `service` how goods travel.

pub mod apply;
pub mod decide;
pub mod household;
pub mod service;
pub mod state;
pub mod table;
