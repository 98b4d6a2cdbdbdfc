//! The one error of fallible code: refused by the trade, the database away, or a fault.

use super::Refusal;

/// Why something did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The trade says no; told to the person as a 4xx.
    #[error("refused: {0}")]
    Refused(Box<Refusal>),
    /// The database or the disk cannot serve now (503); nothing was done.
    #[error("unavailable: {0}")]
    Unavailable(anyhow::Error),
    /// Two transactions met; the whole transaction may be run again.
    #[error("conflict: {0}")]
    Conflict(anyhow::Error),
    /// What must not happen (500); logged once at the edge.
    #[error("fault: {0:#}")]
    Fault(anyhow::Error),
}

/// Result of fallible code.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A fault with a message for the operator.
    pub fn fault(message: impl Into<String>) -> Self {
        Self::Fault(anyhow::Error::msg(message.into()))
    }

    /// The refusal, if it is one.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Self {
        Self::Fault(error)
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Fault(error.into())
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::Fault(error.into())
    }
}
