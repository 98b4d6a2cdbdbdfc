//! The market as its neighbours see it: flows, pages and programs on both databases.
//!
//! `support` gives each test a database of its own; `api` asks the router in process; `browser` touches
//! the pages as people do; `house` holds the code to its own rules;
//! `statements` prepares every statement on both engines; `flows` walks orders through their lives;
//! `seeds` checks the demonstration and generated markets; `faults` kills and starves the program; `containers` checks the scaled shape's files.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod api;
mod browser;
mod containers;
mod faults;
mod flows;
mod house;
mod house_shape;
mod index_follows;
mod pages;
mod relevance;
mod search;
mod search_changes;
mod search_meili;
mod search_words;
mod seeds;
mod statements;
mod style;
mod support;
