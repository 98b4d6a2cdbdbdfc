//! Who reads English alone finds no Chinese words that stand unmarked: names that have none in Latin
//! letters carry `lang="zh-CN"`, which tells a reading voice how to say them.

use scraper::{ElementRef, Html, Node, Selector};

use super::shop::{at_demonstration, links};

/// The API's words name the Chinese term beside the English one, on purpose.
const PAGES: [&str; 14] = [
    "/",
    "/products",
    "/products?q=5kg+apple&category=apple",
    "/products?q=nothing-of-the-kind",
    "/halls",
    "/halls/yanchuan",
    "/trace/P03-26B",
    "/cart",
    "/counter",
    "/journal",
    "/sign-in",
    "/register",
    "/rules",
    "/privacy",
];

#[test]
fn english_pages_hold_no_chinese_words_that_are_not_marked() {
    at_demonstration(|site| async move {
        let mut visitor = site.visitor();
        visitor.get("/?lang=en").await;
        let list = visitor.get("/products?per_page=100").await;
        let goods = links(&list, "a[href^='/p/']").into_iter().map(|(_, href)| href);
        let coops = visitor.get("/").await;
        let coops = links(&coops, "a[href^='/coops/']").into_iter().map(|(_, href)| href);
        let mut pages: Vec<String> = PAGES.map(str::to_owned).into_iter().chain(goods).chain(coops).collect();
        pages.dedup();
        assert!(pages.len() > 40, "{} pages", pages.len());
        let mut faults = Vec::new();
        for path in pages {
            let page = visitor.get(&path).await;
            assert!(page.status == 200, "{path}: {}", page.status);
            faults.extend(unmarked(&page.text).into_iter().map(|text| format!("{path}: {text}")));
        }
        assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
    });
}

#[test]
fn a_grade_is_chosen_by_its_english_words() {
    at_demonstration(|site| async move {
        let mut visitor = site.visitor();
        let list = visitor.get("/products?lang=en").await;
        let grade = links(&list, "a[href*='grade=']").into_iter().find(|(text, _)| text.starts_with("Top grade"));
        let (_, href) = grade.expect("a link with the grade's English words");
        let chosen = visitor.get(&href).await;
        assert_eq!(chosen.one("h1"), "Top grade", "{}", chosen.text);
    });
}

/// Texts with Chinese characters outside what is marked as Chinese or hidden from reading.
fn unmarked(html: &str) -> Vec<String> {
    let html = Html::parse_document(html);
    let body = html.select(&Selector::parse("body").unwrap()).next().unwrap();
    let mut found = Vec::new();
    for node in body.descendants() {
        let text = match node.value() {
            Node::Text(text) => text.to_string(),
            Node::Element(element) => ["alt", "title", "aria-label", "placeholder"]
                .iter()
                .filter_map(|name| element.attr(name))
                .collect::<Vec<_>>()
                .join(" "),
            _ => continue,
        };
        let han = text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        let own = ElementRef::wrap(node).into_iter();
        let marked = own.chain(node.ancestors().filter_map(ElementRef::wrap)).any(|element| {
            let element = element.value();
            element.attr("lang") == Some("zh-CN")
                || element.attr("aria-hidden") == Some("true")
                || matches!(element.name(), "script" | "style")
        });
        if han && !marked {
            found.push(text.trim().to_owned());
        }
    }
    found
}
