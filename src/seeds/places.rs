//! What every market needs, demonstration or real: regions, counties, pairings, schemes, outlets, categories.

use super::files::{self, Counties, Places};
use crate::{
    catalogue::table::{Category, County, Region},
    db::{Tx, insert_all},
    kernel::Result,
};

/// Loads all of it.
pub async fn load(tx: &mut Tx) -> Result<()> {
    insert_all(tx, &files::csv::<Region>("regions.csv")?).await?;
    let counties = files::toml::<Counties>("counties.toml")?.county.into_iter().zip(1..);
    let counties: Vec<County> = counties.map(|(county, position)| County { position, ..county }).collect();
    insert_all(tx, &counties).await?;
    let places: Places = files::toml("places.toml")?;
    insert_all(tx, &places.pairing).await?;
    insert_all(tx, &places.scheme).await?;
    insert_all(tx, &places.outlet).await?;
    let categories = places.category.into_iter().zip(1..);
    let categories: Vec<Category> = categories.map(|(category, position)| Category { position, ..category }).collect();
    insert_all(tx, &categories).await.map(|_| ())
}
