//! Meilisearch as the second engine: it finds and ranks words, the process does the rest.
//!
//! It is asked only while it holds exactly the catalogue that this process shows (`sync` sees to
//! that), answers within 500 ms, and has not failed several times in a row; else the embedded index
//! answers. It brings codes with a score of the text. Quantities, prices, certificates, season, stock,
//! facets and counts are judged here, so that a count equals its click with either engine.

mod document;
mod http;
mod progress;
mod server;
mod sync;

pub use server::{Found, Meili, is_fresh};
