//! What is open to everyone: counter, journal, documentation, rules.

use std::sync::Arc;

use scraper::{Html, Selector};
use serde_json::json;
use yanxi::counter::seal;

use crate::support::{Desk, Shop, on_both};

on_both! {
    the_counter_shows_the_figures_that_programs_get,
    an_order_is_found_in_the_journal_by_its_reference,
    pages_are_whole_in_both_languages,
}

/// The texts of what a selector finds.
pub fn all(html: &str, css: &str) -> Vec<String> {
    let (page, css) = (Html::parse_document(html), Selector::parse(css).unwrap());
    let found = page.select(&css).map(|at| at.text().collect::<String>().trim().to_owned());
    found.collect()
}

/// What every page keeps: one `h1`, unique ids, labelled fields, nothing that the policy refuses.
pub fn whole(html: &str, path: &str) {
    assert_eq!(all(html, "h1").len(), 1, "{path}: headings");
    assert_eq!(all(html, "main#main").len(), 1, "{path}: main");
    let page = Html::parse_document(html);
    let each = |css: &str| page.select(&Selector::parse(css).unwrap()).map(|at| at.value().clone()).collect::<Vec<_>>();
    assert!(each("[style], style, script:not([src])").is_empty(), "{path}: style or script in the page");
    let ids: Vec<String> = each("[id]").iter().map(|at| at.attr("id").unwrap().to_owned()).collect();
    let unique: std::collections::HashSet<&String> = ids.iter().collect();
    assert_eq!(ids.len(), unique.len(), "{path}: ids {ids:?}");
    let labels: Vec<String> = each("label[for]").iter().map(|at| at.attr("for").unwrap().to_owned()).collect();
    for field in each("input:not([type=hidden]), select, textarea") {
        let id = field.attr("id").unwrap_or_default();
        assert!(labels.iter().any(|label| label == id), "{path}: no label for {id:?}");
    }
    assert!(!html.contains("http://") || path == "/journal", "{path}: an absolute address");
}

async fn the_counter_shows_the_figures_that_programs_get(shop: Arc<Shop>) {
    let number = shop.placed(&[("P01-1", 2), ("P02-1", 1)], None).await.number;
    shop.pay(&number).await;
    seal::block(&shop.trade.db, shop.trade.clock.now(), 100).await.unwrap();
    let desk = Desk::open(shop).await;
    let told = desk.get("", "/counter").await.body;
    assert_eq!(told["all"]["net_paid_fen"], json!(21_330));
    let page = desk.ask("", "GET", "/counter", None).await;
    let html = page.body.as_str().unwrap();
    assert_eq!(all(html, "[data-tally='all.net_paid_fen']"), ["213.30"]);
    assert_eq!(all(html, "[data-tally='today.net_paid_fen']"), ["213.30"]);
    assert_eq!(all(html, "[data-tally='today.orders']"), ["1"]);
    assert_eq!(all(html, "tr[data-county] th"), ["洛川县", "延川县"]);
    assert_eq!(all(html, "tr[data-county] .v"), ["¥179.80", "¥33.50"]);
    assert_eq!(all(html, "tr.paired th"), ["延川县"]);
    assert_eq!(all(html, "[data-text='head.hash']"), [told["head"]["hash"].as_str().unwrap()]);
}

async fn an_order_is_found_in_the_journal_by_its_reference(shop: Arc<Shop>) {
    let placed = shop.placed(&[("P01-1", 2), ("P02-1", 1)], None).await;
    shop.pay(&placed.number).await;
    seal::block(&shop.trade.db, shop.trade.clock.now(), 100).await.unwrap();
    let desk = Desk::open(shop.clone()).await;
    let lines = desk.get("", "/journal").await;
    let first: serde_json::Value = serde_json::from_str(lines.body.as_str().unwrap().lines().next().unwrap()).unwrap();
    let order_ref = first["order_ref"].as_str().unwrap();
    let found = desk.ask("", "GET", &format!("/journal?ref={order_ref}"), None).await;
    assert_eq!(found.status, 200);
    assert_eq!(all(found.body.as_str().unwrap(), ".done").len(), 1);
    let nobody = desk.ask("", "GET", &format!("/journal?ref={}", "0".repeat(64)), None).await;
    assert_eq!(all(nobody.body.as_str().unwrap(), ".section .alert").len(), 1);
    let wrong = desk.ask("", "GET", "/journal?ref=%3Cscript%3E", None).await;
    let html = wrong.body.as_str().unwrap();
    assert_eq!((wrong.status, all(html, "#ref-why").len()), (422, 1));
    assert!(!html.contains("<script>"), "what was typed stays text");
}

async fn pages_are_whole_in_both_languages(shop: Arc<Shop>) {
    let desk = Desk::open(shop).await;
    for path in ["/counter", "/journal", "/docs", "/rules", "/privacy", "/licence"] {
        let mut titles = Vec::new();
        for lang in ["zh-CN", "en"] {
            let page = desk.ask("", "GET", &format!("{path}?lang={lang}"), None).await;
            assert_eq!((page.status, page.kind.as_str()), (200, "text/html; charset=utf-8"), "{path}");
            let html = page.body.as_str().unwrap();
            whole(html, path);
            titles.extend(all(html, "h1"));
        }
        assert_ne!(titles[0], titles[1], "{path}");
    }
    assert!(all(desk.ask("", "GET", "/docs", None).await.body.as_str().unwrap(), ".operation").len() > 40);
}
