//! Ids: one type per entity over a time-ordered UUID (version 7) as text.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An id type over text; `db` teaches both databases to store it.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The text form.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }
    )* };
}

ids! {
    /// A person with an account.
    PersonId;
    /// A cooperative (合作社).
    CoopId;
    /// A product, over all its versions.
    ProductId;
    /// A SKU (规格), over all its versions.
    SkuId;
    /// A quote (报价).
    QuoteId;
    /// An order (订单).
    OrderId;
    /// A cooperative's part of an order (子订单).
    SellerOrderId;
    /// A payment attempt (支付).
    PaymentId;
    /// A refund (退款).
    RefundId;
    /// What of a refund goes back by one payment.
    RefundTenderId;
    /// A harvest batch (批次).
    BatchId;
}
