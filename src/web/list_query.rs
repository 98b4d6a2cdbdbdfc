//! The query of a product list, of pages and API alike.

use super::sizes;
use crate::{
    catalogue::Snapshot,
    kernel::{Code, Refusal, parse},
    search::{Facet, SearchRequest, Sort},
};

/// Longest value of a parameter, in characters.
const LONGEST: usize = 200;

/// A parsed list request: what to search and which page.
pub struct Listing {
    /// For the engine.
    pub request: SearchRequest,
    /// From 1.
    pub page: i64,
    /// At most 100.
    pub per_page: i64,
}

/// Reads a list's query. Refuses unknown parameters and bad numbers.
pub fn listing(query: &str, snapshot: &Snapshot) -> Result<Listing, Refusal> {
    let mut request = SearchRequest::on(snapshot.day);
    let (mut page, mut per_page) = (1, 24);
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let number = |least: i64, most: i64| -> Result<i64, Refusal> {
            let wrong = || Refusal::of_field(name.as_ref(), Code::WrongType).with("expected", "i64");
            parse::within(&name, value.parse().map_err(|_| wrong())?, least, most)
        };
        match name.as_ref() {
            "lang" => {}
            "q" => request.text = parse::optional_text("q", sizes::search_text(&value), LONGEST)?,
            "sort" => {
                let unknown = || {
                    Refusal::of_field("sort", Code::WrongType)
                        .with("expected", "relevance, price, -price, sales, newest")
                };
                request.sort = Sort::try_from(&*value).map_err(|_| unknown())?;
            }
            "min_fen" => request.min_fen = Some(number(0, i64::MAX)?),
            "max_fen" => request.max_fen = Some(number(0, i64::MAX)?),
            "page" => page = number(1, 1_000_000)?,
            "per_page" => per_page = number(1, 100)?,
            other => {
                let facet = Facet::parse(other).ok_or_else(|| Refusal::of_field(other, Code::Unknown))?;
                if facet == Facet::InSeason && !matches!(value.as_ref(), "" | "true" | "false" | "1" | "0") {
                    return Err(Refusal::of_field(other, Code::OneOf).with("choices", "true, false"));
                }
                let value = parse::optional_text(other, &value, LONGEST)?;
                if !value.is_empty() {
                    request.selected.push((facet, value));
                }
            }
        }
    }
    request.page = u32::try_from(page).unwrap_or(u32::MAX);
    request.per_page = u32::try_from(per_page).unwrap_or(24);
    Ok(Listing { request, page, per_page })
}
