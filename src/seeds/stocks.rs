//! Stock of the demonstration: last year's and this year's batch of each SKU, as much as was sold and is left.
//! What is sold before it is harvested has places instead, and no batch.

use std::collections::BTreeMap;

use super::{coops::Seller, files::Product, history::Sold, loading::Load};
use crate::{
    db::{Rows, Tx},
    kernel::{BatchId, Day, Error, Result, Season, SkuId},
    stock::{
        batch::Batch,
        level::{ONLINE, StockLevel},
        movement::{Movement, MovementKind, MovementRow},
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
    let mut levels = Rows::to::<StockLevel>()?;
    let mut batches = Rows::to::<Batch>()?;
    let mut movements = Rows::to::<MovementRow>()?;
    for (product, sku) in products {
        let missing = || Error::fault(format!("the seeds have no cooperative {}", product.coop));
        let seller = &sellers.get(&product.coop).ok_or_else(missing)?.facts;
        let (sku_id, location) = (sku.clone(), ONLINE.to_owned());
        levels.add(&StockLevel { sku_id, location, on_hand: product.stock, held: 0, changed_at: load.now });
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
                batches.add(&Batch {
                    id: id.clone(),
                    conformity_no: Some(format!("DEMO-HGZ-{code}")),
                    report_no: Some(format!("DEMO-JC-{code}")),
                    code,
                    sku_id: sku.clone(),
                    plot: format!("{plot} 号地"),
                    village,
                    harvested_on: harvested,
                    packhouse: seller.packhouse.clone(),
                    qty,
                    created_at: at,
                });
            }
            let came = Movement::online(sku.clone(), qty, MovementKind::Receipt, id.0.clone());
            let came = Movement { batch_id: picked.then_some(id), ..came };
            movements.add(&came.row(at, None));
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
