//! A SKU's spec and price: each change adds a version, so that a quote notices and an order keeps its own.

use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::{met, needed, publish, since, words};
use crate::{
    catalogue::{
        SeasonView,
        own::{self, OwnSku},
        table::Sku,
    },
    db::{Work, audit_log, insert, once, q, statements},
    kernel::{
        Code, CoopId, Day, Fen, Grams, ProductId, Refusal, Result, SkuId, Step,
        parse::{self, MOST_GRAMS},
    },
};

statements! {
    CHANGE = "UPDATE skus SET version = $1, active = $2, approved_version = $3 WHERE id = $4 AND version = $5";
}

/// Most that a SKU may cost, in 分.
const MOST: i64 = 100_000_000;
/// Below this net weight, packing adds a fixed weight (M6).
const SMALL: i64 = 2500;
/// What packing adds to a small SKU.
const SMALL_PACKING: i64 = 100;
/// Most SKUs of a product.
const MOST_SKUS: usize = 60;

/// What is said of a SKU; a change says only what changes.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SkuEdit {
    /// Spec, as `80mm 5kg`; needed for a new SKU.
    pub spec: Option<String>,
    pub spec_en: Option<String>,
    /// Diameter of fruit in mm; null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>)]
    pub diameter_mm: Option<Option<i64>>,
    /// Fewest pieces; null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>)]
    pub pieces_min: Option<Option<i64>>,
    /// Most pieces; null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>)]
    pub pieces_max: Option<Option<i64>>,
    pub pack: Option<String>,
    /// Net weight in g; needed for a new SKU.
    pub net_weight_g: Option<i64>,
    /// Gross weight in g; net and 100 g for new SKUs below 2.5 kg.
    pub gross_weight_g: Option<i64>,
    /// Price in 分; needed for a new SKU.
    pub price_fen: Option<i64>,
    /// Season; null for all year.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<SeasonView>)]
    pub season: Option<Option<SeasonDays>>,
    /// Day by which a presale is shipped; null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub presale_ships_by: Option<Option<Day>>,
    /// Whether it is sold.
    pub active: Option<bool>,
}

/// Days of a season, `MM-DD`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeasonDays {
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
}

/// A field that is there, with a value or null.
#[expect(clippy::option_option, reason = "absent leaves what is there, null takes it away")]
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Adds a SKU to an own product, once for a key. Refuses another cooperative's product as not found, and missing or
/// impossible values.
pub async fn add(work: &Work, (coop, product): (&CoopId, &ProductId), edit: &SkuEdit) -> Result<SkuId> {
    let missing = [
        ("spec", edit.spec.is_none()),
        ("net_weight_g", edit.net_weight_g.is_none()),
        ("price_fen", edit.price_fen.is_none()),
        ("gross_weight_g", edit.gross_weight_g.is_none() && edit.net_weight_g.is_some_and(|net| net >= SMALL)),
    ];
    let missing = missing.iter().filter(|(_, is)| *is).map(|(field, _)| Refusal::of_field(*field, Code::Missing));
    if let Some(refusal) = Refusal::all(missing.collect()) {
        return Err(refusal.into());
    }
    once!(work, tx, step, {
        let (owner, skus) = own::own_product(&mut tx, product, coop).await?;
        if skus.len() >= MOST_SKUS {
            return Err(Refusal::of_field("spec", Code::OutOfRange).with("min", 1).with("max", MOST_SKUS).into());
        }
        let position = skus.iter().map(|s| s.position).max().unwrap_or(0) + 1;
        let mut sku = blank(product, format!("{}-{position}", owner.code), position, &mut step)?;
        apply(&mut sku, edit)?;
        let row = Sku {
            id: sku.id.clone(),
            code: sku.code.clone(),
            product_id: product.clone(),
            position,
            version: 1,
            active: sku.active,
            approved_version: sku.approved_version,
        };
        if !insert(&mut tx, &row).await? {
            return Err(met());
        }
        insert(&mut tx, &sku.version_at(step.at, step.by.person.clone())).await?;
        let detail = format!("{} {}", sku.spec, sku.price_fen.yuan());
        audit_log::by(&mut tx, &step, "sku.add", &sku.code, &detail).await?;
        publish::changed(&mut tx, product, step.at).await?;
        Ok(sku.id)
    })
}

/// Changes an own SKU. Refuses another cooperative's as not found, impossible values, and to take from a
/// product on the shelf its last SKU.
pub async fn change(work: &Work, (coop, id): (&CoopId, &SkuId), edit: &SkuEdit) -> Result<()> {
    once!(work, tx, step, {
        let owner = own::own_sku(&mut tx, id, coop).await?;
        let (_, skus) = own::product(&mut tx, &owner.product_id).await?;
        let mut sku = skus.into_iter().find(|sku| sku.id == *id).ok_or_else(|| Refusal::new(Code::NotFound))?;
        let (before, price) = (sku.version, sku.price_fen);
        apply(&mut sku, edit)?;
        sku.version = before + 1;
        // A price alone, and a return to what was approved, need no new approval.
        if since::sku(&mut tx, &sku).await?.is_none() {
            sku.approved_version = sku.version;
        }
        let row = q(CHANGE).bind(sku.version).bind(sku.active).bind(sku.approved_version).bind(id).bind(before);
        if row.exec(&mut tx).await? == 0 {
            return Err(met());
        }
        insert(&mut tx, &sku.version_at(step.at, step.by.person.clone())).await?;
        let detail = format!("version {} {} → {}", sku.version, price.yuan(), sku.price_fen.yuan());
        audit_log::by(&mut tx, &step, "sku.change", &sku.code, &detail).await?;
        publish::changed(&mut tx, &owner.product_id, step.at).await
    })
}

fn blank(product: &ProductId, code: String, position: i64, step: &mut Step) -> Result<OwnSku> {
    Ok(OwnSku {
        id: SkuId(step.random.id(step.at)?),
        code,
        product_id: product.clone(),
        position,
        version: 1,
        approved_version: 0,
        active: true,
        spec: String::new(),
        spec_en: String::new(),
        diameter_mm: None,
        pieces_min: None,
        pieces_max: None,
        pack: None,
        net_weight_g: Grams(0),
        gross_weight_g: Grams(0),
        price_fen: Fen::ZERO,
        season_from: None,
        season_to: None,
        presale_ships_by: None,
        on_hand: 0,
        held: 0,
    })
}

fn apply(sku: &mut OwnSku, edit: &SkuEdit) -> Result<()> {
    if let Some(spec) = &edit.spec {
        sku.spec = needed("spec", spec, 60)?;
    }
    if let Some(spec) = &edit.spec_en {
        sku.spec_en = words("spec_en", spec, 120)?;
    }
    if let Some(pack) = &edit.pack {
        sku.pack = Some(words("pack", pack, 40)?).filter(|text| !text.is_empty());
    }
    let numbers = [
        ("diameter_mm", edit.diameter_mm, &mut sku.diameter_mm, 1000),
        ("pieces_min", edit.pieces_min, &mut sku.pieces_min, 10_000),
        ("pieces_max", edit.pieces_max, &mut sku.pieces_max, 10_000),
    ];
    for (field, said, into, max) in numbers {
        if let Some(said) = said {
            *into = said.map(|said| parse::within(field, said, 1, max)).transpose()?;
        }
    }
    weigh(sku, edit)?;
    if let Some(price) = edit.price_fen {
        sku.price_fen = Fen(parse::within("price_fen", price, 1, MOST)?);
    }
    if let Some(season) = &edit.season {
        let day = |name: &str, day: &str| parse::month_day(&format!("season.{name}"), day);
        let days = season.as_ref().map(|s| Ok::<_, Refusal>((day("from", &s.from)?, day("to", &s.to)?))).transpose()?;
        (sku.season_from, sku.season_to) = days.unzip();
    }
    if let Some(day) = edit.presale_ships_by {
        sku.presale_ships_by = day.map(|day| day.to_string());
    }
    sku.active = edit.active.unwrap_or(sku.active);
    if sku.pieces_max.is_some_and(|most| sku.pieces_min.is_none_or(|least| least > most)) {
        return Err(Refusal::of_field("pieces_max", Code::OutOfRange)
            .with("min", sku.pieces_min.unwrap_or(1))
            .with("max", 10_000)
            .into());
    }
    Ok(())
}

/// Net and gross weight; gross is never below net.
fn weigh(sku: &mut OwnSku, edit: &SkuEdit) -> Result<()> {
    if let Some(net) = edit.net_weight_g {
        sku.net_weight_g = Grams(parse::within("net_weight_g", net, 1, MOST_GRAMS)?);
        if net < SMALL && edit.gross_weight_g.is_none() {
            sku.gross_weight_g = Grams(net + SMALL_PACKING);
        }
    }
    if let Some(gross) = edit.gross_weight_g {
        sku.gross_weight_g = Grams(parse::within("gross_weight_g", gross, 1, MOST_GRAMS)?);
    }
    parse::within("gross_weight_g", sku.gross_weight_g.0, sku.net_weight_g.0, MOST_GRAMS)?;
    Ok(())
}
