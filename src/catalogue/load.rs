//! From rows to a snapshot, whole or product by product.

use std::{collections::HashMap, sync::Arc};

use super::{
    facts::{Certificate, Coop, County, Outlet, Pairing, Photo, Product, SetPart, Sku},
    rows::{self, CertificateRow, CountyRow, PlaceRows, ProductRow, ProductRows, SkuRow},
    snapshot::{Destinations, Snapshot},
};
use crate::{
    db::Conn,
    kernel::{At, Day, ProductId, Result, Season},
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

/// Products that were edited since an instant.
pub(super) struct Edited {
    /// As they are shown now.
    pub shown: Vec<Arc<Product>>,
    /// All their codes; one that is not among `shown` is shown no more.
    pub codes: Vec<String>,
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
        certs.entry(row.coop_id.0.clone()).or_default().push(certificate(row));
    }
    let coops = rows.coops.into_iter().map(|c| Coop {
        certs: certs.remove(c.id.as_str()).unwrap_or_default(),
        id: c.id,
        code: c.code,
        slug: c.slug,
        name: c.name,
        name_en: c.name_en,
        county_code: c.county_code,
        credit_code: c.credit_code,
        phone: c.phone,
        story: c.story,
        story_en: c.story_en,
        ship_from: c.ship_from,
        sla_hours: c.sla_hours,
        households: c.households,
    });
    let coops: Arc<[Coop]> = coops.collect();
    let coop_places = coops.iter().enumerate().map(|(place, coop)| (coop.id.clone(), place)).collect();
    Snapshot {
        coop_places: Arc::new(coop_places),
        coops,
        counties: rows.counties.into_iter().map(county).collect(),
        categories: rows.categories,
        schemes: rows.schemes,
        outlets: rows.outlets.into_iter().map(outlet).collect(),
        ..Snapshot::default()
    }
}

fn products(rows: ProductRows, day: Day) -> Vec<Arc<Product>> {
    let mut certs: HashMap<String, Vec<Certificate>> = HashMap::new();
    for row in rows.certificates {
        if let Some(product) = row.product_id.clone() {
            certs.entry(product.0).or_default().push(certificate(row));
        }
    }
    let mut parts: HashMap<String, Vec<SetPart>> = HashMap::new();
    for p in rows.parts {
        let part = SetPart { name: p.name, name_en: p.name_en, county_code: p.county_code, coop_id: p.coop_id };
        parts.entry(p.sku_id.0).or_default().push(part);
    }
    let mut skus: HashMap<String, (Vec<Sku>, Vec<i64>)> = HashMap::new();
    for row in rows.skus {
        let own = skus.entry(row.product_id.0.clone()).or_default();
        own.1.push(row.available);
        let parts = parts.remove(row.id.as_str()).unwrap_or_default();
        own.0.push(sku(row, parts));
    }
    let mut photos: HashMap<String, Vec<Photo>> = HashMap::new();
    for p in rows.photos {
        let photo = Photo { name: p.photo, alt: p.alt, alt_en: p.alt_en, illustration: p.illustration };
        photos.entry(p.product_id.0).or_default().push(photo);
    }
    let mut schemes: HashMap<String, Vec<String>> = HashMap::new();
    for row in rows.product_schemes.into_iter().filter(|row| row.holds(day)) {
        schemes.entry(row.product_id.0).or_default().push(row.scheme_code);
    }
    let products = rows.products.into_iter().filter_map(|row| {
        let id = row.id.0.clone();
        // A product without a SKU on sale is not shown.
        let (skus, available) = skus.remove(&id)?;
        let mut product = product(row);
        (product.skus, product.available) = (skus.into(), available);
        product.photos = photos.remove(&id).unwrap_or_default().into();
        product.certs = certs.remove(&id).unwrap_or_default().into();
        product.schemes = schemes.remove(&id).unwrap_or_default().into();
        Some(Arc::new(product))
    });
    products.collect()
}

fn certificate(row: CertificateRow) -> Certificate {
    Certificate {
        kind: row.kind,
        number: row.number,
        holder: row.holder,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
    }
}

fn county(row: CountyRow) -> County {
    let pairing = row.pairing_code.map(|code| Pairing {
        code,
        district_code: row.district_code.unwrap_or_default(),
        name: row.pairing_name.unwrap_or_default(),
        name_en: row.pairing_name_en.unwrap_or_default(),
        hall_name: row.hall_name.unwrap_or_default(),
    });
    County {
        code: row.code,
        slug: row.slug,
        name: row.name,
        short_name: row.short_name,
        name_en: row.name_en,
        origin_832: row.origin_832,
        story: row.story,
        story_en: row.story_en,
        pairing,
    }
}

fn outlet(row: rows::OutletRow) -> Outlet {
    Outlet {
        code: row.code,
        name: row.name,
        name_en: row.name_en,
        kind: row.kind,
        county_code: row.county_code,
        district_code: row.district_code,
        address: row.address,
    }
}

fn sku(row: SkuRow, parts: Vec<SetPart>) -> Sku {
    Sku {
        id: row.id,
        code: row.code,
        spec: row.spec,
        spec_en: row.spec_en,
        diameter_mm: row.diameter_mm,
        pieces_min: row.pieces_min,
        pieces_max: row.pieces_max,
        pack: row.pack,
        net: row.net_weight_g,
        gross: row.gross_weight_g,
        price: row.price_fen,
        season: Season::of(row.season_from.as_deref(), row.season_to.as_deref()),
        presale_ships_by: row.presale_ships_by,
        parts,
    }
}

fn product(row: ProductRow) -> Product {
    Product {
        id: row.id,
        code: row.code,
        slug: row.slug,
        name: row.name,
        name_en: row.name_en,
        county_code: row.county_code,
        category_code: row.category_code,
        coop_id: row.coop_id,
        family: row.family,
        summary: row.summary,
        summary_en: row.summary_en,
        story: row.story,
        story_en: row.story_en,
        storage: row.storage,
        storage_en: row.storage_en,
        variety: row.variety,
        grade: row.grade,
        return_class: row.return_class,
        cold_chain: row.service == "cold_chain",
        bad_fruit_promise: row.bad_fruit_promise,
        tags: row.tags,
        published_at: row.published_at,
        photos: Arc::default(),
        skus: Arc::default(),
        certs: Arc::default(),
        schemes: Arc::default(),
        available: Vec::new(),
        sales: row.sales,
    }
}
