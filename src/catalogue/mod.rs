//! The catalogue (商品目录): what is sold, by whom, from where, with which certificates.
//!
//! Owns `counties`, `pairings`, `schemes`, `outlets`, `categories`, `products`, `product_versions`,
//! `product_photos`, `skus`, `sku_versions`, `set_parts`, `certificates`, `product_schemes`,
//! `product_decisions`, `product_sales`. Pages and search never ask the database: they read a [`Snapshot`], made by `load`
//! and held by the [`Shelf`], which the job `catalogue` brings up to date within a second of a change
//! (`product_changed` and `changed` tell of it). Texts and prices are versioned: a change adds a row, and an order keeps
//! the version that was sold (电商法 art. 31). `edit` changes products for their cooperative.

pub mod audit;
mod certificate;
pub mod edit;
mod facts;
mod listing;
mod load;
pub mod own;
mod places;
mod rows;
pub mod sales;
mod shelf;
mod snapshot;
pub mod table;
mod version;
mod view;

use crate::{
    db::{Db, Tx, q, statements, tx},
    kernel::{At, ProductId, Result},
};

pub use certificate::{Certificate, CertificateKind};
pub use facts::{Coop, County, Pairing, Photo, Product, SetPart, Sku, Stock};
pub use listing::{ListingEvent, ListingState};
pub use load::{load, load_at_once};
pub use shelf::{Refreshed, Shelf};
pub use snapshot::{Destinations, Offered, Snapshot};
pub use table::{Category, OutletKind};
pub use version::{Versions, versions};
pub use view::{CertView, CoopRef, ProductView, SeasonView, SkuView};

statements! {
    BUMP = "UPDATE version SET value = value + 1 WHERE name = $1";
    TOUCH = "UPDATE products SET changed_at = $1 WHERE id = $2";
}

/// Says that any part of the catalogue may have changed, in the transaction that changed it.
pub async fn changed(tx: &mut Tx) -> Result<()> {
    tx.expect_rows(q(BUMP).bind("catalogue"), 1).await
}

/// Says that a product, its SKUs, photos, certificates or schemes changed, in the transaction that
/// changed them.
pub async fn product_changed(tx: &mut Tx, product: &ProductId, at: At) -> Result<()> {
    touch(tx, product, at).await?;
    tx.expect_rows(q(BUMP).bind("products"), 1).await
}

/// Notes when a product changed that nobody is shown.
async fn touch(tx: &mut Tx, product: &ProductId, at: At) -> Result<()> {
    tx.expect_rows(q(TOUCH).bind(at).bind(product), 1).await
}

/// Raises the version by itself.
pub async fn bump(db: &Db) -> Result<()> {
    tx!(db, tx, { changed(&mut tx).await })
}
