//! What every market needs, demonstration or real: regions, counties, pairings, schemes, outlets, categories.

use super::files::{self, Counties, Places};
use crate::{
    catalogue::table::{Category, County, Outlet, Pairing, Region, Scheme},
    db::{Tx, insert_all},
    kernel::Result,
};

/// Loads all of it.
pub async fn load(tx: &mut Tx) -> Result<()> {
    insert_all(tx, &files::csv::<Region>("regions.csv")?).await?;
    let counties = files::toml::<Counties>("counties.toml")?.county.into_iter().zip(1..).map(|(c, position)| County {
        code: c.code,
        slug: c.slug,
        name: c.name,
        short_name: c.short_name,
        name_en: c.name_en,
        origin_832: c.origin_832,
        story: c.story,
        story_en: c.story_en,
        position,
    });
    insert_all(tx, &counties.collect::<Vec<_>>()).await?;
    trade_places(tx, files::toml("places.toml")?).await
}

async fn trade_places(tx: &mut Tx, places: Places) -> Result<()> {
    let pairings = places.pairing.into_iter().map(|p| Pairing {
        county_code: p.county,
        code: p.code,
        district_code: p.district,
        name: p.name,
        name_en: p.name_en,
        hall_name: p.hall,
        document: p.document,
    });
    insert_all(tx, &pairings.collect::<Vec<_>>()).await?;
    let schemes = places.scheme.into_iter().map(|s| Scheme {
        code: s.code,
        name: s.name,
        name_en: s.name_en,
        note: s.note,
        note_en: s.note_en,
        document: s.document,
        valid_from: s.valid_from,
        valid_to: s.valid_to,
    });
    insert_all(tx, &schemes.collect::<Vec<_>>()).await?;
    let outlets = places.outlet.into_iter().map(|o| Outlet {
        code: o.code,
        name: o.name,
        name_en: o.name_en,
        kind: o.kind,
        county_code: o.county,
        district_code: o.district,
        address: o.address,
    });
    insert_all(tx, &outlets.collect::<Vec<_>>()).await?;
    let category = |(c, position): (files::Category, i64)| {
        let files::Category { code, name, name_en } = c;
        Category { code, name, name_en, position }
    };
    let categories: Vec<Category> = places.category.into_iter().zip(1..).map(category).collect();
    insert_all(tx, &categories).await.map(|_| ())
}
