//! Where a product stands between its cooperative's desk and the shelf, and what moves it.

use crate::kernel::{Code, Refusal, closed_set};

closed_set! {
    /// Where a product stands.
    pub enum ListingState {
        /// Being written by its cooperative.
        Draft = "draft" ["草稿", "draft"],
        Submitted = "submitted" ["待审核", "waits for the operator"],
        Published = "published" ["在售", "on sale"],
        /// Taken off by its cooperative or by the operator.
        Withdrawn = "withdrawn" ["已下架", "taken off"],
    }
}

/// What happens to a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListingEvent {
    /// Its cooperative sends it to the operator.
    Submit,
    /// Its cooperative takes it off.
    Withdraw,
    /// The operator lets it be sold.
    Approve,
    /// The operator sends it back with a reason or a question.
    SendBack,
    /// The operator takes it off the shelf with a reason.
    TakeOff,
}

use ListingEvent as E;
use ListingState as S;

/// Every allowed change.
pub const TABLE: &[(S, E, S)] = &[
    (S::Draft, E::Submit, S::Submitted),
    (S::Withdrawn, E::Submit, S::Submitted),
    (S::Submitted, E::Withdraw, S::Draft),
    (S::Published, E::Withdraw, S::Withdrawn),
    (S::Submitted, E::Approve, S::Published),
    (S::Submitted, E::SendBack, S::Draft),
    (S::Published, E::TakeOff, S::Withdrawn),
];

impl ListingState {
    /// The state after an event; refuses what the table does not hold.
    pub fn apply(self, event: ListingEvent) -> Result<Self, Refusal> {
        let next = TABLE.iter().find(|(from, on, _)| *from == self && *on == event);
        next.map(|row| row.2).ok_or_else(|| Refusal::new(Code::WrongState).with("state", self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_shelf_without_the_operator() {
        for state in ListingState::ALL {
            for event in [E::Submit, E::Withdraw, E::SendBack, E::TakeOff] {
                assert_ne!(state.apply(event).ok(), Some(S::Published));
            }
        }
        assert_eq!(S::Submitted.apply(E::Approve).ok(), Some(S::Published));
    }
}
