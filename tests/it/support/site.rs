//! The small shop behind its own router, and a visitor with a browser without script: cookies,
//! forms filled as they are shown, redirects followed.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
};
use http_body_util::BodyExt;
use scraper::{ElementRef, Html, Selector};
use tower::ServiceExt;
use yanxi::{
    config::Config,
    identity::{NewPerson, Person, Role, create_person, password},
    kernel::{Actor, Step},
    web::{self, Market, Parts},
};

use super::{Base, Shop, desk::market_of};

/// The shop as a site.
pub struct Site {
    pub shop: Arc<Shop>,
    pub market: Market,
    router: Router,
}

impl Site {
    /// The small shop's site at an origin.
    pub async fn open(base: &Base, origin: &str) -> Self {
        let shop = Shop::open(base).await;
        let set = BTreeMap::from([("YANXI_ORIGIN".to_owned(), origin.to_owned())]);
        Self::of(shop, Config::read(&set).unwrap(), false).await
    }

    /// The site of a shop; `demo` where its database is the demonstration.
    pub async fn of(shop: Shop, config: Config, demo: bool) -> Self {
        let market = Market::from(Parts { demo, ..market_of(&shop, config).await });
        let router = web::router(&market).unwrap();
        Self { shop: Arc::new(shop), market, router }
    }

    /// Somebody with an empty browser.
    pub fn visitor(&self) -> Visitor {
        Visitor::of(self.router.clone(), None)
    }

    /// A shopper with the password `yanxi-demo`.
    pub async fn shopper(&self, login: &str) -> Person {
        let password_hash = password::hash("yanxi-demo").await.unwrap();
        let new = NewPerson {
            login: login.to_owned(),
            name: "林女士".to_owned(),
            role: Role::Shopper,
            coop: None,
            outlet: None,
            password_hash,
        };
        let mut step = Step::new(self.shop.trade.clock.now(), Actor::SYSTEM);
        let mut tx = self.shop.trade.db.begin().await.unwrap();
        let person = create_person(&mut tx, new, &mut step).await.unwrap();
        tx.commit().await.unwrap();
        person
    }
}

/// A browser without script.
#[derive(Clone)]
pub struct Visitor {
    router: Router,
    pub cookies: BTreeMap<String, String>,
    /// `Authorization: Bearer`, for programs.
    pub bearer: Option<String>,
}

/// What was answered.
#[derive(Clone, Debug)]
pub struct Page {
    pub status: u16,
    pub path: String,
    pub location: Option<String>,
    pub set_cookies: Vec<String>,
    pub text: String,
}

impl Visitor {
    /// Somebody before a router, signed in where there is a token.
    pub fn of(router: Router, bearer: Option<String>) -> Self {
        Self { router, cookies: BTreeMap::new(), bearer }
    }

    /// GET, redirects followed.
    pub async fn get(&mut self, path: &str) -> Page {
        let page = self.send("GET", path, &[], None).await;
        self.follow(page).await
    }

    /// POST of a form, redirects followed.
    pub async fn post(&mut self, path: &str, fields: &[(String, String)]) -> Page {
        let page = self.post_only(path, fields).await;
        self.follow(page).await
    }

    /// POST of a form, its answer alone.
    pub async fn post_only(&mut self, path: &str, fields: &[(String, String)]) -> Page {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let kind = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
        self.send("POST", path, &kind, Some(body)).await
    }

    /// Any request with JSON below `/api/v1`.
    pub async fn api(&mut self, method: &str, path: &str, heads: &[(&str, &str)], body: &str) -> Page {
        let heads = [heads, &[("content-type", "application/json")]].concat();
        self.send(method, &format!("/api/v1{path}"), &heads, Some(body.to_owned())).await
    }

    /// Status, headers and length of an answer, as it comes.
    pub async fn heads(&self, method: &str, path: &str, heads: &[(&str, &str)]) -> (u16, HeaderMap, usize) {
        let request = heads.iter().fold(Request::builder().method(method).uri(path), |r, (k, v)| r.header(*k, *v));
        let answer = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (head, body) = answer.into_parts();
        (head.status.as_u16(), head.headers, body.collect().await.unwrap().to_bytes().len())
    }

    async fn follow(&mut self, mut page: Page) -> Page {
        for _ in 0..6 {
            let Some(location) = page.location.clone() else { return page };
            page = self.send("GET", &location, &[], None).await;
        }
        panic!("too many redirects: {page:?}");
    }

    async fn send(&mut self, method: &str, path: &str, heads: &[(&str, &str)], body: Option<String>) -> Page {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in heads {
            request = request.header(*name, *value);
        }
        if let Some(token) = &self.bearer {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if !self.cookies.is_empty() {
            let all: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(header::COOKIE, all.join("; "));
        }
        let request = request.body(body.map_or_else(Body::empty, Body::from)).unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = answer.into_parts();
        let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        let set_cookies: Vec<String> =
            head.headers.get_all(header::SET_COOKIE).iter().map(|v| v.to_str().unwrap().to_owned()).collect();
        for set in &set_cookies {
            let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
            if set.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let moved = head.status.is_redirection() && head.status != StatusCode::NOT_MODIFIED;
        let location = head.headers.get(header::LOCATION).filter(|_| moved);
        let location = location.map(|v| v.to_str().unwrap().to_owned());
        Page { status: head.status.as_u16(), path: path.to_owned(), location, set_cookies, text }
    }
}

impl Page {
    /// The answer's JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }

    /// Texts of all elements that match.
    pub fn all(&self, css: &str) -> Vec<String> {
        let html = Html::parse_document(&self.text);
        html.select(&Selector::parse(css).unwrap()).map(|e| words(&e)).collect()
    }

    /// Text of the first element that matches; empty where none does.
    pub fn one(&self, css: &str) -> String {
        self.all(css).into_iter().next().unwrap_or_default()
    }

    /// How many elements match.
    pub fn count(&self, css: &str) -> usize {
        self.all(css).len()
    }

    /// An attribute of the first element that matches.
    pub fn attribute(&self, css: &str, name: &str) -> Option<String> {
        let html = Html::parse_document(&self.text);
        let found = html.select(&Selector::parse(css).unwrap()).next();
        found.and_then(|e| e.attr(name).map(str::to_owned))
    }

    /// The fields of a form as the browser would send them, without a button.
    pub fn form(&self, css: &str) -> Filled {
        let html = Html::parse_document(&self.text);
        let form = html.select(&Selector::parse(css).unwrap()).next();
        let form = form.unwrap_or_else(|| panic!("{}: no form {css}:\n{}", self.path, self.text));
        let action = form.attr("action").unwrap_or(&self.path).to_owned();
        let mut fields = Vec::new();
        let own = form.attr("id").map(|id| format!("[form=\"{id}\"]"));
        let fields_of = Selector::parse("input, select, textarea").unwrap();
        let inside = form.select(&fields_of);
        let outside = own.map(|css| html.select(&Selector::parse(&css).unwrap()).collect::<Vec<_>>());
        for field in inside.chain(outside.unwrap_or_default()) {
            if let Some(value) = value_of(&field) {
                fields.push((field.attr("name").unwrap_or_default().to_owned(), value));
            }
        }
        fields.retain(|(name, _)| !name.is_empty());
        Filled { action, fields }
    }
}

fn words(element: &ElementRef<'_>) -> String {
    element.text().flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

/// What a browser would send of a field; none where it sends nothing.
fn value_of(field: &ElementRef<'_>) -> Option<String> {
    if field.attr("disabled").is_some() {
        return None;
    }
    match field.value().name() {
        "select" => {
            let options: Vec<_> = field.select(&Selector::parse("option").unwrap()).collect();
            let chosen = options.iter().find(|o| o.attr("selected").is_some()).or(options.first())?;
            Some(chosen.attr("value").unwrap_or_default().to_owned())
        }
        "textarea" => Some(field.text().collect()),
        "button" => None,
        _ => {
            let choice = matches!(field.attr("type"), Some("checkbox" | "radio"));
            let submit = matches!(field.attr("type"), Some("submit" | "image"));
            let sent = !submit && (!choice || field.attr("checked").is_some());
            sent.then(|| field.attr("value").unwrap_or(if choice { "on" } else { "" }).to_owned())
        }
    }
}

/// A form as it would be sent.
#[derive(Clone, Debug)]
pub struct Filled {
    pub action: String,
    pub fields: Vec<(String, String)>,
}

impl Filled {
    /// The same with a field typed, ticked, chosen, or a button pressed.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(known, _)| known != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// What a field holds.
    pub fn value(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Sends it.
    pub async fn send(&self, visitor: &mut Visitor) -> Page {
        visitor.post(&self.action, &self.fields).await
    }
}

/// Runs a story at the site of a fresh shop on an engine.
pub fn at_site<F: Future<Output = ()>>(engine: yanxi::db::Engine, origin: &str, story: impl FnOnce(Arc<Site>) -> F) {
    super::runtime().block_on(async {
        let Some(base) = Base::fresh(engine).await else { return };
        let site = Arc::new(Site::open(&base, origin).await);
        story(site.clone()).await;
        site.shop.trade.db.close().await;
        base.remove().await;
    });
}
