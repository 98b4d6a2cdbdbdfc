//! What changed on a product since the operator approved it: its words beside those that he saw.

use crate::{
    catalogue::desk,
    db::{Conn, FromRow, q, statements},
    kernel::{Day, ProductId, Result},
};

statements! {
    APPROVED = "SELECT CAST(COALESCE(MAX(version), 1) AS BIGINT) FROM product_decisions
                WHERE product_id = $1 AND decision = 'approve'";
    WORDS = "SELECT v.name, v.name_en, v.summary, v.summary_en, v.story, v.story_en, v.storage, v.storage_en, v.variety,
               v.grade, v.return_class, v.service, v.bad_fruit_promise, v.county_code, v.category_code
             FROM product_versions v WHERE v.product_id = $1 AND v.version = $2";
    CERTIFICATES = "SELECT kind, number, valid_to FROM certificates WHERE product_id = $1 AND product_version > $2
                    ORDER BY kind, number";
}

#[derive(FromRow)]
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

#[derive(FromRow)]
struct Added {
    kind: String,
    number: String,
    valid_to: Day,
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

/// The version of a product's words that was approved last; 1 for what was on the shelf from the start.
pub(super) async fn approved(conn: &mut Conn, id: &ProductId) -> Result<i64> {
    let (version,): (i64,) = q(APPROVED).bind(id).one(conn).await?;
    Ok(version)
}

/// What a product says otherwise than in an earlier version.
pub async fn changes(conn: &mut Conn, id: &ProductId, approved: i64) -> Result<Vec<Change>> {
    let (product, _) = desk::product(conn, id).await?;
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
    Ok(changes)
}
