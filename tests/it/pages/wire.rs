//! How pages and answers go over the wire: packed where asked, found with a slash behind, of a bearable size.

use std::sync::Arc;

use crate::support::{Desk, Shop, on_both};

on_both! {
    a_slash_behind_an_address_leads_to_the_page,
    answers_for_one_person_are_packed_where_asked_unless_another_site_asks,
    the_documentation_is_light_on_the_wire,
    a_list_for_programs_follows_the_stock_although_it_is_kept,
}

async fn a_slash_behind_an_address_leads_to_the_page(shop: Arc<Shop>) {
    let desk = Desk::open(shop).await;
    let visitor = desk.visitor("operator");
    for page in ["/coop", "/bureau", "/admin", "/counter"] {
        let (status, heads, _) = visitor.heads("GET", &format!("{page}/?lang=en"), &[]).await;
        assert_eq!((status, heads["location"].to_str().unwrap()), (308, format!("{page}?lang=en").as_str()));
    }
    for nothing in ["//evil.example/", "/nothing/", "/api/v1/counter/", "/admin//"] {
        assert_eq!(visitor.heads("GET", nothing, &[]).await.0, 404, "{nothing}");
    }
}

async fn answers_for_one_person_are_packed_where_asked_unless_another_site_asks(shop: Arc<Shop>) {
    let desk = Desk::open(shop).await;
    let visitor = desk.visitor("operator");
    let bearer = format!("Bearer {}", visitor.bearer.clone().unwrap());
    let signed = ("authorization", bearer.as_str());
    for (path, least) in
        [("/admin", 1024), ("/admin/orders", 1024), ("/openapi.json", 1024), ("/api/v1/products", 1024)]
    {
        let (_, plain, whole) = visitor.heads("GET", path, &[signed]).await;
        assert!(whole > least, "{path}: {whole}");
        assert_eq!(plain.get("content-encoding"), None, "{path}");
        for coding in ["br", "gzip"] {
            let (status, heads, length) = visitor.heads("GET", path, &[signed, ("accept-encoding", coding)]).await;
            assert_eq!((status, heads["content-encoding"].to_str().unwrap()), (200, coding), "{path}");
            assert!(heads.get_all("vary").iter().any(|vary| vary.to_str().unwrap().contains("Accept-Encoding")));
            assert!(length * 3 < whole * 2, "{path} in {coding}: {length} of {whole}");
        }
    }
    for (site, packed) in [("cross-site", false), ("same-site", false), ("same-origin", true), ("none", true)] {
        let asked = [signed, ("accept-encoding", "br"), ("sec-fetch-site", site)];
        let (_, heads, _) = visitor.heads("GET", "/admin/orders", &asked).await;
        assert_eq!(heads.contains_key("content-encoding"), packed, "{site}");
    }
}

async fn the_documentation_is_light_on_the_wire(shop: Arc<Shop>) {
    let desk = Desk::open(shop).await;
    let visitor = desk.visitor("");
    let (_, _, whole) = visitor.heads("GET", "/docs", &[]).await;
    let (_, _, packed) = visitor.heads("GET", "/docs", &[("accept-encoding", "gzip")]).await;
    assert!(packed < 100_000 && packed * 4 < whole, "{packed} of {whole}");
}

async fn a_list_for_programs_follows_the_stock_although_it_is_kept(shop: Arc<Shop>) {
    let desk = Desk::open(shop.clone()).await;
    let left = async || -> i64 {
        let list = desk.get("", "/products?q=P01").await.body;
        list["items"][0]["skus"][0]["available"].as_i64().unwrap()
    };
    let before = left().await;
    assert_eq!(left().await, before);
    let number = shop.placed(&[("P01-1", 2)], None).await.number;
    shop.pay(&number).await;
    yanxi::jobs::follow_catalogue(desk.market.clone()).await.unwrap();
    assert_eq!(left().await, before - 2);
    for (query, field) in [("in_season=perhaps", "in_season"), ("sort=best", "sort")] {
        let refused = desk.get("", &format!("/products?{query}")).await;
        assert_eq!((refused.status, &refused.body["errors"][0]["field"]), (422, &serde_json::json!(field)));
    }
    for query in ["in_season=true", "in_season=false", "in_season="] {
        assert_eq!(desk.get("", &format!("/products?{query}")).await.status, 200, "{query}");
    }
}
