//! Promotions (促销): coupons that take money off, and which orders used them.
//!
//! Owns `coupons`, `coupon_holders`, `coupon_redemptions`; holds the limits of I9 in the statements that count
//! a use. `coupon` makes, finds and ends them; `redemption` counts an order's use and gives it back. What a
//! coupon takes off which line is decided in pricing.

pub mod audit;
pub mod coupon;
pub mod redemption;

pub use coupon::{Coupon, CouponKind, DiscountSource, Funder, NewCoupon};
