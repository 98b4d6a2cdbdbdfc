//! The market as its neighbours see it.

mod containers;
