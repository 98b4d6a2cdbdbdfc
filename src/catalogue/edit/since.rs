//! What changed on a product since the operator approved it: its words and its SKUs' beside those that he saw.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    catalogue::{
        CertificateKind,
        own::{self, OwnSku},
        table::{ProductVersion, SkuVersion},
    },
    db::{Conn, q, row, select, statements},
    kernel::{At, Day, ProductId, Result},
};

statements! {
    WORDS = select!(ProductVersion, "WHERE product_id = $1 AND version = $2");
    SKU = select!(SkuVersion, "WHERE sku_id = $1 AND version = $2");
    CERTIFICATES = "SELECT kind, number, valid_to FROM certificates WHERE product_id = $1 AND product_version > $2
                    ORDER BY kind, number";
}

impl SkuVersion {
    /// Whether it says the same as another; the price needs no approval and may differ.
    fn says(&self, other: &Self) -> bool {
        let Self { version, price_fen, created_at, .. } = *other;
        *other == Self { version, price_fen, created_at, created_by: other.created_by.clone(), ..self.clone() }
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
        kind: CertificateKind,
        number: String,
        valid_to: Day,
    }
}

/// One thing that is said in another way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ChangeView)]
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
    let old: Option<SkuVersion> = q(SKU).bind(&sku.id).bind(sku.approved_version).opt(conn).await?;
    let new = sku.version_at(At(0), None);
    if old.as_ref().is_some_and(|old| old.says(&new)) {
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
    let Some(old) = q(WORDS).bind(id).bind(approved).opt::<ProductVersion>(conn).await? else { return Ok(Vec::new()) };
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
        ("return_class", old.return_class.to_string(), product.return_class.to_string()),
        ("service", old.service.to_string(), product.service.to_string()),
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
