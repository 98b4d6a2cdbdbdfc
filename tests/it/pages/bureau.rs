//! The bureau's desk: who may, what it shows, and that each figure leads to its lines.

use std::sync::Arc;

use scraper::{Html, Selector};

use super::open::{all, whole};
use crate::support::{Desk, Shop, on_both};

on_both! {
    the_desk_is_for_the_bureau_and_the_operator,
    every_figure_leads_to_its_lines,
    a_refused_question_is_shown_again,
}

const PAGES: [&str; 10] = [
    "/bureau",
    "/bureau/charts",
    "/bureau/reports/summary",
    "/bureau/reports/lines",
    "/bureau/reports/channels",
    "/bureau/reports/coops",
    "/bureau/reports/households",
    "/bureau/reports/series",
    "/bureau/reports/bridge",
    "/bureau/reports/quota",
];

async fn the_desk_is_for_the_bureau_and_the_operator(shop: Arc<Shop>) {
    let number = shop.placed(&[("P01-1", 2), ("P03-1", 1)], None).await.number;
    shop.pay(&number).await;
    let desk = Desk::open(shop).await;
    for path in PAGES {
        assert_eq!(desk.ask("", "GET", path, None).await.status, 303, "{path}: to the sign-in");
        assert_eq!(desk.ask("shopper", "GET", path, None).await.status, 403, "{path}");
        assert_eq!(desk.ask("coop-a", "GET", path, None).await.status, 403, "{path}");
        for (who, lang) in [("bureau", "zh-CN"), ("operator", "en")] {
            let page = desk.ask(who, "GET", &format!("{path}?lang={lang}"), None).await;
            assert_eq!(page.status, 200, "{path}: {page:?}");
            whole(page.body.as_str().unwrap(), path);
        }
    }
    assert_eq!(desk.ask("bureau", "GET", "/bureau/reports/everything", None).await.status, 404);
}

async fn every_figure_leads_to_its_lines(shop: Arc<Shop>) {
    for items in [vec![("P01-1", 2), ("P02-1", 1)], vec![("P03-1", 1)]] {
        let number = shop.placed(&items, None).await.number;
        shop.pay(&number).await;
    }
    shop.seal().await;
    let desk = Desk::open(shop).await;
    for path in
        ["/bureau", "/bureau/charts", "/bureau/reports/summary?by=county&then=coop&from=2026-11-01&to=2026-11-01"]
    {
        let html = desk.ask("bureau", "GET", path, None).await;
        let html = Html::parse_document(html.body.as_str().unwrap());
        let links: Vec<String> = html
            .select(&Selector::parse("main td a").unwrap())
            .map(|link| link.value().attr("href").unwrap().to_owned())
            .collect();
        assert!(links.len() > 5, "{path}: {links:?}");
        for link in links {
            let lines = desk.ask("bureau", "GET", &link, None).await;
            assert_eq!(lines.status, 200, "{link}");
            assert!(!all(lines.body.as_str().unwrap(), "tbody tr").is_empty(), "{link}");
        }
    }
    let page = desk.ask("bureau", "GET", "/bureau/reports/summary?county=610629&by=product", None).await;
    let html = page.body.as_str().unwrap();
    assert_eq!(all(html, ".held a").len(), 1, "the filter can be taken away");
    assert_eq!(all(html, "tfoot td")[..3], ["合计", "319.80", "0.00"]);
}

async fn a_refused_question_is_shown_again(shop: Arc<Shop>) {
    let desk = Desk::open(shop).await;
    let page = desk.ask("bureau", "GET", "/bureau/reports/summary?from=2026-11-09&to=2026-11-01&by=coop", None).await;
    let html = page.body.as_str().unwrap();
    assert_eq!((page.status, all(html, "[role=alert]").len()), (422, 1));
    let html = Html::parse_document(html);
    let from = html.select(&Selector::parse("#from").unwrap()).next().unwrap();
    assert_eq!(from.value().attr("value"), Some("2026-11-09"));
    let chosen = html.select(&Selector::parse("#by option[selected]").unwrap()).next().unwrap();
    assert_eq!(chosen.value().attr("value"), Some("coop"));
}
