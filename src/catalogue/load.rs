//! From rows to a snapshot, whole or product by product.

use std::{collections::HashMap, sync::Arc};

use tokio::task::JoinSet;

use super::{
    Certificate,
    facts::{Coop, Photo, Product, SetPart, Sku},
    rows::{self, PlaceRows, ProductRows},
    snapshot::{Destinations, Edited, Snapshot},
    version::Versions,
};
use crate::{
    db::{Conn, Db},
    kernel::{At, Day, Error, ProductId, Result},
    pricing::{freight, region},
};

/// Products that one statement reads.
const AT_ONCE: usize = 512;
/// Connections on which a start reads products at once.
const READERS: usize = 3;

/// Reads the published catalogue as it is shown at an instant.
pub async fn load(conn: &mut Conn, now: At) -> Result<Snapshot> {
    load_after(conn, now, &Snapshot::default()).await
}

/// The same for a start, over several connections at once: the first page waits for it.
pub async fn load_at_once(db: &Db, now: At) -> Result<Snapshot> {
    let mut conn = db.read().await?;
    let versions = super::versions(&mut conn).await?;
    let ids: Vec<ProductId> = ids_and_codes(&mut conn, At(i64::MIN)).await?.into_iter().map(|row| row.0).collect();
    let some: Vec<Vec<ProductId>> = ids.chunks(AT_ONCE).map(<[ProductId]>::to_vec).collect();
    let mut reading = JoinSet::new();
    for reader in 0..READERS.min(some.len()) {
        let (db, day) = (db.clone(), now.day());
        let own: Vec<Vec<ProductId>> = some.iter().skip(reader).step_by(READERS).cloned().collect();
        reading.spawn(async move {
            let (mut conn, mut shown) = (db.read().await?, Vec::new());
            for ids in own {
                shown.extend(products(rows::products(&mut conn, &ids).await?, day));
            }
            Ok::<_, Error>(shown)
        });
    }
    let places = rows::places(&mut conn).await?;
    let mut shown = Vec::with_capacity(ids.len());
    while let Some(read) = reading.join_next().await {
        shown.extend(read.map_err(|e| Error::Fault(e.into()))??);
    }
    shown.sort_by(|a: &Arc<Product>, b| a.code.cmp(&b.code));
    whole(&mut conn, (places, shown), versions, now).await
}

/// The same; a product that is as it was in an earlier snapshot lies in memory once for both.
pub(super) async fn load_after(conn: &mut Conn, now: At, before: &Snapshot) -> Result<Snapshot> {
    let versions = super::versions(conn).await?;
    let day = now.day();
    let places = rows::places(conn).await?;
    let all = edited(conn, (day, At(i64::MIN)), before).await?;
    whole(conn, (places, all.shown), versions, now).await
}

/// A snapshot of all products, which come by their codes.
async fn whole(
    conn: &mut Conn,
    (places, shown): (PlaceRows, Vec<Arc<Product>>),
    versions: Versions,
    now: At,
) -> Result<Snapshot> {
    let mut snapshot = stand(places);
    snapshot.hold(shown);
    snapshot.freight = freight::all_rules(conn).await?;
    let (wuxi, provinces) = (region::children(conn, region::WUXI).await?, region::children(conn, "").await?);
    snapshot.destinations = Arc::new(Destinations { wuxi, provinces });
    snapshot.versions = versions;
    snapshot.day = now.day();
    snapshot.read_at = now;
    Ok(snapshot)
}

/// Reads the products that were edited since, as they are shown on a day; see [`load_after`].
pub(super) async fn edited(conn: &mut Conn, (day, since): (Day, At), before: &Snapshot) -> Result<Edited> {
    let (ids, codes): (Vec<ProductId>, Vec<String>) = ids_and_codes(conn, since).await?.into_iter().unzip();
    let mut shown = Vec::with_capacity(ids.len());
    for some in ids.chunks(AT_ONCE) {
        let read = products(rows::products(conn, some).await?, day);
        shown.extend(read.into_iter().map(|product| before.same(&product).unwrap_or(product)));
    }
    shown.sort_by(|a, b| a.code.cmp(&b.code));
    Ok(Edited { shown, codes })
}

/// Products that were edited since, in the order of their ids, in which their rows lie together.
async fn ids_and_codes(conn: &mut Conn, since: At) -> Result<Vec<(ProductId, String)>> {
    let mut changed = rows::changed_products(conn, since).await?;
    changed.sort();
    Ok(changed)
}

/// A snapshot without products.
fn stand(rows: PlaceRows) -> Snapshot {
    let mut certs: HashMap<String, Vec<Certificate>> = HashMap::new();
    for row in rows.coop_certificates {
        certs.entry(row.coop_id.0).or_default().push(row.certificate);
    }
    let coops =
        rows.coops.into_iter().map(|coop| Coop { certs: certs.remove(coop.id.as_str()).unwrap_or_default(), ..coop });
    let coops: Arc<[Coop]> = coops.collect();
    let coop_places = coops.iter().enumerate().map(|(place, coop)| (coop.id.clone(), place)).collect();
    Snapshot {
        coop_places: Arc::new(coop_places),
        coops,
        counties: rows.counties.into(),
        categories: rows.categories,
        schemes: rows.schemes,
        outlets: rows.outlets,
        ..Snapshot::default()
    }
}

fn products(rows: ProductRows, day: Day) -> Vec<Arc<Product>> {
    let mut certs: HashMap<String, Vec<Certificate>> = HashMap::new();
    for row in rows.certificates {
        if let Some(product) = row.product_id {
            certs.entry(product.0).or_default().push(row.certificate);
        }
    }
    let mut parts: HashMap<String, Vec<SetPart>> = HashMap::new();
    for row in rows.parts {
        parts.entry(row.sku_id.0).or_default().push(row.part);
    }
    let mut skus: HashMap<String, (Vec<Sku>, Vec<i64>)> = HashMap::new();
    for row in rows.skus {
        let own = skus.entry(row.product_id.0).or_default();
        own.1.push(row.available);
        let parts = parts.remove(row.sku.id.as_str()).unwrap_or_default();
        own.0.push(Sku { parts, ..row.sku });
    }
    let mut photos: HashMap<String, Vec<Photo>> = HashMap::new();
    for row in rows.photos {
        photos.entry(row.product_id.0).or_default().push(row.photo);
    }
    let mut schemes: HashMap<String, Vec<String>> = HashMap::new();
    for row in rows.product_schemes.into_iter().filter(|row| row.holds(day)) {
        schemes.entry(row.product_id.0).or_default().push(row.scheme_code);
    }
    let products = rows.products.into_iter().filter_map(|mut product| {
        let id = product.id.0.clone();
        // A product without a SKU on sale is not shown.
        let (skus, available) = skus.remove(&id)?;
        (product.skus, product.available) = (skus.into(), available);
        product.photos = photos.remove(&id).unwrap_or_default().into();
        product.certs = certs.remove(&id).unwrap_or_default().into();
        product.schemes = schemes.remove(&id).unwrap_or_default().into();
        Some(Arc::new(product))
    });
    products.collect()
}
