//! The market in a real browser.

fn main() {}
