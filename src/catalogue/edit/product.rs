//! A product's words: written, changed, each time as another version.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{met, needed, publish, words};
use crate::{
    catalogue::{
        CertificateKind, ListingState,
        own::{self, OwnProduct},
        table::{Certificate, Product},
    },
    cooperatives::service::Service,
    db::{Tx, Work, audit_log, insert, once, q, statements},
    kernel::{At, Code, CoopId, Day, ProductId, Refusal, Result, ReturnClass, Step, parse},
};

statements! {
    COUNTY = "SELECT code FROM counties WHERE code = $1 OR slug = $1 OR short_name = $1 OR name = $1";
    COUNTY_OF = "SELECT county_code FROM coops WHERE id = $1";
    CATEGORY = "SELECT code FROM categories WHERE code = $1 OR name = $1";
    CHANGE = "UPDATE products SET version = $1, county_code = $2, category_code = $3, changed_at = $4
              WHERE id = $5 AND version = $6";
    LIKE_PHOTO = "INSERT INTO product_photos (product_id, position, photo, alt, alt_en, illustration)
                  SELECT CAST($1 AS TEXT), 1, h.photo, CAST($2 AS TEXT), CAST($3 AS TEXT), TRUE FROM product_photos h
                  JOIN products p ON p.id = h.product_id WHERE p.category_code = $4 AND h.position = 1 AND h.illustration
                  ORDER BY p.code LIMIT 1";
}

/// What is said of a product; a change says only what changes.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductEdit {
    /// Name; needed for a new product.
    pub name: Option<String>,
    pub name_en: Option<String>,
    /// Category by code or name; needed for a new product.
    pub category: Option<String>,
    /// County of origin by code, slug or name; the cooperative's own when absent.
    pub county: Option<String>,
    /// One line.
    pub summary: Option<String>,
    /// One line in English.
    pub summary_en: Option<String>,
    /// Where it comes from, told.
    pub story: Option<String>,
    /// The same in English.
    pub story_en: Option<String>,
    /// How to keep it, and how long.
    pub storage: Option<String>,
    /// The same in English.
    pub storage_en: Option<String>,
    pub variety: Option<String>,
    pub grade: Option<String>,
    /// What a buyer may send back.
    pub return_class: Option<ReturnClass>,
    /// How it travels.
    pub service: Option<Service>,
    /// Whether bad fruit is made good (坏果包赔).
    pub bad_fruit_promise: Option<bool>,
    /// Certificates to be added.
    pub certificates: Option<Vec<CertificateEdit>>,
}

/// A certificate to be added.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CertificateEdit {
    pub kind: CertificateKind,
    pub number: String,
    /// Whose it is.
    pub holder: String,
    /// First day.
    #[schema(value_type = String)]
    pub valid_from: Day,
    /// Last day.
    #[schema(value_type = String)]
    pub valid_to: Day,
}

/// Most certificates in one change.
const MOST_CERTIFICATES: usize = 20;

/// Writes a new product as a draft, once for a key. Refuses a missing name or category and forbidden claims.
pub async fn create(work: &Work, coop: &CoopId, edit: &ProductEdit) -> Result<ProductId> {
    for (field, value) in [("name", &edit.name), ("category", &edit.category)] {
        if value.is_none() {
            return Err(Refusal::of_field(field, Code::Missing).into());
        }
    }
    once!(work, tx, step, {
        let (county_code,): (String,) = q(COUNTY_OF).bind(coop).one(&mut tx).await?;
        let mut product = blank(coop, county_code, &mut step)?;
        apply(&mut tx, &mut product, edit).await?;
        insert(&mut tx, &first(&product, step.at)).await?;
        insert(&mut tx, &product.version_at(step.at, step.by.person.clone())).await?;
        let photo = q(LIKE_PHOTO).bind(&product.id).bind(&product.name).bind(&product.name_en);
        photo.bind(&product.category_code).exec(&mut tx).await?;
        certify(&mut tx, &product, edit, &mut step).await?;
        audit_log::by(&mut tx, &step, "product.create", &product.code, &product.name).await?;
        Ok(product.id)
    })
}

/// Changes an own product's words; what says the same as before is no new version. Refuses another
/// cooperative's as not found, forbidden claims, and to take from a product on the shelf what it must have.
pub async fn change(work: &Work, (coop, id): (&CoopId, &ProductId), edit: &ProductEdit) -> Result<()> {
    once!(work, tx, step, {
        let (mut product, _) = own::own_product(&mut tx, id, coop).await?;
        let (before, same) = (product.version, product.clone());
        apply(&mut tx, &mut product, edit).await?;
        if product == same && edit.certificates.as_ref().is_none_or(Vec::is_empty) {
            return Ok(());
        }
        product.version = before + 1;
        let change = q(CHANGE)
            .bind(product.version)
            .bind(&product.county_code)
            .bind(&product.category_code)
            .bind(step.at)
            .bind(&product.id)
            .bind(before);
        if change.exec(&mut tx).await? == 0 {
            return Err(met());
        }
        insert(&mut tx, &product.version_at(step.at, step.by.person.clone())).await?;
        certify(&mut tx, &product, edit, &mut step).await?;
        let detail = format!("version {}", product.version);
        audit_log::by(&mut tx, &step, "product.change", &product.code, &detail).await?;
        publish::changed(&mut tx, &product.id, step.at).await
    })
}

fn blank(coop: &CoopId, county_code: String, step: &mut Step) -> Result<OwnProduct> {
    let code = format!("P{}", step.random.code(6)?);
    Ok(OwnProduct {
        id: ProductId(step.random.id(step.at)?),
        slug: format!("p-{}", code.to_ascii_lowercase()),
        code,
        coop_id: coop.clone(),
        county_code,
        category_code: String::new(),
        version: 1,
        approved_version: 1,
        state: ListingState::Draft,
        changed_at: step.at,
        name: String::new(),
        name_en: String::new(),
        summary: String::new(),
        summary_en: String::new(),
        story: String::new(),
        story_en: String::new(),
        storage: String::new(),
        storage_en: String::new(),
        variety: None,
        grade: None,
        return_class: ReturnClass::SevenDay,
        service: Service::Ambient,
        bad_fruit_promise: false,
        tags: String::new(),
        photo: None,
        reason: None,
    })
}

/// Brings what is said into the product.
async fn apply(tx: &mut Tx, product: &mut OwnProduct, edit: &ProductEdit) -> Result<()> {
    if let Some(name) = &edit.name {
        product.name = needed("name", name, 60)?;
    }
    let texts = [
        ("name_en", &edit.name_en, &mut product.name_en, 120),
        ("summary", &edit.summary, &mut product.summary, 200),
        ("summary_en", &edit.summary_en, &mut product.summary_en, 400),
        ("story", &edit.story, &mut product.story, 4000),
        ("story_en", &edit.story_en, &mut product.story_en, 8000),
        ("storage", &edit.storage, &mut product.storage, 400),
        ("storage_en", &edit.storage_en, &mut product.storage_en, 800),
    ];
    for (field, said, into, max) in texts {
        if let Some(said) = said {
            *into = words(field, said, max)?;
        }
    }
    for (field, said, into) in
        [("variety", &edit.variety, &mut product.variety), ("grade", &edit.grade, &mut product.grade)]
    {
        if let Some(said) = said {
            *into = Some(words(field, said, 40)?).filter(|text| !text.is_empty());
        }
    }
    product.return_class = edit.return_class.unwrap_or(product.return_class);
    product.service = edit.service.unwrap_or(product.service);
    product.bad_fruit_promise = edit.bad_fruit_promise.unwrap_or(product.bad_fruit_promise);
    if let Some(county) = &edit.county {
        let known: Option<(String,)> = q(COUNTY).bind(county).opt(tx).await?;
        product.county_code = known.ok_or_else(|| Refusal::of_field("county", Code::UnknownRegion))?.0;
    }
    if let Some(category) = &edit.category {
        let known: Option<(String,)> = q(CATEGORY).bind(category).opt(tx).await?;
        product.category_code = known.ok_or_else(|| Refusal::of_field("category", Code::UnknownCategory))?.0;
    }
    Ok(())
}

fn first(p: &OwnProduct, at: At) -> Product {
    let own = p.clone();
    Product {
        id: own.id,
        code: own.code,
        slug: own.slug,
        coop_id: own.coop_id,
        county_code: own.county_code,
        category_code: own.category_code,
        family: None,
        version: own.version,
        approved_version: own.approved_version,
        state: own.state,
        created_at: at,
        published_at: None,
        changed_at: at,
    }
}

async fn certify(tx: &mut Tx, product: &OwnProduct, edit: &ProductEdit, step: &mut Step) -> Result<()> {
    let certificates = edit.certificates.as_deref().unwrap_or_default();
    if certificates.len() > MOST_CERTIFICATES {
        return Err(Refusal::of_field("certificates", Code::OutOfRange)
            .with("min", 0)
            .with("max", MOST_CERTIFICATES)
            .into());
    }
    for (place, certificate) in certificates.iter().enumerate() {
        let field = |name: &str| format!("certificates[{place}].{name}");
        let number = parse::text(&field("number"), &certificate.number, 60)?;
        let holder = parse::text(&field("holder"), &certificate.holder, 80)?;
        if certificate.valid_from > certificate.valid_to {
            return Err(Refusal::of_field(field("valid_to"), Code::RangeReversed).into());
        }
        let row = Certificate {
            id: step.random.id(step.at)?,
            product_id: Some(product.id.clone()),
            coop_id: product.coop_id.clone(),
            kind: certificate.kind,
            number: number.clone(),
            holder,
            valid_from: certificate.valid_from,
            valid_to: certificate.valid_to,
            product_version: Some(product.version),
        };
        if !insert(tx, &row).await? {
            return Err(Refusal::of_field(field("number"), Code::CertificateKnown).with("number", number).into());
        }
    }
    Ok(())
}
