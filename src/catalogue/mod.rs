//! The catalogue (商品目录): what is sold, by whom, from where, with which certificates.
//!
//! Owns `counties`, `pairings`, `schemes`, `outlets`, `categories`, `products`, `product_versions`,
//! `product_photos`, `skus`, `sku_versions`, `set_parts`, `certificates`, `product_schemes`,
//! `product_decisions`, `product_sales`. Pages and search never ask the database: they read a [`Snapshot`], made by `load`
//! and held by the [`Shelf`], which the job `catalogue` brings up to date within a second of a change
//! (`bump` raises the version). Texts and prices are versioned: a change adds a row, and an order keeps
//! the version that was sold (电商法 art. 31). `edit` changes products for their cooperative.

pub mod desk;
mod facts;
pub mod insert;
mod listing;
mod load;
mod rows;
pub mod sales;
mod shelf;
mod snapshot;
mod view;

use crate::{
    db::{Conn, Db, Tx, q, statements, tx},
    kernel::Result,
};

pub use facts::{Certificate, Coop, County, Outlet, Pairing, Photo, Product, SetPart, Sku, Stock};
pub use listing::{ListingEvent, ListingState};
pub use load::load;
pub use rows::{Named, SchemeRow};
pub use shelf::{Refreshed, Shelf};
pub use snapshot::Snapshot;
pub use view::{CertView, CoopRef, ProductView, SeasonView, SkuView, cert_term};

statements! {
    VERSION = "SELECT value FROM version WHERE name = 'catalogue'";
    BUMP = "UPDATE version SET value = value + 1 WHERE name = 'catalogue'";
}

/// The catalogue's version: every process reads its snapshot anew when it rises.
pub async fn version(conn: &mut Conn) -> Result<i64> {
    let (value,): (i64,) = q(VERSION).one(conn).await?;
    Ok(value)
}

/// Raises the version, in the transaction that changed what is shown.
pub async fn changed(tx: &mut Tx) -> Result<()> {
    tx.expect_rows(q(BUMP), 1).await
}

/// Raises the version by itself.
pub async fn bump(db: &Db) -> Result<()> {
    tx!(db, tx, { changed(&mut tx).await })
}
