//! The page behind the code on a box: where and when these goods were harvested and packed.

use askama::Template;
use axum::{
    extract::{Path, State as Inject},
    http::HeaderMap,
    response::Response,
};

use super::{
    Key,
    good::Good,
    view::{self, Layout},
};
use crate::{
    kernel::{Code, Lang, Refusal},
    stock::trace::{self, Trace},
    web::{Allow, Result, Route, State, auth::Language},
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
    good: Option<Good>,
}

async fn page(
    Inject(state): Inject<State>,
    Language(lang): Language,
    Path(code): Path<String>,
    headers: HeaderMap,
) -> Result<Response> {
    let shown = state.shelf.now().shown;
    let key = Key { path: format!("/trace/{code}"), lang, shown };
    let page = || async {
        let batch = trace::find(&mut state.db().read_replica().await?, &code).await?;
        let batch = batch.ok_or_else(|| Refusal::new(Code::NotFound))?;
        view::text(&TracePage::of(&state, batch, lang))
    };
    Ok(state.pages.page(&key, &headers, page).await?)
}

impl TracePage {
    fn of(state: &State, batch: Trace, lang: Lang) -> Self {
        let snapshot = state.shelf.now();
        let layout = Layout::of(state, lang, "trace.title");
        Self {
            name: lang.pick(&batch.name, &batch.name_en).to_owned(),
            spec: lang.pick(&batch.spec, &batch.spec_en).to_owned(),
            coop: lang.pick(&batch.coop_name, &batch.coop_name_en).to_owned(),
            county: lang.pick(&batch.county_name, &batch.county_name_en).to_owned(),
            good: snapshot.by_slug(&batch.product_slug).map(|p| Good::of(&snapshot, p, &layout)),
            batch,
            layout,
        }
    }
}
