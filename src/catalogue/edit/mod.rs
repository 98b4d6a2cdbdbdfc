//! Changes of products by their cooperative: words (`product`), specs and prices (`sku`), the way to the
//! shelf and off it (`publish`), and what changed on it (`since`). Each change adds a version; what was sold
//! stays as it was.

pub mod product;
pub mod publish;
pub mod since;
pub mod sku;

use crate::kernel::{Code, Error, Refusal, Result, parse};

/// Claims that the advertising law forbids (广告法 art. 9, 17).
const FORBIDDEN: &[&str] = &[
    "最好",
    "最佳",
    "国家级",
    "最高级",
    "顶级",
    "极品",
    "第一品牌",
    "销量第一",
    "绝对",
    "疗效",
    "治疗",
    "治愈",
    "抗癌",
    "防癌",
    "降血压",
    "降血糖",
    "降三高",
    "包治",
];

/// Text of at most `max` characters that makes no forbidden claim; may be empty.
fn words(field: &str, raw: &str, max: usize) -> Result<String, Refusal> {
    let clean = parse::optional_text(field, raw, max)?;
    match FORBIDDEN.iter().find(|word| clean.contains(**word)) {
        Some(word) => Err(Refusal::of_field(field, Code::ForbiddenClaim).with("word", word)),
        None => Ok(clean),
    }
}

/// The same, not empty.
fn needed(field: &str, raw: &str, max: usize) -> Result<String, Refusal> {
    parse::text(field, raw, max)?;
    words(field, raw, max)
}

/// Two changes of one thing met: the later runs again on what the earlier left.
fn met() -> Error {
    Error::Conflict(anyhow::anyhow!("two changes met"))
}
