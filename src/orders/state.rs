//! States of an order and of a cooperative's part of it, and what changes them (I4).

use crate::kernel::{Code, Refusal, closed_set};

closed_set! {
    /// Where an order stands.
    pub enum OrderState {
        /// Placed; its stock is held.
        AwaitingPayment = "awaiting_payment" ["待付款", "To be paid"],
        Paid = "paid" ["已付款", "Paid"],
        /// All that was not refunded is received.
        Completed = "completed" ["已完成", "Completed"],
        /// Given up by the buyer before payment.
        Cancelled = "cancelled" ["已取消", "Cancelled"],
        /// Not paid in time.
        Expired = "expired" ["已过期", "Expired"],
        /// Paid, and all of the money went back.
        Refunded = "refunded" ["已退款", "Refunded"],
    }
}

closed_set! {
    /// Where a seller order stands.
    pub enum SellerOrderState {
        /// Its order is not paid.
        AwaitingPayment = "awaiting_payment" ["待付款", "to be paid"],
        ToShip = "to_ship" ["待发货", "to be shipped"],
        PartShipped = "part_shipped" ["部分发货", "partly shipped"],
        Shipped = "shipped" ["运输中", "on its way"],
        Received = "received" ["已收货", "received"],
        /// Its order ended unpaid.
        Cancelled = "cancelled" ["已取消", "cancelled"],
        /// All of its money went back.
        Refunded = "refunded" ["已退款", "refunded"],
    }
}

/// What happens to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderEvent {
    /// Paid in time, or late with stock left.
    Pay,
    /// Its hold ran out.
    Expire,
    /// Given up before payment.
    Cancel,
    /// Everything left is received.
    Complete,
    /// The last of the money went back.
    RefundAll,
    /// Units that were withdrawn for a refund that failed wait to be shipped again.
    UnitsBack,
}

/// What happens to a seller order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SellerOrderEvent {
    /// Its order is paid.
    Pay,
    /// Its order ended unpaid.
    Cancel,
    /// Some units leave.
    ShipPart,
    /// The last units leave.
    ShipRest,
    /// The last units arrive.
    Receive,
    /// The last of its money went back.
    RefundAll,
    /// Units that were withdrawn for a refund that failed wait to be shipped again.
    UnitsBack,
}

use OrderEvent as E;
use OrderState as S;
use SellerOrderEvent as F;
use SellerOrderState as T;

/// Every allowed change of an order.
pub const ORDER_TABLE: &[(S, E, S)] = &[
    (S::AwaitingPayment, E::Pay, S::Paid),
    (S::AwaitingPayment, E::Expire, S::Expired),
    (S::AwaitingPayment, E::Cancel, S::Cancelled),
    (S::Expired, E::Pay, S::Paid),
    (S::Paid, E::Complete, S::Completed),
    (S::Paid, E::RefundAll, S::Refunded),
    (S::Completed, E::RefundAll, S::Refunded),
    (S::Completed, E::UnitsBack, S::Paid),
];

/// Every allowed change of a seller order. One that expired unpaid comes back with late money.
pub const SELLER_ORDER_TABLE: &[(T, F, T)] = &[
    (T::AwaitingPayment, F::Pay, T::ToShip),
    (T::Cancelled, F::Pay, T::ToShip),
    (T::AwaitingPayment, F::Cancel, T::Cancelled),
    (T::ToShip, F::ShipPart, T::PartShipped),
    (T::ToShip, F::ShipRest, T::Shipped),
    (T::PartShipped, F::ShipPart, T::PartShipped),
    (T::PartShipped, F::ShipRest, T::Shipped),
    (T::PartShipped, F::Receive, T::Received),
    (T::Shipped, F::Receive, T::Received),
    (T::ToShip, F::RefundAll, T::Refunded),
    (T::PartShipped, F::RefundAll, T::Refunded),
    (T::Shipped, F::RefundAll, T::Refunded),
    (T::Received, F::RefundAll, T::Refunded),
    (T::Shipped, F::UnitsBack, T::PartShipped),
    (T::Received, F::UnitsBack, T::PartShipped),
];

impl OrderState {
    /// The state after an event; refuses what the table does not hold.
    pub fn apply(self, event: OrderEvent) -> Result<Self, Refusal> {
        let next = ORDER_TABLE.iter().find(|(from, on, _)| *from == self && *on == event);
        next.map(|row| row.2).ok_or_else(|| Refusal::new(Code::WrongState).with("state", self))
    }
}

impl SellerOrderState {
    /// The state after an event; refuses what the table does not hold.
    pub fn apply(self, event: SellerOrderEvent) -> Result<Self, Refusal> {
        let next = SELLER_ORDER_TABLE.iter().find(|(from, on, _)| *from == self && *on == event);
        next.map(|row| row.2).ok_or_else(|| Refusal::new(Code::WrongState).with("state", self))
    }

    /// Units of it still wait to leave.
    pub fn is_to_ship(self) -> bool {
        matches!(self, Self::ToShip | Self::PartShipped)
    }

    /// Whether all that was to come of it came, or went back.
    pub fn has_ended(self) -> bool {
        matches!(self, Self::Received | Self::Refunded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENTS: [E; 6] = [E::Pay, E::Expire, E::Cancel, E::Complete, E::RefundAll, E::UnitsBack];

    #[test]
    fn every_pair_is_decided_and_ends_stay_ends() {
        for state in OrderState::ALL {
            for event in EVENTS {
                let rows = ORDER_TABLE.iter().filter(|(from, on, _)| from == state && *on == event).count();
                assert!(rows <= 1, "{state} {event:?}");
                assert_eq!(state.apply(event).is_ok(), rows == 1);
            }
        }
        for end in [S::Cancelled, S::Refunded] {
            assert!(EVENTS.iter().all(|event| end.apply(*event).is_err()));
        }
    }

    #[test]
    fn unpaid_orders_are_never_completed_or_refunded() {
        for state in [S::AwaitingPayment, S::Expired, S::Cancelled] {
            assert!(state.apply(E::Complete).is_err() && state.apply(E::RefundAll).is_err());
        }
    }
}
