//! Every route with the largest, longest and deepest input that it can be sent: refused or answered, never a fault
//! of ours, and cheap. What each costs is printed; the figures for a release build stand in docs/performance.md.

use std::{sync::Arc, time::Duration};

use axum::http::Method;
use yanxi::web::{self, Allow, Route, sizes};

use crate::support::{Shop, busy, desk::Desk, on_both};

on_both! {
    the_largest_input_of_every_route_is_answered_cheaply,
    too_much_is_refused_before_it_is_read,
}

/// Never ends.
const STREAM: &str = "/api/v1/counter/stream";
const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// Who may use a route.
fn who(route: &Route) -> &'static str {
    match route.allow {
        Allow::Anyone | Allow::Owner => "",
        Allow::SignedIn => "shopper",
        Allow::Roles(roles) if roles.iter().any(|role| role.as_str() == "operator") => "operator",
        Allow::Roles(roles) if roles.iter().any(|role| role.as_str() == "coop") => "coop-a",
        Allow::Roles(_) => "bureau",
    }
}

fn path(route: &Route) -> String {
    let parts = route.path.split('/').map(|part| if part.starts_with('{') { "none" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// Queries at the edge of what is read.
fn queries() -> Vec<String> {
    let facets: Vec<String> = (0..79).map(|n| format!("county={n:06}")).collect();
    vec![
        format!("q={}", "%E6%9E%A3".repeat(440)),
        format!("q={}", "a+".repeat(2000)),
        format!("page=1&{}", vec!["a=1"; 79].join("&")),
        format!("q=%E8%8B%B9%E6%9E%9C&{}", facets.join("&")),
        format!("code={0}&from={0}&by={0}&q={0}", "9".repeat(900)),
    ]
}

/// Bodies of the largest size.
fn bodies() -> Vec<(&'static str, String)> {
    let fill = |unit: &str, most: usize| unit.repeat(most / unit.len());
    let most = sizes::BODY - 64;
    vec![
        (JSON, fill("[", most)),
        (JSON, format!("{{\"items\":[{}{{}}]}}", fill("{\"sku\":\"P01-1\",\"qty\":1},", most))),
        (JSON, format!("{{\"items\":[{}{{}}]}}", distinct(most))),
        (JSON, format!("{{\"name\":\"{}\"}}", fill("枣", most))),
        (JSON, format!("{{{}\"z\":1}}", fill("\"a\":{\"b\":[]},", most))),
        (FORM, fill("a=1&", most)),
        (FORM, format!("q={}", fill("%E6%9E%A3", most))),
        (FORM, format!("address={}", fill("a%20", most))),
    ]
}

/// Items of SKUs that are all different.
fn distinct(most: usize) -> String {
    let items: Vec<String> =
        (0..most / 28).map(|n| format!("{{\"sku\":\"P{:02}-{n}\",\"qty\":1}},", n % 90 + 10)).collect();
    items.concat()
}

async fn the_largest_input_of_every_route_is_answered_cheaply(shop: Arc<Shop>) {
    let desk = Desk::open(shop).await;
    let mut costs: Vec<(Duration, String)> = Vec::new();
    for route in web::routes().into_iter().filter(|route| route.path != STREAM && !route.path.contains("session")) {
        let (who, path) = (who(&route), path(&route));
        let inputs: Vec<(&str, String, String)> = if route.method == Method::GET {
            queries().into_iter().map(|query| (FORM, format!("{path}?{query}"), String::new())).collect()
        } else {
            bodies().into_iter().map(|(kind, body)| (kind, path.clone(), body)).collect()
        };
        for (kind, path, body) in inputs {
            let before = busy();
            let answer = desk.ask_as((who, kind), route.method.as_str(), &path, body).await;
            costs
                .push((busy().saturating_sub(before), format!("{} {}", route.method, path.get(..60).unwrap_or(&path))));
            assert!(answer.status < 500, "{} {path:.120}: {}", route.method, answer.status);
        }
    }
    costs.sort();
    for (took, route) in costs.iter().rev().take(8) {
        println!("{took:?} {route}");
    }
    assert!(costs.len() > 500, "{}", costs.len());
}

async fn too_much_is_refused_before_it_is_read(shop: Arc<Shop>) {
    let desk = Desk::open(shop).await;
    let many = vec!["a=1"; 81].join("&");
    let long = "a".repeat(5000);
    for path in ["/", "/products", "/api/v1/products", "/api/v1/search/suggest", "/coop", "/admin/orders"] {
        for query in [&many, &long] {
            assert_eq!(desk.ask("operator", "GET", &format!("{path}?{query}"), None).await.status, 414, "{path}");
        }
    }
    let large = format!("{{\"items\":[{}{{}}]}}", distinct(3 * sizes::BODY));
    let refused = desk.ask_as(("", JSON), "POST", "/api/v1/quotes", large).await;
    assert_eq!((refused.status, &refused.body["code"]), (413, &"too_large".into()));
    // Long texts of a product have room, also as a form writes them.
    let story = format!("{{\"story\":\"{}\"}}", "枣".repeat(40_000));
    assert_eq!(desk.ask_as(("coop-a", JSON), "PATCH", "/api/v1/coop/products/p1", story).await.status, 422);
    // What is searched for is cut, not refused: the page shows what it looked for.
    let pasted = "%E6%9E%A3".repeat(440);
    let page = desk.ask("", "GET", &format!("/products?q={pasted}"), None).await;
    let text = page.body.as_str().unwrap();
    assert!(page.status == 200 && text.matches('枣').count() < 160 * 40, "{}", text.len());
}
