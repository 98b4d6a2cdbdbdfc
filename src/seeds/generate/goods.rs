//! Generated products of generated cooperatives: names, specifications and prices in the proportions of a market.

use super::{
    Progress, Size,
    kinds::{HAN, KINDS, Kind, WEIGHTS, WORDS},
};
use crate::{
    catalogue::insert,
    cooperatives,
    db::{Db, Rows, Value, q, statements, tx},
    kernel::{At, CoopId, Fen, Grams, ProductId, Random, Result, SkuId, time::DAY},
    stock::{
        self,
        movement::{MovementKind, ONLINE},
    },
};

statements! {
    HELD = "SELECT CAST(count(*) AS BIGINT) FROM products WHERE code >= 'G' AND code < 'H'";
    COUNTIES = "SELECT code, short_name, name_en, origin_832 FROM counties ORDER BY position";
}

/// Products of one transaction.
const BATCH: u64 = 500;
/// A cooperative sells so many products.
const PER_COOP: u64 = 40;
/// Days before today on which the first was published.
const OPENED: i64 = 430;

/// A county as generated goods need it.
type County = (String, String, String, bool);

/// Generates the products that are asked for, behind those that were generated before.
pub async fn generate(db: &Db, size: Size, now: At) -> Result<()> {
    let mut conn = db.read().await?;
    let (before,): (i64,) = q(HELD).one(&mut conn).await?;
    let counties: Vec<County> = q(COUNTIES).all(&mut conn).await?;
    drop(conn);
    let before = before.unsigned_abs();
    let mut progress = Progress::new("products", size.products);
    let mut done = 0;
    while done < size.products {
        let many = BATCH.min(size.products - done);
        let numbers = before + done..before + done + many;
        tx!(db, tx, {
            let mut maker = Maker::new(&counties, size.seed, now)?;
            for n in numbers.clone() {
                maker.coop(n)?;
                maker.product(n)?;
            }
            for rows in maker.tables() {
                rows.exec(&mut tx).await?;
            }
            Ok(())
        })?;
        done += many;
        progress.at(done);
    }
    Ok(())
}

struct Maker<'a> {
    counties: &'a [County],
    seed: u64,
    now: At,
    coops: Rows,
    templates: Rows,
    rules: Rows,
    products: Rows,
    versions: Rows,
    photos: Rows,
    skus: Rows,
    sku_versions: Rows,
    certificates: Rows,
    schemes: Rows,
    levels: Rows,
    movements: Rows,
}

/// A cooperative of the generation: its id, its county, its code.
fn seller(n: u64, seed: u64, counties: &[County]) -> Result<(CoopId, &County, String)> {
    let place = n / PER_COOP;
    let mut random = Random::nth(!seed, place);
    let county = &counties[usize::try_from(place).unwrap_or(0) % counties.len()];
    Ok((CoopId(random.id(At(0))?), county, format!("K{place:05}")))
}

impl<'a> Maker<'a> {
    fn new(counties: &'a [County], seed: u64, now: At) -> Result<Self> {
        Ok(Self {
            counties,
            seed,
            now: now.day().start(),
            coops: Rows::of(cooperatives::insert::COOP)?,
            templates: Rows::of(cooperatives::insert::FREIGHT_TEMPLATE)?,
            rules: Rows::of(cooperatives::insert::FREIGHT_RULE)?,
            products: Rows::of(insert::PRODUCT)?,
            versions: Rows::of(insert::PRODUCT_VERSION)?,
            photos: Rows::of(insert::PHOTO)?,
            skus: Rows::of(insert::SKU)?,
            sku_versions: Rows::of(insert::SKU_VERSION)?,
            certificates: Rows::of(insert::CERTIFICATE)?,
            schemes: Rows::of(insert::PRODUCT_SCHEME)?,
            levels: Rows::of(stock::insert::LEVEL)?,
            movements: Rows::of(stock::insert::MOVEMENT)?,
        })
    }

    fn tables(self) -> [Rows; 12] {
        [
            self.coops,
            self.templates,
            self.rules,
            self.products,
            self.versions,
            self.photos,
            self.skus,
            self.sku_versions,
            self.certificates,
            self.schemes,
            self.levels,
            self.movements,
        ]
    }

    /// The cooperative of a product, with its first product; it sends by one carrier everywhere.
    fn coop(&mut self, n: u64) -> Result<()> {
        if !n.is_multiple_of(PER_COOP) {
            return Ok(());
        }
        let (id, county, code) = seller(n, self.seed, self.counties)?;
        let at = self.now.later(-OPENED * DAY);
        let (name, name_en) = (format!("{}{code}合作社（演示）", county.1), format!("{} {code} (demo)", county.2));
        let nothing = || Value::Text(None);
        self.coops.push([
            (&id).into(),
            (&code).into(),
            code.to_lowercase().into(),
            name.into(),
            name_en.into(),
            (&county.0).into(),
            format!("DEMO-COOP-{code}").into(),
            "0911-000-0000".into(),
            "演示生成的合作社。".into(),
            "A generated demonstration cooperative.".into(),
            (&county.1).into(),
            48_i64.into(),
            nothing(),
            "approved".into(),
            at.into(),
            Some(at).into(),
            nothing(),
            nothing(),
        ])?;
        let template = format!("{id}-zto");
        self.templates.push([(&template).into(), (&id).into(), "ambient".into(), "zto".into()])?;
        let figures = [1000_i64, 600, 1000, 150, 20_000, 0].map(Into::into);
        let [first, fee, step, step_fee, parcel, parcel_fee] = figures;
        self.rules.push([
            template.into(),
            "".into(),
            false.into(),
            first,
            fee,
            step,
            step_fee,
            parcel,
            parcel_fee,
            Value::Int(None),
        ])
    }

    fn product(&mut self, n: u64) -> Result<()> {
        let mut random = Random::nth(self.seed, n);
        let (coop, county, _) = seller(n, self.seed, self.counties)?;
        let at = self.now.later(-OPENED * DAY + i64::try_from(random.below(60)?).unwrap_or(0) * DAY);
        let kind = &KINDS[pick(&mut random, KINDS.len())?];
        let (word, word_en) = WORDS[pick(&mut random, WORDS.len())?];
        let id = ProductId(random.id(at)?);
        let code = format!("G{n:07}");
        let han: Vec<char> = HAN.chars().collect();
        let mut brand = String::new();
        for _ in 0..2 {
            brand.push(han[pick(&mut random, han.len())?]);
        }
        self.products.push([
            (&id).into(),
            (&code).into(),
            code.to_lowercase().into(),
            (&coop).into(),
            (&county.0).into(),
            kind.category.into(),
            Value::Text(None),
            1_i64.into(),
            "published".into(),
            at.into(),
            Some(at).into(),
            at.into(),
        ])?;
        let name = format!("{}{brand}{}{word}", county.1, kind.zh);
        let name_en = format!("{} {}{word_en}", county.2, kind.en);
        let grade = match random.below(4)? {
            0 => Some("特级"),
            1 => Some("一级"),
            _ => None,
        };
        self.texts(&id, (&name, &name_en), (kind, grade), at)?;
        let (photo, alt, alt_en) = kind.photo;
        self.photos.push([(&id).into(), 1_i64.into(), photo.into(), alt.into(), alt_en.into(), true.into()])?;
        self.certificates((&id, &coop, county.3), &code, &mut random)?;
        let many = 1 + random.below(3)?;
        for place in 1..=i64::try_from(many).unwrap_or(1) {
            self.sku((&id, &code, place), kind, at, &mut random)?;
        }
        Ok(())
    }

    fn texts(
        &mut self,
        id: &ProductId,
        (name, name_en): (&str, &str),
        (kind, grade): (&Kind, Option<&str>),
        at: At,
    ) -> Result<()> {
        let words = [
            name,
            name_en,
            "演示生成的商品，供压力测试。",
            "A generated product for load tests.",
            "这件商品由程序生成，不是真实货物。",
            "Generated by the program; no real goods.",
            "阴凉干燥处存放。",
            "Keep cool and dry.",
        ];
        let [name, name_en, summary, summary_en, story, story_en, storage, storage_en] = words.map(Into::into);
        self.versions.push([
            id.into(),
            1_i64.into(),
            name,
            name_en,
            summary,
            summary_en,
            story,
            story_en,
            storage,
            storage_en,
            Value::Text(None),
            grade.map(str::to_owned).into(),
            if kind.fresh { "fresh" } else { "seven_day" }.into(),
            "ambient".into(),
            kind.fresh.into(),
            kind.zh.into(),
            at.into(),
            Value::Text(None),
            Value::Text(None),
            Value::Text(None),
        ])
    }

    fn certificates(
        &mut self,
        (id, coop, origin): (&ProductId, &CoopId, bool),
        code: &str,
        random: &mut Random,
    ) -> Result<()> {
        let kind = ["gi", "green", "conformity", "conformity"][pick(random, 4)?];
        let (from, to) = (self.now.day().plus_days(-OPENED), self.now.day().plus_days(700));
        // A mark of origin alone is no certificate that goods may be sold with.
        for kind in [kind, "conformity"].into_iter().take(1 + usize::from(kind == "gi")) {
            self.certificates.push([
                random.id(self.now)?.into(),
                Some(id.clone()).into(),
                coop.into(),
                kind.into(),
                super::super::certificate_number(kind, code).into(),
                "演示".into(),
                from.into(),
                to.into(),
            ])?;
        }
        for scheme in ["PAIRING_YX", "QUOTA_832"].into_iter().take(1 + usize::from(origin)) {
            let (none, document) = (Value::Text(None), "演示".into());
            self.schemes.push([id.into(), scheme.into(), "2021-01-01".into(), none, document])?;
        }
        Ok(())
    }

    fn sku(
        &mut self,
        (product, code, place): (&ProductId, &str, i64),
        kind: &Kind,
        at: At,
        random: &mut Random,
    ) -> Result<()> {
        let id = SkuId(random.id(at)?);
        let net = WEIGHTS[pick(random, WEIGHTS.len())?];
        let percent = 80 + i64::try_from(random.below(60)?).unwrap_or(0);
        let price = Fen((kind.price * net / 500 * percent / 1000).max(1) * 10);
        let apple = kind.category == "apple" && kind.fresh;
        let diameter = if apple { Some([70, 75, 80, 85][pick(random, 4)?]) } else { None };
        let weight = Grams(net).label();
        let spec = diameter.map_or(weight.clone(), |mm: i64| format!("{mm}mm {weight}"));
        let (from, to) = kind.season.unzip();
        let sku = format!("{code}-{place}");
        let (version, approved) = (1_i64.into(), 1_i64.into());
        self.skus.push([(&id).into(), (&sku).into(), product.into(), place.into(), version, true.into(), approved])?;
        self.sku_versions.push([
            (&id).into(),
            1_i64.into(),
            (&spec).into(),
            (&spec).into(),
            diameter.into(),
            Value::Int(None),
            Value::Int(None),
            Value::Text(None),
            net.into(),
            super::super::goods::gross(net).into(),
            price.into(),
            from.map(str::to_owned).into(),
            to.map(str::to_owned).into(),
            Value::Text(None),
            at.into(),
            Value::Text(None),
        ])?;
        let stocked = 40 + i64::try_from(random.below(960)?).unwrap_or(0);
        self.levels.push([(&id).into(), ONLINE.into(), stocked.into(), 0_i64.into(), at.into()])?;
        let nothing = || Value::Text(None);
        let movement = random.id(at)?.into();
        let (kind, reference) = (MovementKind::Receipt.into(), format!("generated {sku}").into());
        self.movements.push([
            movement,
            (&id).into(),
            ONLINE.into(),
            stocked.into(),
            kind,
            reference,
            "".into(),
            nothing(),
            nothing(),
            at.into(),
        ])
    }
}

fn pick(random: &mut Random, of: usize) -> Result<usize> {
    Ok(usize::try_from(random.below(of as u64)?).unwrap_or(0))
}
