//! The catalogue for programs: products with facets, suggestions, cooperatives.

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, Uri},
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, OpenApi, ToSchema};

use crate::{
    catalogue::{Coop, ProductView, Snapshot},
    kernel::{Code, Error, Lang, Refusal, parse},
    search::{FacetCount, Hits, Suggestion},
    web::{
        Allow, Market, Result, Route,
        auth::Language,
        cache::{Form, Key, Rendered},
        json::ApiQuery,
        list_query::listing,
        sizes,
    },
};

/// Operations of this file.
#[derive(OpenApi)]
#[openapi(paths(list_products, get_product, suggest, list_coops, get_coop))]
pub struct Operations;

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/products", Allow::Anyone, list_products),
        Route::get("/api/v1/products/{slug}", Allow::Anyone, get_product),
        Route::get("/api/v1/search/suggest", Allow::Anyone, suggest),
        Route::get("/api/v1/coops", Allow::Anyone, list_coops),
        Route::get("/api/v1/coops/{slug}", Allow::Anyone, get_coop),
    ]
}

/// Parameters of a product list. A facet's parameter may stand several times: or within it.
#[derive(Debug, IntoParams, Deserialize)]
#[allow(dead_code, reason = "describes the parameters; they are read one by one")]
pub struct ProductQuery {
    /// What was typed.
    q: Option<String>,
    county: Option<String>,
    category: Option<String>,
    cert: Option<String>,
    scheme: Option<String>,
    coop: Option<String>,
    grade: Option<String>,
    diameter: Option<String>,
    weight: Option<String>,
    price: Option<String>,
    in_season: Option<String>,
    /// Least price in 分.
    min_fen: Option<i64>,
    /// Greatest price in 分.
    max_fen: Option<i64>,
    /// `relevance`, `price`, `-price`, `sales` or `newest`.
    sort: Option<String>,
    page: Option<i64>,
    per_page: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct FacetValue {
    pub value: String,
    pub label: String,
    pub count: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ProductPage {
    pub items: Vec<ProductView>,
    pub total: u64,
    pub page: i64,
    pub per_page: i64,
    #[schema(value_type = Object)]
    pub facets: std::collections::BTreeMap<&'static str, Vec<FacetValue>>,
    pub corrections: Vec<String>,
    /// What was relaxed, in words.
    pub notes: Vec<String>,
    /// What was understood.
    pub chips: Vec<ChipView>,
}

/// A piece of the text that was understood.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChipView {
    pub kind: String,
    pub label: String,
    /// The text without it.
    pub without: String,
}

#[utoipa::path(get, path = "/api/v1/products", operation_id = "listProducts", tag = "catalogue",
    params(ProductQuery), responses((status = 200, body = ProductPage)))]
pub async fn list_products(
    State(market): State<Market>,
    Language(lang): Language,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response> {
    let snapshot = market.shelf.now();
    let query = uri.query().unwrap_or_default();
    let listing = listing(query, &snapshot)?;
    let key = Key { path: format!("/api/v1/products?{query}"), lang, shown: snapshot.turn };
    let render = || async {
        let hits = market.search.search(&listing.request).await;
        // What Meilisearch would answer changes without this snapshot, and it may have been away.
        let passing = hits.zero || (market.search.meili().is_some() && !listing.request.text.is_empty());
        let page = page(&market, &snapshot, (listing.page, listing.per_page), hits, lang);
        let text = serde_json::to_string(&page).map_err(|e| Error::fault(format!("a list cannot be written: {e}")))?;
        // What found nothing is noted each time it is asked.
        Ok(if passing { Rendered::once(text) } else { Rendered::from(text) })
    };
    Ok(market.pages.answer(Form::Json, &key, &headers, render).await?)
}

fn page(market: &Market, snapshot: &Snapshot, (page, per_page): (i64, i64), hits: Hits, lang: Lang) -> ProductPage {
    let items = hits.codes.iter().filter_map(|code| snapshot.by_code(code));
    let value = |v: FacetCount| FacetValue { label: v.label_in(lang).to_owned(), value: v.value, count: v.count };
    ProductPage {
        items: items.map(|product| snapshot.view(product, lang, market.demo)).collect(),
        total: hits.total,
        page,
        per_page,
        notes: hits.notes.iter().map(|note| note.text_in(lang).to_owned()).collect(),
        chips: hits
            .chips
            .iter()
            .map(|c| ChipView {
                kind: c.kind.to_owned(),
                label: c.label_in(lang).to_owned(),
                without: c.without.clone(),
            })
            .collect(),
        facets: hits
            .facets
            .into_iter()
            .map(|f| (f.facet.as_str(), f.values.into_iter().map(value).collect()))
            .collect(),
        corrections: hits.corrections,
    }
}

#[utoipa::path(get, path = "/api/v1/products/{slug}", operation_id = "getProduct", tag = "catalogue",
    params(("slug" = String, Path)), responses((status = 200, body = ProductView)))]
pub async fn get_product(
    State(market): State<Market>,
    Language(lang): Language,
    Path(slug): Path<String>,
) -> Result<Json<ProductView>> {
    let snapshot = market.shelf.now();
    let product = snapshot.by_slug(&slug).or_else(|| snapshot.by_code(&slug));
    let product = product.ok_or_else(|| Refusal::new(Code::NotFound))?;
    Ok(Json(snapshot.view(product, lang, market.demo)))
}

/// What is typed.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct SuggestQuery {
    q: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestionView {
    /// `query`, `product`, `category`, `county` or `coop`.
    pub kind: String,
    pub label: String,
    pub value: String,
    pub detail: String,
    /// Page that it leads to.
    pub href: String,
}

/// Suggestions while typing.
#[derive(Debug, Serialize, ToSchema)]
pub struct Suggestions {
    pub items: Vec<SuggestionView>,
}

#[utoipa::path(get, path = "/api/v1/search/suggest", operation_id = "suggest", tag = "catalogue",
    params(SuggestQuery), responses((status = 200, body = Suggestions)))]
pub async fn suggest(
    State(market): State<Market>,
    Language(lang): Language,
    ApiQuery(query): ApiQuery<SuggestQuery>,
) -> Result<Json<Suggestions>> {
    let text = parse::optional_text("q", sizes::search_text(&query.q.unwrap_or_default()), 200)?;
    let items = market.search.suggest(&text).into_iter().map(|s| suggestion(s, lang)).collect();
    Ok(Json(Suggestions { items }))
}

fn suggestion(s: Suggestion, lang: Lang) -> SuggestionView {
    use crate::search::SuggestionKind as K;
    let value = crate::web::percent(&s.value);
    let (kind, href) = match s.kind {
        K::Query => ("query", format!("/products?q={value}")),
        K::Product => ("product", format!("/p/{value}")),
        K::Category => ("category", format!("/products?category={value}")),
        K::County => ("county", format!("/products?county={value}")),
        K::Coop => ("coop", format!("/coops/{value}")),
    };
    SuggestionView {
        kind: kind.to_owned(),
        label: lang.pick(&s.label, &s.label_en).to_owned(),
        value: s.value,
        detail: s.detail,
        href,
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CoopView {
    pub code: String,
    pub slug: String,
    pub name: String,
    pub county: String,
    pub county_code: String,
    pub story: String,
    pub ship_from: String,
    pub sla_hours: i64,
    pub credit_code: String,
    /// Households with evidence in the market's files; never estimated from sales.
    pub households: i64,
    pub products: usize,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub demo: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Coops {
    pub items: Vec<CoopView>,
    pub total: usize,
    pub page: i64,
    pub per_page: i64,
}

fn coop_view(market: &Market, snapshot: &Snapshot, coop: &Coop, lang: Lang) -> CoopView {
    let county = snapshot.county(&coop.county_code);
    CoopView {
        code: coop.code.clone(),
        slug: coop.slug.clone(),
        name: lang.pick(&coop.name, &coop.name_en).to_owned(),
        county: county.map(|c| lang.pick(&c.name, &c.name_en).to_owned()).unwrap_or_default(),
        county_code: coop.county_code.clone(),
        story: lang.pick(&coop.story, &coop.story_en).to_owned(),
        ship_from: coop.ship_from.clone(),
        sla_hours: coop.sla_hours,
        credit_code: coop.credit_code.clone(),
        households: coop.households,
        products: snapshot.of_coop(&coop.id).count(),
        demo: market.demo,
    }
}

#[utoipa::path(get, path = "/api/v1/coops", operation_id = "listCoops", tag = "catalogue",
    params(crate::web::paging::Paging), responses((status = 200, body = Coops)))]
pub async fn list_coops(
    State(market): State<Market>,
    Language(lang): Language,
    ApiQuery(paging): ApiQuery<crate::web::paging::Paging>,
) -> Result<Json<Coops>> {
    let (page, per_page) = paging.checked(24)?;
    let snapshot = market.shelf.now();
    let first = usize::try_from((page - 1) * per_page).unwrap_or(usize::MAX);
    let items = snapshot.coops.iter().skip(first).take(usize::try_from(per_page).unwrap_or(24));
    Ok(Json(Coops {
        items: items.map(|coop| coop_view(&market, &snapshot, coop, lang)).collect(),
        total: snapshot.coops.len(),
        page,
        per_page,
    }))
}

#[utoipa::path(get, path = "/api/v1/coops/{slug}", operation_id = "getCoop", tag = "catalogue",
    params(("slug" = String, Path)), responses((status = 200, body = CoopView)))]
pub async fn get_coop(
    State(market): State<Market>,
    Language(lang): Language,
    Path(slug): Path<String>,
) -> Result<Json<CoopView>> {
    let snapshot = market.shelf.now();
    let coop = snapshot.coop_by_slug(&slug).ok_or_else(|| Refusal::new(Code::NotFound))?;
    Ok(Json(coop_view(&market, &snapshot, coop, lang)))
}
