//! Demonstration products: versions, pictures, certificates, schemes.

use std::collections::BTreeMap;

use super::{
    Load, certificate_number,
    coops::Seller,
    files::{self, Counties, PhotoRow, Places, Product, Storage},
};
use crate::{
    catalogue::insert,
    db::{Rows, Tx, Value},
    kernel::{At, Day, Error, ProductId, Result, Season, SkuId, time::DAY},
};

/// The rows of all products, table by table.
struct Tables {
    products: Rows,
    versions: Rows,
    photos: Rows,
    skus: Rows,
    sku_versions: Rows,
    parts: Rows,
    certificates: Rows,
    schemes: Rows,
}

/// What products refer to.
struct Known<'a> {
    sellers: &'a BTreeMap<String, Seller>,
    storage: BTreeMap<String, Storage>,
    photos: BTreeMap<String, PhotoRow>,
    origin_832: Vec<String>,
    /// First day, last day and document of each scheme.
    schemes: BTreeMap<String, (String, Option<String>, String)>,
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
        schemes: places.scheme.into_iter().map(|s| (s.code, (s.valid_from, s.valid_to, s.document))).collect(),
    };
    let mut tables = Tables {
        products: Rows::of(insert::PRODUCT)?,
        versions: Rows::of(insert::PRODUCT_VERSION)?,
        photos: Rows::of(insert::PHOTO)?,
        skus: Rows::of(insert::SKU)?,
        sku_versions: Rows::of(insert::SKU_VERSION)?,
        parts: Rows::of(insert::SET_PART)?,
        certificates: Rows::of(insert::CERTIFICATE)?,
        schemes: Rows::of(insert::PRODUCT_SCHEME)?,
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
        self.products.push([
            id.into(),
            (&p.code).into(),
            slug(&p.name_en, &p.code).into(),
            (&seller.id).into(),
            known.county(p)?.into(),
            (&p.category).into(),
            p.family.clone().into(),
            1_i64.into(),
            "published".into(),
            at.into(),
            at.into(),
            at.into(),
        ])
    }

    fn texts(&mut self, p: &Product, id: &ProductId, known: &Known<'_>, at: At) -> Result<()> {
        let kept = known.storage.get(&p.storage).ok_or_else(|| Error::fault(format!("no storage {}", p.storage)))?;
        let apple = p.category == "apple";
        let class = p.return_class.as_deref().unwrap_or(if apple { "fresh" } else { "seven_day" });
        let class = if p.category == "meat" { "fresh" } else { class };
        let promise = p.bad_fruit.unwrap_or(apple && class == "fresh");
        self.versions.push([
            id.into(),
            1_i64.into(),
            (&p.name).into(),
            (&p.name_en).into(),
            (&p.summary).into(),
            (&p.summary_en).into(),
            (&p.story).into(),
            (&p.story_en).into(),
            (&kept.zh).into(),
            (&kept.en).into(),
            p.variety.clone().into(),
            p.grade.clone().into(),
            class.into(),
            p.service.as_deref().unwrap_or("ambient").into(),
            promise.into(),
            (&p.tags).into(),
            at.into(),
            Value::Text(None),
            known.county(p)?.into(),
            (&p.category).into(),
        ])?;
        for (name, position) in p.photos.iter().zip(1_i64..) {
            let photo = known.photos.get(name).ok_or_else(|| Error::fault(format!("photos.csv has no {name}")))?;
            let (alt, alt_en) = ((&photo.alt).into(), (&photo.alt_en).into());
            self.photos.push([id.into(), position.into(), name.into(), alt, alt_en, true.into()])?;
        }
        Ok(())
    }

    /// Certificates and recognition schemes.
    fn certificates(&mut self, p: &Product, id: &ProductId, known: &Known<'_>, load: &mut Load) -> Result<()> {
        let seller = known.seller(&p.coop)?;
        let both = p.certs.iter().map(|kind| (kind, false)).chain(p.expired.iter().map(|kind| (kind, true)));
        for (kind, expired) in both {
            let (from, to) = load.validity(expired);
            self.certificates.push([
                load.step.random.id(load.step.at)?.into(),
                id.into(),
                (&seller.id).into(),
                kind.into(),
                certificate_number(kind, &p.code).into(),
                (&seller.facts.name).into(),
                from.into(),
                to.into(),
            ])?;
        }
        let county = known.county(p)?;
        // A set of several counties is no 832 origin as a whole.
        let origin = known.origin_832.contains(county) && p.parts.is_empty();
        for (code, carried) in [("PAIRING_YX", true), ("QUOTA_832", origin), ("XFBF_2024", p.xfbf)] {
            let missing = || Error::fault(format!("places.toml has no scheme {code}"));
            let (from, to, document) = known.schemes.get(code).ok_or_else(missing)?;
            if carried {
                self.schemes.push([id.into(), code.into(), from.into(), to.clone().into(), document.into()])?;
            }
        }
        Ok(())
    }

    fn sku(&mut self, p: &Product, (product, sku): (&ProductId, &SkuId), at: At, load: &Load) -> Result<()> {
        let code = format!("{}-1", p.code);
        let (place, version, approved) = (1_i64.into(), 1_i64.into(), 1_i64.into());
        self.skus.push([sku.into(), code.into(), product.into(), place, version, true.into(), approved])?;
        let ships_by = p.presale.as_ref().map(|day| presale_day(day, load.day)).transpose()?;
        let [from, to] = p.season.clone().map_or([None, None], |season| season.map(Some));
        self.sku_versions.push([
            sku.into(),
            1_i64.into(),
            (&p.spec).into(),
            (&p.spec_en).into(),
            p.diameter.into(),
            p.pieces.map(|n| n[0]).into(),
            p.pieces.map(|n| n[1]).into(),
            p.pack.clone().into(),
            p.net.into(),
            gross(p.net).into(),
            p.price.into(),
            from.into(),
            to.into(),
            ships_by.map(|day| day.to_string()).into(),
            at.into(),
            Value::Text(None),
        ])
    }

    fn parts(&mut self, p: &Product, sku: &SkuId, known: &Known<'_>) -> Result<()> {
        for (part, no) in p.parts.iter().zip(1_i64..) {
            self.parts.push([
                sku.into(),
                no.into(),
                (&part.name).into(),
                (&part.name_en).into(),
                (&known.seller(&part.coop)?.id).into(),
                (&part.county).into(),
                (&part.category).into(),
                part.list_price.into(),
            ])?;
        }
        Ok(())
    }

    async fn exec(self, tx: &mut Tx) -> Result<()> {
        let Self { products, versions, photos, skus, sku_versions, parts, certificates, schemes } = self;
        for rows in [products, versions, photos, skus, sku_versions, parts, certificates, schemes] {
            rows.exec(tx).await?;
        }
        Ok(())
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
