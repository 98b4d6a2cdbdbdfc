//! States of a payment and the events that change them.

use crate::kernel::{Code, Refusal, closed_set};

closed_set! {
    /// Where a payment stands.
    pub enum PaymentState {
        /// Made here, not yet known to the provider.
        Created = "created" ["已创建", "created"],
        /// Waits for the payer.
        Pending = "pending" ["等待付款", "waiting"],
        /// The money was captured.
        Succeeded = "succeeded" ["付款成功", "paid"],
        /// The provider refused; the payer may try again.
        Failed = "failed" ["付款失败", "refused"],
        /// Given up with its order.
        Cancelled = "cancelled" ["已取消", "cancelled"],
        /// Some of the money went back.
        PartRefunded = "part_refunded" ["部分退款", "partly refunded"],
        /// All of the money went back.
        Refunded = "refunded" ["已退款", "refunded"],
    }
}

closed_set! {
    /// How an order is paid.
    pub enum Method {
        /// Card, Alipay or WeChat Pay through Stripe.
        Stripe = "stripe" ["银行卡、支付宝、微信支付", "Card, Alipay, WeChat Pay"],
        /// The demonstration's own provider.
        Sandbox = "sandbox" ["沙盒支付", "Sandbox payment"],
        /// Bank transfer (对公转账).
        Transfer = "transfer" ["对公转账", "Bank transfer"],
        /// Voucher (福利券).
        Voucher = "voucher" ["福利券", "Voucher"],
    }
}

impl Method {
    /// Whether its money goes back only after that of the others: a voucher lives on.
    pub fn goes_back_last(self) -> bool {
        self == Self::Voucher
    }
}

/// What happens to a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentEvent {
    /// The provider knows it.
    Opened,
    /// The provider captured the money.
    Captured,
    /// The provider refused.
    Refused,
    /// Its order ended unpaid.
    GivenUp,
    /// Part of the money went back.
    RefundedInPart,
    /// The last of the money went back.
    RefundedWhole,
    /// Part of what had gone back came again.
    UndoneInPart,
    /// All that had gone back came again.
    UndoneWhole,
}

use PaymentEvent as E;
use PaymentState as S;

/// Every allowed change. Money captured late is still captured: failed and cancelled may succeed.
pub const TABLE: &[(S, E, S)] = &[
    (S::Created, E::Opened, S::Pending),
    (S::Created, E::Captured, S::Succeeded),
    (S::Pending, E::Captured, S::Succeeded),
    (S::Failed, E::Captured, S::Succeeded),
    (S::Cancelled, E::Captured, S::Succeeded),
    (S::Created, E::Refused, S::Failed),
    (S::Pending, E::Refused, S::Failed),
    (S::Created, E::GivenUp, S::Cancelled),
    (S::Pending, E::GivenUp, S::Cancelled),
    (S::Failed, E::GivenUp, S::Cancelled),
    (S::Succeeded, E::RefundedInPart, S::PartRefunded),
    (S::PartRefunded, E::RefundedInPart, S::PartRefunded),
    (S::Succeeded, E::RefundedWhole, S::Refunded),
    (S::PartRefunded, E::RefundedWhole, S::Refunded),
    (S::PartRefunded, E::UndoneInPart, S::PartRefunded),
    (S::Refunded, E::UndoneInPart, S::PartRefunded),
    (S::PartRefunded, E::UndoneWhole, S::Succeeded),
    (S::Refunded, E::UndoneWhole, S::Succeeded),
];

impl PaymentState {
    /// The state after an event; refuses what the table does not hold.
    pub fn apply(self, event: PaymentEvent) -> Result<Self, Refusal> {
        TABLE
            .iter()
            .find(|(from, on, _)| *from == self && *on == event)
            .map(|(_, _, to)| *to)
            .ok_or_else(|| Refusal::new(Code::WrongState).with("state", self))
    }

    /// Whether the provider's answer is still awaited.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Created | Self::Pending)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_success_is_never_undone_by_a_failure() {
        for state in [S::Succeeded, S::PartRefunded, S::Refunded] {
            for event in [E::Refused, E::GivenUp, E::Captured, E::Opened] {
                assert!(state.apply(event).is_err(), "{state} {event:?}");
            }
        }
    }

    #[test]
    fn what_is_given_up_at_once_is_what_the_table_gives_up() {
        let given_up: Vec<_> = TABLE.iter().filter(|row| row.1 == E::GivenUp).map(|row| (row.0, row.2)).collect();
        assert_eq!(given_up, [S::Created, S::Pending, S::Failed].map(|from| (from, S::Cancelled)));
    }

    #[test]
    fn each_state_and_event_lead_to_one_state_at_most() {
        for (n, a) in TABLE.iter().enumerate() {
            assert!(TABLE.iter().skip(n + 1).all(|b| (a.0, a.1) != (b.0, b.1)));
        }
    }
}
