//! Accounts (科目). Whose an account is follows from the row: the order's is its subject's, a cooperative's
//! that of its dimensions.

/// The account of the order that is the row's subject.
pub const ORDER: &str = "order";
/// Money of the row's cooperative whose goods are not yet received (在途).
pub const TRANSIT: &str = "transit";
/// Money due to the row's cooperative.
pub const DUE: &str = "due";
/// Of rows that move no money.
pub const NOTHING: &str = "none";

/// Money that a provider or till holds for the market, by method of payment.
pub fn clearing(method: &str) -> String {
    format!("clearing:{method}")
}

/// Who pays a promotion: `promotion:platform`, `promotion:government`.
pub fn promotion(funder: &str) -> String {
    format!("promotion:{funder}")
}

/// From one account to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// Account that gives.
    pub debit: String,
    /// Account that gets.
    pub credit: String,
}

impl Move {
    /// From one to the other.
    pub fn new(debit: impl Into<String>, credit: impl Into<String>) -> Self {
        Self { debit: debit.into(), credit: credit.into() }
    }

    /// No money moves.
    pub fn nothing() -> Self {
        Self::new(NOTHING, NOTHING)
    }
}
