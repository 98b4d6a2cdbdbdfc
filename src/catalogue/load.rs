//! From rows to a snapshot, whole or product by product.

use std::{collections::HashMap, sync::Arc};

use super::{
    Certificate,
    facts::{Coop, Photo, Product, SetPart, Sku},
    rows::{self, PlaceRows, ProductRows},
    snapshot::{Destinations, Edited, Snapshot},
};
use crate::{
    db::Conn,
    kernel::{At, Day, ProductId, Result},
    pricing::{freight, region},
};

/// Products that one statement reads.
const AT_ONCE: usize = 512;

/// Reads the published catalogue as it is shown at an instant.
pub async fn load(conn: &mut Conn, now: At) -> Result<Snapshot> {
    load_after(conn, now, &Snapshot::default()).await
}

/// The same; a product that is as it was in an earlier snapshot lies in memory once for both.
pub(super) async fn load_after(conn: &mut Conn, now: At, before: &Snapshot) -> Result<Snapshot> {
    let versions = super::versions(conn).await?;
    let day = now.day();
    let places = rows::places(conn).await?;
    let all = edited(conn, (day, At(i64::MIN)), before).await?;
    let mut snapshot = stand(places);
    snapshot.hold(all.shown);
    snapshot.freight = freight::all_rules(conn).await?;
    let (wuxi, provinces) = (region::children(conn, region::WUXI).await?, region::children(conn, "").await?);
    snapshot.destinations = Arc::new(Destinations { wuxi, provinces });
    snapshot.versions = versions;
    snapshot.day = day;
    snapshot.read_at = now;
    Ok(snapshot)
}

/// Reads the products that were edited since, as they are shown on a day; see [`load_after`].
pub(super) async fn edited(conn: &mut Conn, (day, since): (Day, At), before: &Snapshot) -> Result<Edited> {
    let (ids, codes): (Vec<ProductId>, Vec<String>) = rows::changed_products(conn, since).await?.into_iter().unzip();
    let mut shown = Vec::with_capacity(ids.len());
    for some in ids.chunks(AT_ONCE) {
        let read = products(rows::products(conn, some).await?, day);
        shown.extend(read.into_iter().map(|product| before.same(&product).unwrap_or(product)));
    }
    shown.sort_by(|a, b| a.code.cmp(&b.code));
    Ok(Edited { shown, codes })
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
