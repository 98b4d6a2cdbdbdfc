//! Where a cooperative stands, and what moves it.

use crate::kernel::{Code, Refusal, closed_set};

closed_set! {
    /// Where a cooperative stands.
    pub enum CoopState {
        Applied = "applied" ["已收到，等平台审核", "Received; waits for the operator"],
        /// May sell.
        Approved = "approved" ["已通过", "Approved"],
        /// Was turned down, with a reason.
        Rejected = "rejected" ["没有通过", "Turned down"],
        /// May not sell for now.
        Suspended = "suspended" ["暂停营业", "Suspended"],
    }
}

/// What happens to a cooperative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoopEvent {
    /// Its applicant sends the application again.
    Send,
    /// The operator says yes.
    Approve,
    /// The operator says no.
    Reject,
    /// The operator asks back.
    Ask,
}

/// Every allowed change.
const TABLE: &[(CoopState, CoopEvent, CoopState)] = &[
    (CoopState::Applied, CoopEvent::Send, CoopState::Applied),
    (CoopState::Rejected, CoopEvent::Send, CoopState::Applied),
    (CoopState::Applied, CoopEvent::Approve, CoopState::Approved),
    (CoopState::Applied, CoopEvent::Reject, CoopState::Rejected),
    (CoopState::Applied, CoopEvent::Ask, CoopState::Applied),
];

impl CoopState {
    /// The state after an event; refuses what the table does not hold.
    pub fn apply(self, event: CoopEvent) -> Result<Self, Refusal> {
        let next = TABLE.iter().find(|(from, on, _)| *from == self && *on == event);
        next.map(|row| row.2).ok_or_else(|| Refusal::new(Code::WrongState).with("state", self))
    }
}
