//! Pages of a list, for the API and for pages alike.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::kernel::{Refusal, parse};

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// From 1.
    pub page: Option<i64>,
    /// At most 100.
    pub per_page: Option<i64>,
}

impl Paging {
    /// `(page, per_page)`; refuses what is out of range.
    pub fn checked(&self, default: i64) -> Result<(i64, i64), Refusal> {
        let page = parse::within("page", self.page.unwrap_or(1), 1, 1_000_000)?;
        let per_page = parse::within("per_page", self.per_page.unwrap_or(default), 1, 100)?;
        Ok((page, per_page))
    }
}
