//! Generated products of generated cooperatives: names, specifications and prices in the proportions of a market.

use super::{
    Size,
    kinds::{HAN, KINDS, Kind, Picture, WEIGHTS, WORDS},
    progress::Progress,
};
use crate::{
    catalogue::{CertificateKind, ListingState, table},
    cooperatives::{
        service::Service,
        state::CoopState,
        table::{Coop, FreightRule, FreightTemplate},
    },
    db::{Db, Rows, q, row, statements, tx},
    kernel::{At, Carrier, CoopId, Error, Fen, Grams, ProductId, Random, Result, ReturnClass, SkuId, time::DAY},
    stock::{
        level::{ONLINE, StockLevel},
        movement::{Movement, MovementKind, MovementRow},
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

row! {
    /// A county as generated goods need it.
    struct County {
        code: String,
        short_name: String,
        name_en: String,
        origin_832: bool,
    }
}

/// A cooperative of the generation.
struct Seller<'a> {
    id: CoopId,
    county: &'a County,
    code: String,
}

/// A product and its seller, as its other rows name them.
struct Sold<'a> {
    id: ProductId,
    code: String,
    seller: Seller<'a>,
}

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

/// The cooperative that sells the product of this number.
fn seller(n: u64, seed: u64, counties: &[County]) -> Result<Seller<'_>> {
    let place = n / PER_COOP;
    let mut random = Random::nth(!seed, place);
    let county = &counties[usize::try_from(place).unwrap_or(0) % counties.len()];
    Ok(Seller { id: CoopId(random.id(At(0))?), county, code: format!("K{place:05}") })
}

impl<'a> Maker<'a> {
    fn new(counties: &'a [County], seed: u64, now: At) -> Result<Self> {
        Ok(Self {
            counties,
            seed,
            now: now.day().start(),
            coops: Rows::to::<Coop>()?,
            templates: Rows::to::<FreightTemplate>()?,
            rules: Rows::to::<FreightRule>()?,
            products: Rows::to::<table::Product>()?,
            versions: Rows::to::<table::ProductVersion>()?,
            photos: Rows::to::<table::ProductPhoto>()?,
            skus: Rows::to::<table::Sku>()?,
            sku_versions: Rows::to::<table::SkuVersion>()?,
            certificates: Rows::to::<table::Certificate>()?,
            schemes: Rows::to::<table::ProductScheme>()?,
            levels: Rows::to::<StockLevel>()?,
            movements: Rows::to::<MovementRow>()?,
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
        let Seller { id, county, code } = seller(n, self.seed, self.counties)?;
        let at = self.now.later(-OPENED * DAY);
        let (name, name_en) =
            (format!("{}{code}合作社（演示）", county.short_name), format!("{} {code} (demo)", county.name_en));
        self.coops.add(&Coop {
            id: id.clone(),
            code: code.clone(),
            slug: code.to_lowercase(),
            name,
            name_en,
            county_code: county.code.clone(),
            credit_code: format!("DEMO-COOP-{code}"),
            phone: "0911-000-0000".to_owned(),
            story: "演示生成的合作社。".to_owned(),
            story_en: "A generated demonstration cooperative.".to_owned(),
            ship_from: county.short_name.clone(),
            sla_hours: 48,
            licence_valid_to: None,
            state: CoopState::Approved,
            created_at: at,
            decided_at: Some(at),
            decided_by: None,
            reason: None,
        });
        let template = format!("{id}-zto");
        let (service, carrier) = (Service::Ambient, Carrier::Zto);
        self.templates.add(&FreightTemplate { id: template.clone(), coop_id: id, service, carrier });
        self.rules.add(&FreightRule {
            template_id: template,
            region_prefix: String::new(),
            blocked: false,
            first_g: Grams(1000),
            first_fee_fen: Fen(600),
            step_g: Grams(1000),
            step_fee_fen: Fen(150),
            parcel_g: Grams(20_000),
            parcel_fee_fen: Fen::ZERO,
            free_from_fen: None,
        });
        Ok(())
    }

    fn product(&mut self, n: u64) -> Result<()> {
        let mut random = Random::nth(self.seed, n);
        let seller = seller(n, self.seed, self.counties)?;
        let county = seller.county;
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
        self.products.add(&table::Product {
            id: id.clone(),
            code: code.clone(),
            slug: code.to_lowercase(),
            coop_id: seller.id.clone(),
            county_code: county.code.clone(),
            category_code: kind.category.to_owned(),
            family: None,
            version: 1,
            approved_version: 1,
            state: ListingState::Published,
            created_at: at,
            published_at: Some(at),
            changed_at: at,
        });
        let name = format!("{}{brand}{}{word}", county.short_name, kind.zh);
        let name_en = format!("{} {}{word_en}", county.name_en, kind.en);
        let grade = match random.below(4)? {
            0 => Some("特级"),
            1 => Some("一级"),
            _ => None,
        };
        self.texts(&id, (name, name_en), (kind, grade), at);
        let Picture { name: photo, alt, alt_en } = kind.photo;
        self.photos.add(&table::ProductPhoto {
            product_id: id.clone(),
            position: 1,
            photo: photo.to_owned(),
            alt: alt.to_owned(),
            alt_en: alt_en.to_owned(),
            illustration: true,
        });
        let sold = Sold { id, code, seller };
        self.certificates(&sold, &mut random)?;
        let many = 1 + random.below(3)?;
        for place in 1..=i64::try_from(many).unwrap_or(1) {
            self.sku((&sold, place), kind, at, &mut random)?;
        }
        Ok(())
    }

    fn texts(&mut self, id: &ProductId, names: (String, String), (kind, grade): (&Kind, Option<&str>), at: At) {
        let (name, name_en) = names;
        self.versions.add(&table::ProductVersion {
            product_id: id.clone(),
            version: 1,
            name,
            name_en,
            summary: "演示生成的商品，供压力测试。".to_owned(),
            summary_en: "A generated product for load tests.".to_owned(),
            story: "这件商品由程序生成，不是真实货物。".to_owned(),
            story_en: "Generated by the program; no real goods.".to_owned(),
            storage: "阴凉干燥处存放。".to_owned(),
            storage_en: "Keep cool and dry.".to_owned(),
            variety: None,
            grade: grade.map(str::to_owned),
            return_class: if kind.fresh { ReturnClass::Fresh } else { ReturnClass::SevenDay },
            service: Service::Ambient,
            bad_fruit_promise: kind.fresh,
            tags: kind.zh.to_owned(),
            created_at: at,
            created_by: None,
            county_code: None,
            category_code: None,
        });
    }

    fn certificates(&mut self, sold: &Sold<'_>, random: &mut Random) -> Result<()> {
        use CertificateKind::{Conformity, Gi, Green};

        let kind = [Gi, Green, Conformity, Conformity][pick(random, 4)?];
        let (from, to) = (self.now.day().plus_days(-OPENED), self.now.day().plus_days(700));
        // A mark of origin alone is no certificate that goods may be sold with.
        for kind in [kind, Conformity].into_iter().take(1 + usize::from(kind == Gi)) {
            self.certificates.add(&table::Certificate {
                id: random.id(self.now)?,
                product_id: Some(sold.id.clone()),
                coop_id: sold.seller.id.clone(),
                kind,
                number: super::super::loading::certificate_number(kind, &sold.code),
                holder: "演示".to_owned(),
                valid_from: from,
                valid_to: to,
                product_version: None,
            });
        }
        for scheme in ["PAIRING_YX", "QUOTA_832"].into_iter().take(1 + usize::from(sold.seller.county.origin_832)) {
            self.schemes.add(&table::ProductScheme {
                product_id: sold.id.clone(),
                scheme_code: scheme.to_owned(),
                valid_from: "2021-01-01".parse().map_err(|e| Error::fault(format!("{e}")))?,
                valid_to: None,
                document: "演示".to_owned(),
            });
        }
        Ok(())
    }

    fn sku(&mut self, (sold, place): (&Sold<'_>, i64), kind: &Kind, at: At, random: &mut Random) -> Result<()> {
        let id = SkuId(random.id(at)?);
        let net = WEIGHTS[pick(random, WEIGHTS.len())?];
        let percent = 80 + i64::try_from(random.below(60)?).unwrap_or(0);
        let price = Fen((kind.price * net / 500 * percent / 1000).max(1) * 10);
        let apple = kind.category == "apple" && kind.fresh;
        let diameter = if apple { Some([70, 75, 80, 85][pick(random, 4)?]) } else { None };
        let weight = Grams(net).label();
        let spec = diameter.map_or(weight.clone(), |mm: i64| format!("{mm}mm {weight}"));
        let (from, to) = kind.season.unzip();
        let sku = format!("{}-{place}", sold.code);
        self.skus.add(&table::Sku {
            id: id.clone(),
            code: sku.clone(),
            product_id: sold.id.clone(),
            position: place,
            version: 1,
            active: true,
            approved_version: 1,
        });
        self.sku_versions.add(&table::SkuVersion {
            sku_id: id.clone(),
            version: 1,
            spec: spec.clone(),
            spec_en: spec,
            diameter_mm: diameter,
            pieces_min: None,
            pieces_max: None,
            pack: None,
            net_weight_g: Grams(net),
            gross_weight_g: Grams(super::super::goods::gross(net)),
            price_fen: price,
            season_from: from.map(str::to_owned),
            season_to: to.map(str::to_owned),
            presale_ships_by: None,
            created_at: at,
            created_by: None,
        });
        let stocked = 40 + i64::try_from(random.below(960)?).unwrap_or(0);
        let (sku_id, location) = (id.clone(), ONLINE.to_owned());
        self.levels.add(&StockLevel { sku_id, location, on_hand: stocked, held: 0, changed_at: at });
        let came = Movement::online(id, stocked, MovementKind::Receipt, format!("generated {sku}"));
        self.movements.add(&came.row(at, None));
        Ok(())
    }
}

fn pick(random: &mut Random, of: usize) -> Result<usize> {
    Ok(usize::try_from(random.below(of as u64)?).unwrap_or(0))
}
