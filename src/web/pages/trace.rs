//! The page behind the code on a box: where and when these goods were harvested and packed.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};

use super::{
    Form, Key,
    card::Card,
    view::{self, Layout},
};
use crate::{
    kernel::{Code, Lang, Refusal},
    stock::trace::{self, Trace},
    web::{Allow, Market, Result, Route, auth::Language},
};

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![Route::get("/trace/{code}", Allow::Anyone, page)]
}

#[derive(Template)]
#[template(path = "shop/trace.html")]
struct TracePage {
    layout: Layout,
    batch: Trace,
    name: String,
    spec: String,
    coop: String,
    county: String,
    card: Option<Card>,
}

async fn page(
    State(market): State<Market>,
    Language(lang): Language,
    Path(code): Path<String>,
    headers: HeaderMap,
) -> Result<Response> {
    let shown = market.shelf.now().shown;
    let key = Key { path: format!("/trace/{code}"), lang, shown };
    let page = || async {
        let batch = trace::find(&mut market.db().read_replica().await?, &code).await?;
        let batch = batch.ok_or_else(|| Refusal::new(Code::NotFound))?;
        view::text(&TracePage::of(&market, batch, lang))
    };
    Ok(market.pages.answer(Form::Page, &key, &headers, page).await?)
}

impl TracePage {
    fn of(market: &Market, batch: Trace, lang: Lang) -> Self {
        let snapshot = market.shelf.now();
        let layout = Layout::of(market, lang, "trace.title");
        Self {
            name: lang.pick(&batch.name, &batch.name_en).to_owned(),
            spec: lang.pick(&batch.spec, &batch.spec_en).to_owned(),
            coop: lang.pick(&batch.coop_name, &batch.coop_name_en).to_owned(),
            county: lang.pick(&batch.county_name, &batch.county_name_en).to_owned(),
            card: snapshot.by_slug(&batch.product_slug).map(|p| Card::of(&snapshot, p, &layout)),
            batch,
            layout,
        }
    }
}
