//! What every page shares: its layout, its texts, and how it becomes an answer.
//!
//! A page is an askama struct next to its handler with a field `layout: Layout`; its template begins
//! `{% extends "base.html" %}` and fills the block `main`. Words come by key: `{{ layout.t("cart.empty") }}`
//! in templates, `layout.t(..)` in handlers; the keys stand in `web/text/*.toml`, both languages on one
//! line. A public page must be the same bytes for everyone: names and the cart's count come by script.

use std::fmt::Display;

use askama::Template;
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::texts;
use crate::{
    kernel::{self, Error, Lang},
    web::{self, Market, Result, assets},
};

/// What the frame of a page shows.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Language of the page.
    pub lang: Lang,
    /// Title of the page, in its language.
    pub title: String,
    /// Whether everything on it is demonstration data.
    pub demo: bool,
    /// Which entry of the navigation is the page's: `home`, `products`, `cart`, `me`, or none.
    pub nav: &'static str,
    /// What the search field holds.
    pub q: String,
    /// The page's own query, kept by the link that switches the language: empty or ends with `&`.
    pub here: String,
    /// What search engines and previews say of the page; may be empty.
    pub about: String,
    /// Address of the styles.
    pub css: &'static str,
    /// Folder of the scripts, each a module under its own name.
    pub js: &'static str,
}

impl Layout {
    /// The frame of a page whose title stands under a key.
    pub fn of(market: &Market, lang: Lang, key: &str) -> Self {
        Self::titled(market.demo, lang, texts::get(lang, key).to_owned())
    }

    /// The frame of a page with a title of its own, such as a product's name.
    pub fn titled(demo: bool, lang: Lang, title: String) -> Self {
        let (q, here, about) = (String::new(), String::new(), String::new());
        Self { lang, title, demo, nav: "", q, here, about, css: assets::css(), js: assets::js() }
    }

    /// The same under an entry of the navigation.
    #[must_use]
    pub fn nav(mut self, nav: &'static str) -> Self {
        self.nav = nav;
        self
    }

    /// The same with what the search field holds and the query that a change of language keeps.
    #[must_use]
    pub fn asked(mut self, q: &str, query: &str) -> Self {
        q.clone_into(&mut self.q);
        self.here = if query.is_empty() { String::new() } else { format!("{query}&") };
        self
    }

    /// The same with a line for search engines and previews.
    #[must_use]
    pub fn about(mut self, about: &str) -> Self {
        about.clone_into(&mut self.about);
        self
    }

    /// The words of a key; the key itself where there are none, which a test finds.
    pub fn t<'a>(&self, key: &'a str) -> &'a str {
        texts::get(self.lang, key)
    }

    /// The words of a key with their `{name}`s filled.
    pub fn say(&self, key: &str, params: &[(&str, &dyn Display)]) -> String {
        let words = texts::get(self.lang, key).to_owned();
        params.iter().fold(words, |words, (name, value)| words.replace(&format!("{{{name}}}"), &value.to_string()))
    }

    /// The words of a key in a group, such as an order's state; the key itself where there are none.
    pub fn word(&self, group: &str, key: &str) -> String {
        self.known_word(group, key).unwrap_or(key).to_owned()
    }

    /// The same of a key that an address brought; nothing where the group has no such key.
    pub fn known_word(&self, group: &str, key: &str) -> Option<&'static str> {
        texts::find(self.lang, &format!("{group}.{key}"))
    }

    /// `zh-CN` or `en`.
    pub fn tag(&self) -> &'static str {
        self.lang.tag()
    }

    /// The other language's tag and name, for the link that switches.
    pub fn other(&self) -> (&'static str, &'static str) {
        match self.lang {
            Lang::ZhCn => ("en", "English"),
            Lang::En => ("zh-CN", "中文"),
        }
    }
}

/// Address of a photo at a width: 400, 800 or 1200.
pub fn photo(name: &str, width: u32) -> String {
    format!("/photos/{name}-{width}.webp")
}

/// A page's text, for the cache of public pages.
pub fn text(page: &impl Template) -> kernel::Result<String> {
    page.render().map_err(|e| Error::fault(format!("a page cannot be rendered: {e}")))
}

/// A page of one person: never kept by anyone.
pub fn html(page: &impl Template) -> Result<Response> {
    let text = text(page)?;
    let heads = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    Ok((heads, text).into_response())
}

/// A form that was refused, shown again under the status of the refusal.
pub fn again(code: u16, page: &impl Template) -> web::Result<Response> {
    let status = StatusCode::from_u16(code).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
    Ok((status, html(page)?).into_response())
}

/// A form that was refused, shown again with what was typed.
pub fn refused(page: &impl Template) -> web::Result<Response> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, html(page)?).into_response())
}
