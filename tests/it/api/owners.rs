//! What belongs to one is not found by another: every route that names an order, a product, an SKU or an
//! address, asked by everybody else (I11). The routes come from the router, so that a new one is walked.

use std::sync::Arc;

use axum::http::Method;
use serde_json::{Value, json};
use yanxi::{
    identity::Role,
    orders::account,
    web::{self, Allow, Route},
};

use crate::support::{Shop, desk::Desk, on_both};

on_both! {
    what_belongs_to_one_is_not_found_by_another,
    the_lists_of_one_hold_nothing_of_another,
    a_closed_account_opens_nothing,
}

/// An order of the shopper with goods of both cooperatives, paid.
struct Owned {
    number: String,
    token: String,
    seller: String,
    address: String,
    other_token: String,
}

impl Owned {
    async fn of(desk: &Desk) -> Self {
        let (number, token) = ordered(desk, "shopper").await;
        let other_token = ordered(desk, "").await.1;
        desk.shop.pay(&number).await;
        let sellers = desk.shop.sellers(&number).await;
        let seller = sellers.iter().find(|(_, coop, _)| coop.0 == "c1").unwrap().0.0.clone();
        let mut shopper = desk.visitor("shopper");
        let typed = [("act", "save"), ("name", "王芳"), ("phone", "13800000077"), ("street", "人民路 1 号")];
        let place = [("province", "32"), ("city", "3202"), ("region_code", "320213")];
        let fields: Vec<(String, String)> =
            typed.iter().chain(&place).map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let saved = shopper.post("/me/addresses", &fields).await;
        let link = saved.attribute("a[href^='/me/addresses/']", "href").expect("a saved address");
        let address = link.rsplit('/').next().unwrap().to_owned();
        Self { number, token, seller, address, other_token }
    }

    /// The path with the ids of what is owned; none where the route names nothing that is owned.
    fn path(&self, route: &str) -> Option<String> {
        let (prefix, rest) = route.split_once("/{")?;
        let rest = rest.split_once('}').unwrap().1.replace("{sku}", "s1");
        let rest = rest.replace("seller-orders/{id}", &format!("seller-orders/{}", self.seller));
        let id = match prefix.trim_start_matches("/api/v1") {
            "/orders" => &self.number,
            "/coop/orders" => &self.seller,
            "/coop/products" => "p1",
            "/coop/skus" => "s1",
            "/me/addresses" => &self.address,
            other => panic!("{route}: whose is {other}?"),
        };
        assert!(!rest.contains('{'), "{route}: {rest}");
        Some(format!("{prefix}/{id}{rest}"))
    }
}

async fn ordered(desk: &Desk, who: &str) -> (String, String) {
    let items = json!([{"sku": "P01-1", "qty": 1}, {"sku": "P02-1", "qty": 1}]);
    let ask = json!({"items": items, "address": {"region_code": "320213", "street": "人民路 1 号"}});
    let quote = desk.post(who, "/quotes", ask).await.body["quote_id"].as_str().unwrap().to_owned();
    let body = json!({"quote_id": quote, "contact": {"name": "王芳", "phone": "13800000077"}});
    let placed = desk.post(who, "/orders", body).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    (placed.body["number"].as_str().unwrap().to_owned(), placed.body["token"].as_str().unwrap().to_owned())
}

/// A body that the owner's own request would carry, so that nothing but the owner is wrong.
fn body(route: &Route) -> Value {
    match route.path.rsplit('/').next().unwrap() {
        "payments" => json!({"method": "sandbox"}),
        "shipments" => json!({"carrier": "zto", "tracking_no": "ZT0000000009"}),
        "skus" => json!({"spec": "10 kg", "net_weight_g": 10000, "gross_weight_g": 10800, "price_fen": 15000}),
        "stock" => json!({"delta": 1, "reason": "盘点"}),
        "batches" => {
            json!({"plot": "1", "village": "某村", "harvested_on": "2026-10-10", "packhouse": "一库", "qty": 1})
        }
        _ if route.method == Method::PATCH && route.path.contains("skus") => json!({"price_fen": 1}),
        _ if route.method == Method::PATCH => json!({"summary": "别人的"}),
        _ => json!({}),
    }
}

/// Who is not the owner of what a route names, and may use such routes.
fn others(route: &Route) -> &'static [&'static str] {
    match route.allow {
        Allow::Owner => &["", "rival", "coop-a", "coop-b", "clerk", "bureau"],
        Allow::SignedIn => &["rival", "coop-a", "clerk", "bureau"],
        Allow::Roles(roles) if roles == [Role::Coop] => &["coop-b"],
        _ => &[],
    }
}

async fn what_belongs_to_one_is_not_found_by_another(shop: Arc<Shop>) {
    let desk = Desk::open(shop).await;
    let owned = Owned::of(&desk).await;
    let mut faults = Vec::new();
    let mut walked = 0;
    for route in web::routes() {
        let intruders = others(&route);
        if intruders.is_empty() || !route.path.contains('{') {
            continue;
        }
        let path = owned.path(route.path).unwrap();
        for who in intruders {
            walked += 1;
            let status = match web::is_api(&path) {
                true => {
                    let sent = (route.method != Method::GET).then(|| body(&route).to_string());
                    desk.ask(who, route.method.as_str(), &path, sent).await.status
                }
                false => asked_as_page(&desk, who, &route, &path, &owned).await,
            };
            if status != 404 {
                faults.push(format!("{} {path} as {who:?}: {status}", route.method));
            }
        }
    }
    assert!(faults.is_empty() && walked > 60, "{walked} walked\n{}", faults.join("\n"));
    // The walk had the right ids: their owners find them.
    for (who, path) in [
        ("shopper", format!("/api/v1/orders/{}", owned.number)),
        ("coop-a", format!("/api/v1/coop/orders/{}", owned.seller)),
        ("coop-a", "/api/v1/coop/products/p1".to_owned()),
    ] {
        assert_eq!(desk.ask(who, "GET", &path, None).await.status, 200, "{path}");
    }
    let mut guest = desk.visitor("");
    let heads = |token: &str| vec![("x-order-token".to_owned(), token.to_owned())];
    for (token, status) in [(&owned.token, 200), (&owned.other_token, 404)] {
        let heads = heads(token);
        let heads: Vec<(&str, &str)> = heads.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        let answer = guest.api("GET", &format!("/orders/{}", owned.number), &heads, "").await;
        assert_eq!(answer.status, status, "{answer:?}");
    }
}

async fn asked_as_page(desk: &Desk, who: &str, route: &Route, path: &str, owned: &Owned) -> u16 {
    let mut visitor = desk.visitor(who);
    if route.method == Method::GET {
        return visitor.get(path).await.status;
    }
    let fields = [
        ("seller_order", owned.seller.as_str()),
        ("carrier", "zto"),
        ("tracking_no", "ZT0000000009"),
        ("act", "stock"),
        ("sku", "s1"),
        ("delta", "1"),
        ("reason", "盘点"),
        ("method", "sandbox"),
        ("name", "王芳"),
        ("phone", "13800000077"),
        ("region_code", "320213"),
        ("street", "人民路 1 号"),
    ];
    let fields: Vec<(String, String)> = fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    visitor.post_only(path, &fields).await.status
}

async fn the_lists_of_one_hold_nothing_of_another(shop: Arc<Shop>) {
    let desk = Desk::open(shop).await;
    let owned = Owned::of(&desk).await;
    let secrets = [owned.number.as_str(), owned.address.as_str(), "13800000077"];
    for path in ["/api/v1/orders", "/me", "/me/addresses", "/me/account", "/me/export"] {
        let mut rival = desk.visitor("rival");
        let text = rival.get(path).await.text;
        assert!(secrets.iter().all(|secret| !text.contains(secret)), "{path}: {text}");
    }
    // The order has lines of both cooperatives; each sees its own part alone.
    let orders = desk.get("coop-b", "/coop/orders").await.body.to_string();
    assert!(orders.contains("P02-1") && !orders.contains("P01-1") && !orders.contains(&owned.seller), "{orders}");
    let products = desk.get("coop-b", "/coop/products").await.body.to_string();
    assert!(products.contains("P02") && !products.contains("P01"), "{products}");
    let statement = desk.get("coop-b", "/coop/statements?from=2026-11-01&to=2026-11-30").await.body.to_string();
    assert!(!statement.contains(&owned.seller) && !statement.contains("8990"), "{statement}");
}

async fn a_closed_account_opens_nothing(shop: Arc<Shop>) {
    let desk = Desk::open(shop).await;
    let (person, token) = desk.signed_up("leaver", Role::Shopper, None).await;
    assert_eq!(desk.ask(&token, "GET", "/api/v1/orders", None).await.status, 200);
    account::close(&desk.shop.trade, &person).await.unwrap();
    assert_eq!(desk.ask(&token, "GET", "/api/v1/orders", None).await.status, 401);
}
