//! Closed sets of orders.

use crate::kernel::closed_set;

closed_set! {
    /// What happened to an order. In its words, `{coop}` is whose part it happened to, `{detail}` what it is about.
    pub enum OrderEventKind {
        Placed = "placed" ["已下单", "Ordered"],
        Paid = "paid" ["已付款，{detail}", "Paid, {detail}"],
        PartPaid = "part_paid" ["已收到 {detail}，等待付清余款", "{detail} received, the rest is awaited"],
        PaymentFailed = "payment_failed" ["付款未成功，{detail}", "Payment refused, {detail}"],
        Cancelled = "cancelled" ["已取消", "Cancelled"],
        Expired = "expired" ["未按时付款，已过期", "Not paid in time, expired"],
        Shipped = "shipped" ["{coop}已发货，{detail}", "{coop} has shipped, {detail}"],
        PickedUp = "picked_up" ["{coop}的包裹已揽收", "The parcel of {coop} was picked up"],
        Delivered = "delivered" ["{coop}的包裹已送达", "The parcel of {coop} was delivered"],
        Received = "received" ["{coop}的商品已收货", "The goods of {coop} were received"],
        Completed = "completed" ["订单完成", "Completed"],
        RefundRequested = "refund_requested" ["开始退款 {detail}", "Refund of {detail} begun"],
        Refunded = "refunded" ["已退回 {detail}", "{detail} paid back"],
        RefundFailed = "refund_failed" ["退款 {detail} 没有成功，款项仍在平台", "The refund of {detail} did not go through"],
        RefundUndone = "refund_undone" ["{detail} 被收款银行退回，款项仍在平台", "{detail} was sent back by the bank"],
        LatePaymentReturned = "late_payment_returned"
            ["订单已不能收款，{detail} 原路退回", "The order could not take it; {detail} goes back"],
    }
}

closed_set! {
    /// How it is known that goods were received (C9).
    pub enum ReceivedSource {
        /// The carrier's scan.
        DeliveredScan = "delivered_scan",
        /// The buyer's word.
        Confirmed = "confirmed",
        /// Fetched at an outlet (自提).
        Pickup = "pickup",
        /// Handed over at a counter.
        Handover = "handover",
        /// A unit's receipt (验收).
        Acceptance = "acceptance",
        /// Some days after a pick-up scan.
        Auto = "auto",
    }
}

closed_set! {
    /// Where a refund stands.
    pub enum RefundState {
        /// Promised; the provider does not have it yet.
        Requested = "requested" ["退款处理中", "On its way back"],
        /// The provider took it.
        Succeeded = "succeeded" ["已退回", "Paid back"],
        /// The provider refused it for good.
        Failed = "failed" ["退款失败", "Refused"],
        /// What of it went back by one payment was sent here again by the payer's bank.
        Undone = "undone" ["被收款银行退回", "Sent back by the bank"],
    }
}

closed_set! {
    /// What a carrier scanned.
    pub enum ScanKind {
        /// Picked up from the cooperative.
        PickedUp = "picked_up" ["已揽收", "Picked up"],
        /// Delivered to the receiver.
        Delivered = "delivered" ["已签收", "Delivered"],
    }
}

closed_set! {
    /// Where a scan is known from.
    pub enum ScanSource {
        CarrierFile = "carrier_file" ["快递公司记录", "The carrier's record"],
        /// Entered by the operator.
        Operator = "operator" ["平台核实录入", "Checked by the operator"],
    }
}
