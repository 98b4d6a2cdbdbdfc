//! What changed on a product since the operator approved it: its words and its SKUs' beside those that he saw.

use crate::{
    catalogue::own::{self, OwnSku},
    db::{Conn, q, row, statements},
    kernel::{Day, Grams, ProductId, Result},
};

statements! {
    WORDS = "SELECT v.name, v.name_en, v.summary, v.summary_en, v.story, v.story_en, v.storage, v.storage_en, v.variety,
               v.grade, v.return_class, v.service, v.bad_fruit_promise, v.county_code, v.category_code
             FROM product_versions v WHERE v.product_id = $1 AND v.version = $2";
    SKU = "SELECT spec, spec_en, diameter_mm, pieces_min, pieces_max, pack, net_weight_g, gross_weight_g, season_from,
             season_to, presale_ships_by FROM sku_versions WHERE sku_id = $1 AND version = $2";
    CERTIFICATES = "SELECT kind, number, valid_to FROM certificates WHERE product_id = $1 AND product_version > $2
                    ORDER BY kind, number";
}

row! {
    struct Words {
        name: String,
        name_en: String,
        summary: String,
        summary_en: String,
        story: String,
        story_en: String,
        storage: String,
        storage_en: String,
        variety: Option<String>,
        grade: Option<String>,
        return_class: String,
        service: String,
        bad_fruit_promise: bool,
        county_code: Option<String>,
        category_code: Option<String>,
    }
}

row! {
    /// What an approval of a SKU is given to: all but the price.
    #[derive(PartialEq)]
    struct SkuWords {
        spec: String,
        spec_en: String,
        diameter_mm: Option<i64>,
        pieces_min: Option<i64>,
        pieces_max: Option<i64>,
        pack: Option<String>,
        net_weight_g: Grams,
        gross_weight_g: Grams,
        season_from: Option<String>,
        season_to: Option<String>,
        presale_ships_by: Option<String>,
    }
}

impl SkuWords {
    fn of(sku: &OwnSku) -> Self {
        Self {
            spec: sku.spec.clone(),
            spec_en: sku.spec_en.clone(),
            diameter_mm: sku.diameter_mm,
            pieces_min: sku.pieces_min,
            pieces_max: sku.pieces_max,
            pack: sku.pack.clone(),
            net_weight_g: sku.net_weight_g,
            gross_weight_g: sku.gross_weight_g,
            season_from: sku.season_from.clone(),
            season_to: sku.season_to.clone(),
            presale_ships_by: sku.presale_ships_by.clone(),
        }
    }

    /// In one line: `P01-1 75mm 5kg · 75 mm, 5 kg · 5000/5400 g · 75 mm · 22 – 24`.
    fn line(&self, code: &str) -> String {
        let span = |from: String, to: String| format!("{from} – {to}");
        let pieces = |n: Option<i64>| n.map(|n| n.to_string()).unwrap_or_default();
        let parts = [
            format!("{code} {}", self.spec),
            self.spec_en.clone(),
            format!("{}/{} g", self.net_weight_g.0, self.gross_weight_g.0),
            self.diameter_mm.map(|mm| format!("{mm} mm")).unwrap_or_default(),
            self.pieces_max.map(|most| span(pieces(self.pieces_min), most.to_string())).unwrap_or_default(),
            self.pack.clone().unwrap_or_default(),
            self.season_from.clone().zip(self.season_to.clone()).map(|(from, to)| span(from, to)).unwrap_or_default(),
            self.presale_ships_by.clone().unwrap_or_default(),
        ];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }
}

row! {
    struct Added {
        kind: String,
        number: String,
        valid_to: Day,
    }
}

/// One thing that is said in another way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which field, as programs name it.
    pub field: &'static str,
    /// What was approved; empty where nothing was.
    pub before: String,
    /// What is said now.
    pub after: String,
}

/// What a SKU says otherwise than when it was approved; `None` where nothing. Its price may differ.
pub(super) async fn sku(conn: &mut Conn, sku: &OwnSku) -> Result<Option<Change>> {
    let old: Option<SkuWords> = q(SKU).bind(&sku.id).bind(sku.approved_version).opt(conn).await?;
    let new = SkuWords::of(sku);
    if old.as_ref() == Some(&new) {
        return Ok(None);
    }
    let before = old.map(|old| old.line(&sku.code)).unwrap_or_default();
    Ok(Some(Change { field: "sku", before, after: new.line(&sku.code) }))
}

/// SKUs on sale whose words were not approved as they are.
pub(super) fn unapproved(skus: &[OwnSku]) -> impl Iterator<Item = &OwnSku> {
    skus.iter().filter(|sku| sku.active && sku.approved_version < sku.version)
}

/// What a product and its SKUs on sale say otherwise than when they were approved.
pub async fn changes(conn: &mut Conn, id: &ProductId) -> Result<Vec<Change>> {
    let (product, skus) = own::product(conn, id).await?;
    let approved = product.approved_version;
    let Some(old) = q(WORDS).bind(id).bind(approved).opt::<Words>(conn).await? else { return Ok(Vec::new()) };
    let text = |text: Option<String>| text.unwrap_or_default();
    // A version from before counties and categories were kept in it says nothing of them.
    let (county, category) = (product.county_code, product.category_code);
    let fields = [
        ("name", old.name, product.name),
        ("name_en", old.name_en, product.name_en),
        ("summary", old.summary, product.summary),
        ("summary_en", old.summary_en, product.summary_en),
        ("story", old.story, product.story),
        ("story_en", old.story_en, product.story_en),
        ("storage", old.storage, product.storage),
        ("storage_en", old.storage_en, product.storage_en),
        ("variety", text(old.variety), text(product.variety)),
        ("grade", text(old.grade), text(product.grade)),
        ("return_class", old.return_class, product.return_class),
        ("service", old.service, product.service),
        ("bad_fruit_promise", old.bad_fruit_promise.to_string(), product.bad_fruit_promise.to_string()),
        ("county", old.county_code.unwrap_or_else(|| county.clone()), county),
        ("category", old.category_code.unwrap_or_else(|| category.clone()), category),
    ];
    let changed = fields.into_iter().filter(|(_, before, after)| before != after);
    let mut changes: Vec<Change> = changed.map(|(field, before, after)| Change { field, before, after }).collect();
    for added in q(CERTIFICATES).bind(id).bind(approved).all::<Added>(conn).await? {
        let after = format!("{} {} – {}", added.kind, added.number, added.valid_to);
        changes.push(Change { field: "certificates", before: String::new(), after });
    }
    for own in unapproved(&skus) {
        changes.extend(sku(conn, own).await?);
    }
    Ok(changes)
}
