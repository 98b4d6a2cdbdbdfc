//! The storefront as shoppers see it, over the demonstration's catalogue: whole in both languages,
//! counts equal clicks, seasons and freight said before sign-in.

use std::{collections::BTreeMap, sync::Arc};

use scraper::{Html, Selector};
use yanxi::{
    config::Config,
    db::{Engine, idempotency::Running},
    kernel::{At, Clock},
    orders::{Trade, token::OrderTokens},
    payments::Providers,
    seeds,
};

use super::open::whole;
use crate::support::{
    Base, Shop, runtime,
    shop::write,
    site::{Page, Site},
};

/// A Wednesday morning: apples are in season, apricots are not.
const NOW: &str = "2026-11-25T10:36:00+08:00";

/// Runs a story at the demonstration's site.
pub fn at_demonstration<F: Future<Output = ()>>(story: impl FnOnce(Arc<Site>) -> F) {
    runtime().block_on(async {
        let Some(base) = Base::fresh(Engine::Sqlite).await else { return };
        let db = base.open().await;
        let now = At::parse(NOW).unwrap();
        write(&db, &["INSERT INTO market (key, value) VALUES ('kind', 'demo')"]).await;
        assert!(seeds::load(&db, true, now).await.unwrap());
        let providers = Providers::of(&db).await.unwrap();
        let trade = Trade {
            tokens: OrderTokens::of(&db).await.unwrap(),
            db: db.clone(),
            clock: Clock::at(now),
            providers,
            keys: Running::default(),
            hold_seconds: 900,
        };
        let site = Site::of(Shop { trade }, Config::read(&BTreeMap::new()).unwrap(), true).await;
        story(Arc::new(site)).await;
        db.close().await;
        base.remove().await;
    });
}

/// Texts and addresses of the links that a selector finds.
pub fn links(page: &Page, css: &str) -> Vec<(String, String)> {
    let (html, css) = (Html::parse_document(&page.text), Selector::parse(css).unwrap());
    let found = html.select(&css).map(|at| {
        let text = at.text().flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ");
        (text, at.attr("href").unwrap_or_default().to_owned())
    });
    found.collect()
}

/// Digits of a text.
fn number(text: &str) -> usize {
    text.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap()
}

/// Every photo stands in a fixed box and has words.
fn photos(page: &Page) {
    let html = Html::parse_document(&page.text);
    for img in html.select(&Selector::parse("img").unwrap()) {
        for name in ["src", "width", "height", "alt"] {
            assert!(img.attr(name).is_some(), "{}: {} without {name}", page.path, img.html());
        }
    }
}

#[test]
fn pages_are_whole_in_both_languages() {
    at_demonstration(async |site| {
        let snapshot = site.market.shelf.now();
        let product = format!("/p/{}", snapshot.products[0].slug);
        let coop = format!("/coops/{}", snapshot.coops[0].slug);
        let paths = ["/", "/products", "/products?q=%E8%8B%B9%E6%9E%9C&sort=price", "/halls", "/halls/luochuan"];
        for path in paths.into_iter().chain(["/halls/610622", &product, &coop]) {
            let mut words = Vec::new();
            for lang in ["zh-CN", "en"] {
                let mut visitor = site.visitor();
                let joint = if path.contains('?') { '&' } else { '?' };
                let page = visitor.get(&format!("{path}{joint}lang={lang}")).await;
                assert_eq!(page.status, 200, "{path}");
                assert_eq!(page.attribute("html", "lang").unwrap(), lang, "{path}");
                assert_eq!(page.count("p.demo"), 1, "{path}: demonstration data is labelled");
                whole(&page.text, path);
                photos(&page);
                words.push(page.text);
            }
            assert_ne!(words[0], words[1], "{path}");
        }
    });
}

#[test]
fn facets_count_what_a_click_gives() {
    at_demonstration(async |site| {
        let mut visitor = site.visitor();
        for list in ["/products", "/products?q=%E8%8B%B9%E6%9E%9C", "/products?q=%E7%A4%BC%E7%9B%92"] {
            let page = visitor.get(list).await;
            let values = links(&page, ".facet a");
            assert!(!values.is_empty(), "{list}: no facets");
            for (label, href) in values {
                let promised = number(label.rsplit(' ').next().unwrap());
                let given = visitor.get(&href).await;
                assert_eq!(number(&given.one(".bar [role=status]")), promised, "{list}: {label} at {href}");
            }
        }
        let chosen = visitor.get("/products?in_season=true").await;
        let second = links(&chosen, ".facet a").into_iter().find(|(_, href)| href.contains("in_season=false")).unwrap();
        let alone = visitor.get("/products?in_season=false").await;
        let counted = number(second.0.rsplit(' ').next().unwrap());
        assert_eq!(number(&alone.one(".bar [role=status]")), counted, "a second value counts its own goods");
    });
}

#[test]
fn finding_nothing_is_said_and_what_was_typed_stays() {
    at_demonstration(async |site| {
        let mut visitor = site.visitor();
        let nothing = visitor.get("/products?q=zzqqxx").await;
        assert_eq!((nothing.status, nothing.count(".nothing")), (200, 1));
        assert!(nothing.count(".nothing a") > 0, "a way on");
        assert_eq!(nothing.attribute("#site-q", "value").unwrap(), "zzqqxx", "the box keeps its text");
        let typed = visitor.get("/products?q=%3Cb%3E%22x").await;
        assert_eq!(typed.attribute("#site-q", "value").unwrap(), "<b>\"x");
        assert!(!typed.text.contains("<b>\"x"), "what was typed stays text");
        let sorted = visitor.get("/products?q=%E8%8B%B9%E6%9E%9C&sort=price").await;
        assert_eq!(sorted.count(".sorts [aria-current]"), 1);
        assert!(!sorted.one(".sort-note").is_empty(), "an order of goods is explained");
    });
}

#[test]
fn freight_follows_the_district_before_sign_in() {
    at_demonstration(async |site| {
        let mut visitor = site.visitor();
        let slug = site.market.shelf.now().products[0].slug.clone();
        let page = visitor.get(&format!("/p/{slug}")).await;
        assert_eq!(page.form("form.to").value("to"), "320213", "梁溪 first");
        let far = page.form("form.to").with("to", "65");
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&far.fields).finish();
        let far = visitor.get(&format!("/p/{slug}?{query}")).await;
        assert_eq!(far.form("form.to").value("to"), "65");
        assert_ne!(far.one("#delivery"), page.one("#delivery"));
        assert_eq!(far.form("form.buy").value("sku"), page.form("form.buy").value("sku"));
        // What is said before sign-in is what the quote asks.
        for district in ["320213", "320281"] {
            let shown = visitor.get(&format!("/p/{slug}?to={district}")).await;
            let ask = serde_json::json!({"items": [{"sku": shown.form("form.buy").value("sku"), "qty": 1}],
                "address": {"region_code": district}});
            let quote = visitor.api("POST", "/quotes", &[], &ask.to_string()).await.json();
            let freight = yanxi::kernel::Fen(quote["freight_fen"].as_i64().unwrap()).to_string();
            assert!(shown.one("#delivery ~ dd, dl").contains(&freight), "{district}: {freight}: {}", shown.one("dl"));
        }
    });
}

#[test]
fn a_known_page_is_not_sent_again_and_a_chip_takes_its_piece_away() {
    at_demonstration(async |site| {
        let mut visitor = site.visitor();
        let page = visitor.get("/products?q=%E8%8B%B9%E6%9E%9C+5kg").await;
        let (label, href) = links(&page, ".chips a").into_iter().find(|(text, _)| text.contains("5kg")).unwrap();
        let without = visitor.get(&href).await;
        assert_eq!(without.attribute("#site-q", "value").unwrap(), "苹果", "{label}");
        assert!(number(&without.one(".bar [role=status]")) > number(&page.one(".bar [role=status]")));
        for path in ["/", "/products", "/counter"] {
            let tag = visitor.heads("GET", path, &[]).await.1["etag"].to_str().unwrap().to_owned();
            let (status, heads, bytes) = visitor.heads("GET", path, &[("if-none-match", tag.as_str())]).await;
            assert_eq!((status, bytes), (304, 0), "{path}");
            assert_eq!(heads["etag"], tag.as_str());
        }
    });
}

#[test]
fn what_is_out_of_season_says_when_and_offers_no_button() {
    at_demonstration(async |site| {
        let snapshot = site.market.shelf.now();
        let mut visitor = site.visitor();
        let (mut on, mut off) = (0, 0);
        for product in &snapshot.products {
            let page = visitor.get(&format!("/p/{}", product.slug)).await;
            assert_eq!(page.status, 200, "{}", product.slug);
            let buyable = product.buyable(snapshot.day);
            assert_eq!(page.count("form.buy") == 1, buyable, "{}", product.slug);
            match buyable {
                true => on += 1,
                false => {
                    off += 1;
                    let why = page.one(".bad-news");
                    let in_season = product.skus.iter().any(|sku| sku.in_season(snapshot.day));
                    let says = if in_season { "卖完" } else { "月" };
                    assert!(why.contains(says), "{}: {why}", product.slug);
                    assert!(page.count("[aria-labelledby=instead] .card") > 0, "{}", product.slug);
                }
            }
        }
        assert!(on > 0 && off > 0, "{on} on sale, {off} not");
    });
}

#[test]
fn unknown_places_are_not_found_with_a_way_on() {
    at_demonstration(async |site| {
        let mut visitor = site.visitor();
        for path in ["/p/none", "/halls/none", "/coops/none", "/trace/none"] {
            let page = visitor.get(path).await;
            assert_eq!(page.status, 404, "{path}");
            assert!(page.count("form.find") > 0, "{path}: search");
            whole(&page.text, path);
        }
    });
}
