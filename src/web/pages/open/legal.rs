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
            Form, Key,
            view::{self, Layout},
        },
    },
};

/// A text, and its version in force where it has one.
struct Text {
    subject: &'static str,
    title: &'static str,
    version: Option<Version>,
}

struct Version {
    number: &'static str,
    /// The day from which it holds.
    from: &'static str,
}

const RULES: Text =
    Text { subject: "rules", title: "legal.rules", version: Some(Version { number: "1", from: "2026-11-01" }) };
const PRIVACY: Text =
    Text { subject: "privacy", title: "legal.privacy", version: Some(Version { number: "1", from: "2026-11-01" }) };
const LICENCE: Text = Text { subject: "licence", title: "legal.licence", version: None };

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
    page(state, lang, &headers, RULES).await
}

async fn privacy(state: State<Market>, lang: Language, headers: HeaderMap) -> Result<Response> {
    page(state, lang, &headers, PRIVACY).await
}

async fn licence(state: State<Market>, lang: Language, headers: HeaderMap) -> Result<Response> {
    page(state, lang, &headers, LICENCE).await
}

async fn page(
    State(market): State<Market>,
    Language(lang): Language,
    headers: &HeaderMap,
    Text { subject, title, version }: Text,
) -> Result<Response> {
    let key = Key { path: format!("/{subject}"), lang, shown: 0 };
    let render = || async {
        let layout = Layout::of(&market, lang, title);
        let version = version.as_ref().map(|v| layout.say("legal.version", &[("n", &v.number), ("day", &v.from)]));
        let page = Page { layout, subject, version, zh: lang == Lang::ZhCn };
        view::text(&page)
    };
    Ok(market.pages.answer(Form::Page, &key, headers, render).await?)
}
