//! `/rules`, `/privacy`, `/licence`: what the law asks a market to show (电商法 15, 33, 34; PIPL 17).
//!
//! The texts are prose and stand in one template for each language; a change gets a new version and an
//! effective day at least seven days later.

use askama::Template;
use axum::{extract::State, http::HeaderMap, response::Response};

use crate::{
    kernel::Lang,
    web::{
        Allow, Market, Result, Route,
        auth::Language,
        pages::{
            Key,
            view::{self, Layout},
        },
    },
};

/// Number and first day of a version.
type Version = Option<(&'static str, &'static str)>;

/// Version of the rules in force, and the day from which they hold.
const RULES: Version = Some(("1", "2026-11-01"));
/// Version of the privacy notice in force, and its day.
const PRIVACY: Version = Some(("1", "2026-11-01"));

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/rules", Allow::Anyone, rules),
        Route::get("/privacy", Allow::Anyone, privacy),
        Route::get("/licence", Allow::Anyone, licence),
    ]
}

#[derive(Template)]
#[template(path = "legal/page.html")]
struct Page {
    layout: Layout,
    subject: &'static str,
    version: Option<String>,
    zh: bool,
}

async fn rules(state: State<Market>, lang: Language, headers: HeaderMap) -> Result<Response> {
    page(state, lang, &headers, ("rules", "legal.rules", RULES)).await
}

async fn privacy(state: State<Market>, lang: Language, headers: HeaderMap) -> Result<Response> {
    page(state, lang, &headers, ("privacy", "legal.privacy", PRIVACY)).await
}

async fn licence(state: State<Market>, lang: Language, headers: HeaderMap) -> Result<Response> {
    page(state, lang, &headers, ("licence", "legal.licence", None)).await
}

async fn page(
    State(market): State<Market>,
    Language(lang): Language,
    headers: &HeaderMap,
    (subject, title, version): (&'static str, &'static str, Version),
) -> Result<Response> {
    let key = Key { path: format!("/{subject}"), lang, shown: 0 };
    let render = || async {
        let layout = Layout::of(&market, lang, title);
        let version = version.map(|(n, day)| layout.say("legal.version", &[("n", &n), ("day", &day)]));
        let page = Page { layout, subject, version, zh: lang == Lang::ZhCn };
        view::text(&page)
    };
    Ok(market.pages.page(&key, headers, render).await?)
}
