//! What the index is given: one plain record per published product.

use crate::kernel::{At, Season, Term};

/// One SKU of a product, as far as search looks at it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spec {
    /// SKU code, `P01-1`.
    pub sku: String,
    /// Spec text as shown, `75mm 5kg（22–24枚）`.
    pub spec: String,
    /// Net weight in grams.
    pub net_g: i64,
    pub price_fen: i64,
    /// Fruit diameter in mm.
    pub diameter_mm: Option<i64>,
    /// Least and greatest number of pieces.
    pub pieces: Option<(i64, i64)>,
    /// Something is left to sell (or it is a presale).
    pub in_stock: bool,
    /// Season window; none means all year.
    pub season: Option<Season>,
}

/// A published product, as far as search looks at it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Doc {
    /// Product code, `P01`: what [`super::Hits`] answers with.
    pub code: String,
    /// Slug of the product page.
    pub slug: String,
    /// Chinese name.
    pub name: String,
    pub name_en: String,
    pub category: Term,
    /// County of origin; `value` is the six-digit code.
    pub county: Term,
    /// Wuxi district paired with the county, `江阴市`.
    pub pairing: Option<String>,
    /// Cooperative that sells it; `value` is its slug.
    pub coop: Term,
    /// Kinds of the certificates valid today.
    pub certs: Vec<Term>,
    /// Recognition schemes valid today.
    pub schemes: Vec<Term>,
    /// Grade, `特级`.
    pub grade: Option<String>,
    /// SKUs on sale; the least price is the product's `from_fen`.
    pub skus: Vec<Spec>,
    /// Units sold.
    pub sales: i64,
    /// When it was published first.
    pub created_at: At,
    /// One-line summary.
    pub summary: String,
    /// Further words to be found by: variety, tags, parts of a set; separated by blanks.
    pub keywords: String,
}

impl Doc {
    /// Least price of its SKUs in fen; 0 without SKUs.
    pub fn from_fen(&self) -> i64 {
        self.skus.iter().map(|s| s.price_fen).min().unwrap_or(0)
    }
}
