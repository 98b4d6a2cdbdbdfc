//! Cooperatives (合作社): who sells, with whom they work, and what their freight costs.
//!
//! Owns `coops`, `households`, `freight_templates`, `freight_rules`. `insert` holds the rows' statements
//! for whoever adds many.

pub mod insert;
