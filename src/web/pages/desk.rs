//! The frame of the desks (bureau, cooperative, operator): a side list of pages beside the work.
//!
//! A desk's page has fields `layout: Layout` and `desk: Desk`; its template begins
//! `{% extends "desk.html" %}` and fills the block `work`: a `<header>` with the `<h1>`, tags and
//! `.acts`, then `.kpis`, `.sheet`s and `.block`s (`web/css/60_desk.css`).

use axum::http::Uri;

use super::view::Layout;
use crate::web::auth::Caller;

/// What the frame of a desk's page shows.
#[derive(Clone, Debug)]
pub struct Desk {
    /// Name of the desk, in the page's language.
    pub name: String,
    /// Its first page.
    pub home: &'static str,
    /// Its pages, in groups.
    pub groups: Vec<Group>,
    /// Who works here.
    pub person: String,
    /// The same page in the other language.
    pub other: String,
    /// What was just done here, in words: a form that did its work leads to `?done=…`.
    pub done: Option<&'static str>,
}

/// Some pages of a desk under a title, which may be empty.
#[derive(Clone, Debug)]
pub struct Group {
    /// Title, in the page's language.
    pub title: String,
    /// Its pages.
    pub links: Vec<Link>,
}

/// One page of a desk.
#[derive(Clone, Debug)]
pub struct Link {
    /// Address.
    pub href: String,
    /// Name, in the page's language.
    pub label: String,
    /// Whether it is the page shown.
    pub current: bool,
    /// How much waits there.
    pub count: Option<i64>,
}

/// A group as a desk lists it: the key of its title (empty for none), then address and key of each page.
pub type Pages = (&'static str, &'static [(&'static str, &'static str)]);

impl Desk {
    /// The desk of `pages`; the page shown is marked.
    pub fn of(
        layout: &Layout,
        caller: &Caller,
        uri: &Uri,
        (name, home): (&str, &'static str),
        pages: &[Pages],
    ) -> Self {
        let group = |(title, links): &Pages| Group {
            title: if title.is_empty() { String::new() } else { layout.t(title).to_owned() },
            links: links.iter().map(|(href, key)| link(layout, (uri.path(), home), href, key)).collect(),
        };
        Self {
            name: layout.t(name).to_owned(),
            home,
            groups: pages.iter().map(group).collect(),
            person: caller.person.as_ref().map(|person| person.name.clone()).unwrap_or_default(),
            other: in_language(uri, layout.other().0),
            done: done(layout, uri),
        }
    }

    /// Says how much waits behind a page.
    #[must_use]
    pub fn waiting(mut self, href: &str, count: i64) -> Self {
        let links = self.groups.iter_mut().flat_map(|group| &mut group.links);
        for link in links.filter(|link| link.href == href && count > 0) {
            link.count = Some(count);
        }
        self
    }
}

fn done(layout: &Layout, uri: &Uri) -> Option<&'static str> {
    let mut query = form_urlencoded::parse(uri.query()?.as_bytes());
    let (_, what) = query.find(|(name, _)| name == "done")?;
    layout.known_word("done", &what)
}

/// A page is marked where it or one below it is shown; all are below the desk's first.
fn link(layout: &Layout, (path, home): (&str, &str), href: &str, key: &str) -> Link {
    let below = path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/') && href != home);
    Link { href: href.to_owned(), label: layout.t(key).to_owned(), current: path == href || below, count: None }
}

/// The address again with another language.
pub fn in_language(uri: &Uri, tag: &str) -> String {
    let kept = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
        .filter(|(name, _)| name != "lang" && name != "done");
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(kept).append_pair("lang", tag);
    format!("?{}", query.finish())
}
