//! The size of a generated market.

/// How much to generate.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub products: u64,
    pub orders: u64,
    /// Rows of the ledger without orders behind them.
    pub ledger_lines: u64,
    /// The same seed makes the same market.
    pub seed: u64,
}
