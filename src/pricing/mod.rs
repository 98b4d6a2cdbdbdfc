//! Pricing (报价): what goods, freight and discounts cost, decided by the server alone (I10).
//!
//! Owns `quotes`; reads the catalogue, the freight rules, the stock and promotions. `price` takes SKUs,
//! quantities and an address and gives a [`Quote`]: lines split by cooperative (`seller_group`), freight of
//! each (`freight`), one coupon spread over the lines by largest remainder (M1, V1). The quote is kept with
//! all that an order needs, so that placing it asks the catalogue only whether anything changed.

pub mod audit;
pub mod freight;
pub mod pasted;
mod price;
mod quote;
mod read;
pub mod region;
pub mod romanised;
mod seller_group;
mod store;

pub use freight::Rule;
pub use price::{Known, price, price_known};
pub use quote::{AppliedCoupon, Ask, AskedItem, Quote, QuoteLine, QuotePart, SellerGroup};
pub use read::{Facts, PartFacts, SchemeDays, facts, parts, scheme_codes, scheme_days};
pub use region::Region;
pub use store::{find_quote, forget_quotes, keep_quote, quote, still_holds};
