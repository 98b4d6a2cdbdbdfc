//! Demonstration products: versions, pictures, certificates, schemes.

use std::collections::BTreeMap;

use super::{
    coops::Seller,
    files::{self, Counties, PhotoRow, Places, Product, Storage},
    loading::{Load, add_certificates, certificate_number},
};
use crate::{
    catalogue::{ListingState, table},
    cooperatives::service::Service,
    db::{Rows, Tx},
    kernel::{At, Day, Error, Fen, Grams, ProductId, Result, ReturnClass, Season, SkuId, time::DAY},
};

/// The rows of all products, table by table.
struct Tables {
    products: Rows,
    versions: Rows,
    photos: Rows,
    skus: Rows,
    sku_versions: Rows,
    parts: Rows,
    certificates: Vec<table::Certificate>,
    schemes: Rows,
}

/// What products refer to.
struct Known<'a> {
    sellers: &'a BTreeMap<String, Seller>,
    storage: BTreeMap<String, Storage>,
    photos: BTreeMap<String, PhotoRow>,
    origin_832: Vec<String>,
    schemes: BTreeMap<String, table::Scheme>,
}

impl Known<'_> {
    /// Where a product comes from: its cooperative's county, if no other is said.
    fn county<'a>(&'a self, p: &'a Product) -> Result<&'a String> {
        Ok(p.county.as_ref().unwrap_or(&self.seller(&p.coop)?.facts.county))
    }

    fn seller(&self, code: &str) -> Result<&Seller> {
        self.sellers.get(code).ok_or_else(|| Error::fault(format!("the seeds have no cooperative {code}")))
    }
}

/// Loads the products; answers each with its SKU.
pub async fn load(tx: &mut Tx, sellers: &BTreeMap<String, Seller>, load: &mut Load) -> Result<Vec<(Product, SkuId)>> {
    let places: Places = files::toml("places.toml")?;
    let counties: Counties = files::toml("counties.toml")?;
    let known = Known {
        sellers,
        storage: files::toml("storage.toml")?,
        photos: files::csv::<PhotoRow>("photos.csv")?.into_iter().map(|p| (p.name.clone(), p)).collect(),
        origin_832: counties.county.into_iter().filter(|c| c.origin_832).map(|c| c.code).collect(),
        schemes: places.scheme.into_iter().map(|s| (s.code.clone(), s)).collect(),
    };
    let mut tables = Tables {
        products: Rows::to::<table::Product>()?,
        versions: Rows::to::<table::ProductVersion>()?,
        photos: Rows::to::<table::ProductPhoto>()?,
        skus: Rows::to::<table::Sku>()?,
        sku_versions: Rows::to::<table::SkuVersion>()?,
        parts: Rows::to::<table::SetPart>()?,
        certificates: Vec::new(),
        schemes: Rows::to::<table::ProductScheme>()?,
    };
    let mut all = Vec::new();
    for (product, place) in files::products()?.into_iter().zip(0_i64..) {
        // Published one a day, so that the newest can be told.
        let at = load.step.at.later(place * DAY);
        let id = ProductId(load.step.random.id(at)?);
        let sku = SkuId(load.step.random.id(at)?);
        tables.product(&product, &id, &known, at)?;
        tables.texts(&product, &id, &known, at)?;
        tables.certificates(&product, &id, &known, load)?;
        tables.sku(&product, (&id, &sku), at, load)?;
        tables.parts(&product, &sku, &known)?;
        all.push((product, sku));
    }
    tables.exec(tx).await?;
    Ok(all)
}

impl Tables {
    fn product(&mut self, p: &Product, id: &ProductId, known: &Known<'_>, at: At) -> Result<()> {
        let seller = known.seller(&p.coop)?;
        self.products.add(&table::Product {
            id: id.clone(),
            code: p.code.clone(),
            slug: slug(&p.name_en, &p.code),
            coop_id: seller.id.clone(),
            county_code: known.county(p)?.clone(),
            category_code: p.category.clone(),
            family: p.family.clone(),
            version: 1,
            approved_version: 1,
            state: ListingState::Published,
            created_at: at,
            published_at: Some(at),
            changed_at: at,
        });
        Ok(())
    }

    fn texts(&mut self, p: &Product, id: &ProductId, known: &Known<'_>, at: At) -> Result<()> {
        let kept = known.storage.get(&p.storage).ok_or_else(|| Error::fault(format!("no storage {}", p.storage)))?;
        let apple = p.category == "apple";
        let class = p.return_class.unwrap_or(if apple { ReturnClass::Fresh } else { ReturnClass::SevenDay });
        let class = if p.category == "meat" { ReturnClass::Fresh } else { class };
        let promise = p.bad_fruit.unwrap_or(apple && class == ReturnClass::Fresh);
        self.versions.add(&table::ProductVersion {
            product_id: id.clone(),
            version: 1,
            name: p.name.clone(),
            name_en: p.name_en.clone(),
            summary: p.summary.clone(),
            summary_en: p.summary_en.clone(),
            story: p.story.clone(),
            story_en: p.story_en.clone(),
            storage: kept.zh.clone(),
            storage_en: kept.en.clone(),
            variety: p.variety.clone(),
            grade: p.grade.clone(),
            return_class: class,
            service: p.service.unwrap_or(Service::Ambient),
            bad_fruit_promise: promise,
            tags: p.tags.clone(),
            created_at: at,
            created_by: None,
            county_code: Some(known.county(p)?.clone()),
            category_code: Some(p.category.clone()),
        });
        for (name, position) in p.photos.iter().zip(1_i64..) {
            let photo = known.photos.get(name).ok_or_else(|| Error::fault(format!("photos.csv has no {name}")))?;
            self.photos.add(&table::ProductPhoto {
                product_id: id.clone(),
                position,
                photo: name.clone(),
                alt: photo.alt.clone(),
                alt_en: photo.alt_en.clone(),
                illustration: true,
            });
        }
        Ok(())
    }

    /// Certificates and recognition schemes.
    fn certificates(&mut self, p: &Product, id: &ProductId, known: &Known<'_>, load: &mut Load) -> Result<()> {
        let seller = known.seller(&p.coop)?;
        let both = p.certs.iter().map(|kind| (*kind, false)).chain(p.expired.iter().map(|kind| (*kind, true)));
        for (kind, expired) in both {
            let (valid_from, valid_to) = load.validity(expired);
            self.certificates.push(table::Certificate {
                id: load.step.random.id(load.step.at)?,
                product_id: Some(id.clone()),
                coop_id: seller.id.clone(),
                kind,
                number: certificate_number(kind, &p.code),
                holder: seller.facts.name.clone(),
                valid_from,
                valid_to,
                product_version: None,
            });
        }
        let county = known.county(p)?;
        // A set of several counties is no 832 origin as a whole.
        let origin = known.origin_832.contains(county) && p.parts.is_empty();
        for (code, carried) in [("PAIRING_YX", true), ("QUOTA_832", origin), ("XFBF_2024", p.xfbf)] {
            let missing = || Error::fault(format!("places.toml has no scheme {code}"));
            let scheme = known.schemes.get(code).ok_or_else(missing)?;
            if carried {
                self.schemes.add(&table::ProductScheme {
                    product_id: id.clone(),
                    scheme_code: scheme.code.clone(),
                    valid_from: scheme.valid_from,
                    valid_to: scheme.valid_to,
                    document: scheme.document.clone(),
                });
            }
        }
        Ok(())
    }

    fn sku(&mut self, p: &Product, (product, sku): (&ProductId, &SkuId), at: At, load: &Load) -> Result<()> {
        self.skus.add(&table::Sku {
            id: sku.clone(),
            code: format!("{}-1", p.code),
            product_id: product.clone(),
            position: 1,
            version: 1,
            active: true,
            approved_version: 1,
        });
        let ships_by = p.presale.as_ref().map(|day| presale_day(day, load.day)).transpose()?;
        let [season_from, season_to] = p.season.clone().map_or([None, None], |season| season.map(Some));
        self.sku_versions.add(&table::SkuVersion {
            sku_id: sku.clone(),
            version: 1,
            spec: p.spec.clone(),
            spec_en: p.spec_en.clone(),
            diameter_mm: p.diameter,
            pieces_min: p.pieces.map(|n| n[0]),
            pieces_max: p.pieces.map(|n| n[1]),
            pack: p.pack.clone(),
            net_weight_g: Grams(p.net),
            gross_weight_g: Grams(gross(p.net)),
            price_fen: Fen(p.price),
            season_from,
            season_to,
            presale_ships_by: ships_by.map(|day| day.to_string()),
            created_at: at,
            created_by: None,
        });
        Ok(())
    }

    fn parts(&mut self, p: &Product, sku: &SkuId, known: &Known<'_>) -> Result<()> {
        for (part, no) in p.parts.iter().zip(1_i64..) {
            self.parts.add(&table::SetPart {
                sku_id: sku.clone(),
                part_no: no,
                name: part.name.clone(),
                name_en: part.name_en.clone(),
                coop_id: known.seller(&part.coop)?.id.clone(),
                county_code: part.county.clone(),
                category_code: part.category.clone(),
                list_price_fen: Fen(part.list_price),
            });
        }
        Ok(())
    }

    async fn exec(self, tx: &mut Tx) -> Result<()> {
        let Self { products, versions, photos, skus, sku_versions, parts, certificates, schemes } = self;
        for rows in [products, versions, photos, skus, sku_versions, parts, schemes] {
            rows.exec(tx).await?;
        }
        add_certificates(tx, &certificates).await
    }
}

/// Gross weight of a packed unit (M6): a carton weighs 0.4 kg up to 5 kg, 0.8 kg for each 10 kg.
pub fn gross(net: i64) -> i64 {
    net + match net {
        ..2500 => 100,
        2500..=5000 => 400,
        _ => 800 * ((net - 1) / 10_000 + 1),
    }
}

/// The address of a product's page: `luochuan-fuji-apples-p01`.
fn slug(name_en: &str, code: &str) -> String {
    let head = name_en.split(['(', ',']).next().unwrap_or_default();
    let mut slug = String::new();
    for c in head.to_lowercase().chars().filter(|c| !matches!(c, '\'' | '“' | '”')) {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.ends_with('-') {
            slug.push('-');
        }
    }
    format!("{}-{}", slug.trim_matches('-'), code.to_lowercase())
}

/// The first such day of a year that is half a year away or more.
fn presale_day(month_day: &str, today: Day) -> Result<Day> {
    let season = Season { from: month_day.to_owned(), to: month_day.to_owned() };
    season.opens_after(today.plus_days(180))
}
