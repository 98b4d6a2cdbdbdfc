//! A product's way to the shelf and off it, and a cooperative's own way into the market.

use std::sync::Arc;

use serde_json::{Value, json};
use yanxi::{catalogue, identity::Role};

use super::shelf::whole;
use crate::support::{Desk, Shop, on_both};

on_both! {
    a_product_reaches_the_shelf_only_whole_and_by_the_operator,
    a_price_makes_a_new_version_and_an_old_quote_is_asked_again,
    what_is_another_cooperatives_is_not_found,
    an_applicant_becomes_a_cooperative,
    a_batch_comes_into_stock_with_its_code,
}

async fn shelf(desk: &Desk, code: &str) -> Option<String> {
    let now = desk.shop.trade.clock.now();
    let snapshot = catalogue::load(&mut desk.shop.trade.db.read().await.unwrap(), now).await.unwrap();
    snapshot.products.iter().find(|p| p.code == code).map(|p| p.name.clone())
}

fn fields(answer: &Value) -> Vec<&str> {
    answer["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect()
}

async fn a_product_reaches_the_shelf_only_whole_and_by_the_operator(shop: Arc<Shop>) {
    let desk = Desk::open(shop.clone()).await;
    whole(&shop).await;
    let made = desk.post("coop-a", "/coop/products", json!({"name": "嘎啦苹果", "category": "apple"})).await;
    assert_eq!((made.status, &made.body["state"]), (201, &json!("draft")), "{made:?}");
    let (id, code) = (made.body["id"].as_str().unwrap(), made.body["code"].as_str().unwrap());
    let path = format!("/coop/products/{id}");
    let early = desk.post("coop-a", &format!("{path}/submit"), json!({})).await;
    assert_eq!((early.status, &early.body["code"]), (422, &json!("not_publishable")), "{early:?}");
    assert_eq!(fields(&early.body), ["summary", "storage", "skus", "certificates"]);
    let claim = desk.patch("coop-a", &path, json!({"summary": "降血压，最好的苹果"})).await;
    assert_eq!((claim.status, &claim.body["code"]), (422, &json!("forbidden_claim")));
    let words = json!({"summary": "脆甜多汁", "storage": "阴凉处 30 天", "certificates": [
        {"kind": "conformity", "number": "DEMO-1", "holder": "一社", "valid_from": "2026-01-01", "valid_to": "2026-12-31"}]});
    let told = desk.patch("coop-a", &path, words).await;
    assert_eq!((told.status, &told.body["missing"], &told.body["version"]), (200, &json!(["skus"]), &json!(3 - 1)));
    let sku = json!({"spec": "70mm 2.5kg", "net_weight_g": 2400, "price_fen": 3590,
        "season": {"from": "08-01", "to": "12-30"}});
    let sku = desk.post("coop-a", &format!("{path}/skus"), sku).await;
    assert_eq!((sku.status, &sku.body["gross_weight_g"]), (201, &json!(2500)), "{sku:?}");
    assert_eq!(desk.post("coop-a", &format!("{path}/submit"), json!({})).await.status, 200);
    assert_eq!(shelf(&desk, code).await, None);
    let waiting = desk.get("operator", "/admin/approvals").await;
    assert_eq!(waiting.body["items"][0]["id"], id, "{waiting:?}");
    let approval = format!("/admin/approvals/{id}");
    assert_eq!(desk.post("operator", &approval, json!({"decision": "ask"})).await.status, 422);
    let asked = desk.post("operator", &approval, json!({"decision": "ask", "reason": "请补产地照片"})).await;
    assert_eq!(asked.status, 200, "{asked:?}");
    assert_eq!(desk.get("coop-a", &path).await.body["reason"], "请补产地照片");
    assert_eq!(desk.post("coop-a", &format!("{path}/submit"), json!({})).await.status, 200);
    shop.trade.clock.advance(1);
    assert_eq!(desk.post("operator", &approval, json!({"decision": "approve"})).await.status, 200);
    assert_eq!(shelf(&desk, code).await.as_deref(), Some("嘎啦苹果"));
    let bare = desk.patch("coop-a", &path, json!({"summary": ""})).await;
    assert_eq!((bare.status, fields(&bare.body)), (422, vec!["summary"]), "{bare:?}");
    assert_eq!(desk.patch("coop-a", &path, json!({"name": "早熟嘎啦"})).await.status, 200);
    assert_eq!(shelf(&desk, code).await.as_deref(), Some("早熟嘎啦"));
    assert_eq!(desk.post("coop-a", &format!("{path}/withdraw"), json!({})).await.body["state"], "withdrawn");
    assert_eq!(shelf(&desk, code).await, None);
}

async fn a_price_makes_a_new_version_and_an_old_quote_is_asked_again(shop: Arc<Shop>) {
    whole(&shop).await;
    let desk = Desk::open(shop.clone()).await;
    let quote = shop.quote(&[("P01-1", 1)], None).await.unwrap();
    let set = desk.patch("coop-a", "/coop/skus/s1", json!({"price_fen": 9590, "season": null})).await;
    assert_eq!((set.status, &set.body["version"], &set.body["price_fen"]), (200, &json!(2), &json!(9590)), "{set:?}");
    let body = json!({"quote_id": quote.quote_id.0, "contact": {"name": "王芳", "phone": "13800000077"}});
    let placed = desk.post("", "/orders", body).await;
    assert_eq!((placed.status, &placed.body["code"]), (409, &json!("quote_changed")), "{placed:?}");
    for (body, field) in [
        (json!({"price_fen": 0}), "price_fen"),
        (json!({"gross_weight_g": 10}), "gross_weight_g"),
        (json!({"season": {"from": "13-01", "to": "12-31"}}), "season.from"),
        (json!({"pieces_max": 3}), "pieces_max"),
        (json!({"coop_id": "c2"}), "coop_id"),
    ] {
        let refused = desk.patch("coop-a", "/coop/skus/s1", body).await;
        assert_eq!((refused.status, fields(&refused.body)), (422, vec![field]), "{refused:?}");
    }
    let second = json!({"spec": "500 g", "net_weight_g": 500, "price_fen": 990});
    assert_eq!(desk.post("coop-a", "/coop/products/p1/skus", second).await.status, 201);
    let off = desk.patch("coop-a", "/coop/skus/s1", json!({"active": false})).await;
    assert_eq!((off.status, &off.body["active"]), (200, &json!(false)));
    assert!(shop.quote(&[("P01-1", 1)], None).await.is_err());
}

async fn what_is_another_cooperatives_is_not_found(shop: Arc<Shop>) {
    let desk = Desk::open(shop).await;
    let change = json!({"name": "改"});
    assert_eq!(desk.get("coop-b", "/coop/products/p1").await.status, 404);
    assert_eq!(desk.patch("coop-b", "/coop/products/p1", change).await.status, 404);
    for verb in ["submit", "withdraw"] {
        assert_eq!(desk.post("coop-b", &format!("/coop/products/p1/{verb}"), json!({})).await.status, 404);
    }
    let sku = json!({"spec": "x", "net_weight_g": 1, "price_fen": 1});
    assert_eq!(desk.post("coop-b", "/coop/products/p1/skus", sku).await.status, 404);
    assert_eq!(desk.patch("coop-b", "/coop/skus/s1", json!({"price_fen": 1})).await.status, 404);
}

async fn an_applicant_becomes_a_cooperative(shop: Arc<Shop>) {
    let desk = Desk::open(shop).await;
    let (_, token) = desk.signed_up("new-coop", Role::Shopper, None).await;
    let form = json!({"name": "新社", "county": "洛川", "credit_code": "91350100M000100Y43", "contact": "张三",
        "phone": "09110000099", "ship_from": "洛川县城"});
    assert_eq!(desk.get(&token, "/coop/application").await.status, 404);
    let mut bad = form.clone();
    bad["credit_code"] = json!("91350100M000100Y44");
    bad["phone"] = json!("1");
    let refused = desk.post(&token, "/coop/application", bad).await;
    assert_eq!((refused.status, fields(&refused.body)), (422, vec!["credit_code", "phone"]), "{refused:?}");
    let sent = desk.post(&token, "/coop/application", form.clone()).await;
    assert_eq!((sent.status, &sent.body["state"]), (201, &json!("applied")), "{sent:?}");
    assert_eq!(desk.get(&token, "/coop/orders").await.status, 403);
    let other = desk.post("shopper", "/coop/application", form.clone()).await;
    assert_eq!((other.status, &other.body["code"]), (409, &json!("credit_code_taken")));
    let approval = format!("/admin/approvals/{}", sent.body["id"].as_str().unwrap());
    let asked = desk.post("operator", &approval, json!({"decision": "ask", "reason": "执照有效期？"})).await;
    assert_eq!(asked.status, 200, "{asked:?}");
    assert_eq!(desk.get(&token, "/coop/application").await.body["reason"], "执照有效期？");
    let mut again = form;
    again["licence_valid_to"] = json!("2030-01-01");
    assert_eq!(desk.post(&token, "/coop/application", again.clone()).await.status, 201);
    assert_eq!(desk.post("operator", &approval, json!({"decision": "approve"})).await.status, 200);
    assert_eq!(desk.post("operator", &approval, json!({"decision": "approve"})).await.status, 409);
    assert_eq!(desk.get(&token, "/coop/products").await.body["total"], 0);
    assert_eq!(desk.post(&token, "/coop/application", again).await.status, 409);
}

async fn a_batch_comes_into_stock_with_its_code(shop: Arc<Shop>) {
    let desk = Desk::open(shop.clone()).await;
    let batch = json!({"code": "lc-1101-a", "plot": "三号地", "village": "旧县镇", "harvested_on": "2026-10-28",
        "packhouse": "一号果库", "conformity_no": "DEMO-9", "qty": 40});
    let kept = desk.post("coop-a", "/coop/skus/s1/batches", batch.clone()).await;
    assert_eq!((kept.status, &kept.body["code"]), (201, &json!("LC-1101-A")), "{kept:?}");
    assert_eq!(shop.stock("P01-1").await, (140, 0));
    let twice = desk.post("coop-a", "/coop/skus/s1/batches", batch.clone()).await;
    assert_eq!((twice.status, &twice.body["code"]), (409, &json!("batch_known")));
    let mut early = batch;
    early["harvested_on"] = json!("2026-12-01");
    assert_eq!(desk.post("coop-a", "/coop/skus/s1/batches", early.clone()).await.status, 422);
    assert_eq!(desk.post("coop-b", "/coop/skus/s1/batches", early).await.status, 422);
}
