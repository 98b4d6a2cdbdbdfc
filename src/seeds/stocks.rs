//! Stock of the demonstration: last year's and this year's batch of each SKU, as much as was sold and is left.
//! What is sold before it is harvested has places instead, and no batch.

use std::collections::BTreeMap;

use super::{coops::Seller, files::Product, history::Sold, loading::Load};
use crate::{
    db::{Rows, Tx, Value},
    kernel::{BatchId, Day, Error, Result, Season, SkuId},
    stock::{
        insert,
        movement::{MovementKind, ONLINE},
    },
};

/// Loads levels, batches and their receipts.
pub async fn load(
    tx: &mut Tx,
    products: &[(Product, SkuId)],
    sellers: &BTreeMap<String, Seller>,
    sold: &Sold,
    load: &mut Load,
) -> Result<()> {
    let mut levels = Rows::of(insert::LEVEL)?;
    let mut batches = Rows::of(insert::BATCH)?;
    let mut movements = Rows::of(insert::MOVEMENT)?;
    for (product, sku) in products {
        let missing = || Error::fault(format!("the seeds have no cooperative {}", product.coop));
        let seller = &sellers.get(&product.coop).ok_or_else(missing)?.facts;
        levels.push([sku.into(), ONLINE.into(), product.stock.into(), 0_i64.into(), load.now.into()])?;
        let fresh = harvest(product, load.day)?;
        let sales = sold.get(sku).map(Vec::as_slice).unwrap_or_default();
        let before: i64 = sales.iter().filter(|(day, _)| *day < fresh).map(|s| s.1).sum();
        let since: i64 = sales.iter().map(|s| s.1).sum::<i64>() - before;
        let old = fresh.plus_days(-365).min(load.day.plus_days(-380));
        for (harvested, qty, place) in [(old, before, 0), (fresh, since + product.stock, 1)] {
            if qty == 0 {
                continue;
            }
            let id = BatchId(load.step.random.id(harvested.start())?);
            let plot = load.step.random.below(12)? + 1;
            let year = &harvested.to_string()[2..4];
            let towns = &seller.towns;
            let village = towns.get(place % towns.len().max(1)).cloned().unwrap_or_default();
            let letter = if place == 0 { "A" } else { "B" };
            let code = format!("{}-{year}{letter}", product.code);
            let at = harvested.start();
            let picked = product.presale.is_none();
            if picked {
                batches.push([
                    (&id).into(),
                    (&code).into(),
                    sku.into(),
                    format!("{plot} 号地").into(),
                    village.into(),
                    harvested.into(),
                    (&seller.packhouse).into(),
                    Some(format!("DEMO-HGZ-{code}")).into(),
                    Some(format!("DEMO-JC-{code}")).into(),
                    qty.into(),
                    at.into(),
                ])?;
            }
            let (of, kind) = ((&id.0).into(), MovementKind::Receipt.into());
            let (batch, nobody) = (picked.then(|| id.clone()).into(), Value::Text(None));
            let movement = load.step.random.id(at)?.into();
            movements.push([
                movement,
                sku.into(),
                ONLINE.into(),
                qty.into(),
                kind,
                of,
                "".into(),
                batch,
                nobody,
                at.into(),
            ])?;
        }
    }
    levels.exec(tx).await?;
    batches.exec(tx).await?;
    movements.exec(tx).await.map(|_| ())
}

/// The last day on which such goods came in: the start of the season, or what is usual for the kind.
fn harvest(p: &Product, today: Day) -> Result<Day> {
    let usual = match p.category.as_str() {
        "meat" => return Ok(today.plus_days(-9)),
        "culture" | "set" => return Ok(today.plus_days(-20)),
        "date" => "10-06",
        "fungus" => "09-24",
        "spice" => "08-18",
        "nut" => "09-12",
        _ => "10-12",
    };
    let from = p.season.as_ref().map_or(usual, |season| season[0].as_str());
    let season = Season { from: from.to_owned(), to: from.to_owned() };
    let next = season.opens_after(today)?;
    // One year back; 366 days would leave the window in most years.
    if next == today { Ok(today) } else { season.opens_after(next.plus_days(-366)) }
}
