//! What every market needs, demonstration or real: regions, counties, pairings, schemes, outlets, categories.

use super::files::{self, Counties, Places, RegionRow};
use crate::{
    catalogue::insert,
    db::{Rows, Tx},
    kernel::Result,
};

/// Loads all of it.
pub async fn load(tx: &mut Tx) -> Result<()> {
    let mut regions = Rows::of(insert::REGION)?;
    for r in files::csv::<RegionRow>("regions.csv")? {
        regions.push([r.code.into(), r.name.into(), r.level.into(), r.parent.into()])?;
    }
    regions.exec(tx).await?;
    let mut counties = Rows::of(insert::COUNTY)?;
    for (c, position) in files::toml::<Counties>("counties.toml")?.county.into_iter().zip(1_i64..) {
        let names = [c.code, c.slug, c.name, c.short_name, c.name_en].map(Into::into);
        let [code, slug, name, short, en] = names;
        let (story, story_en) = (c.story.into(), c.story_en.into());
        counties.push([code, slug, name, short, en, c.origin_832.into(), story, story_en, position.into()])?;
    }
    counties.exec(tx).await?;
    trade_places(tx, files::toml("places.toml")?).await
}

async fn trade_places(tx: &mut Tx, places: Places) -> Result<()> {
    let mut pairings = Rows::of(insert::PAIRING)?;
    for p in places.pairing {
        pairings.push([p.county, p.code, p.district, p.name, p.name_en, p.hall, p.document].map(Into::into))?;
    }
    pairings.exec(tx).await?;
    let mut schemes = Rows::of(insert::SCHEME)?;
    for s in places.scheme {
        let [code, name, name_en, note, note_en, document, from] =
            [s.code, s.name, s.name_en, s.note, s.note_en, s.document, s.valid_from].map(Into::into);
        schemes.push([code, name, name_en, note, note_en, document, from, s.valid_to.into()])?;
    }
    schemes.exec(tx).await?;
    let mut outlets = Rows::of(insert::OUTLET)?;
    for o in places.outlet {
        let [code, name, name_en, kind, district, address] =
            [o.code, o.name, o.name_en, o.kind, o.district, o.address].map(Into::into);
        outlets.push([code, name, name_en, kind, o.county.into(), district, address])?;
    }
    outlets.exec(tx).await?;
    let mut categories = Rows::of(insert::CATEGORY)?;
    for (c, position) in places.category.into_iter().zip(1_i64..) {
        categories.push([c.code.into(), c.name.into(), c.name_en.into(), position.into()])?;
    }
    categories.exec(tx).await.map(|_| ())
}
