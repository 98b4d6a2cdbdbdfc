//! What the operator does through the API: refunds, coupons, reset codes, the audit log.

use std::sync::Arc;

use serde_json::json;

use crate::support::{Desk, Shop, on_both};

on_both! {
    refunds_need_a_key_and_name_what_they_give_back,
    coupons_are_made_listed_and_checked,
    acts_of_staff_are_logged_in_one_chain,
}

async fn refunds_need_a_key_and_name_what_they_give_back(shop: Arc<Shop>) {
    let desk = Desk::open(shop.clone()).await;
    let number = shop.placed(&[("P01-1", 3), ("P02-1", 1)], None).await.number;
    shop.pay(&number).await;
    let sellers = shop.sellers(&number).await;
    let path = format!("/admin/orders/{number}/refunds");
    let line = |seller: &str, line_no: i64| json!({"lines": [{"seller_order": seller, "line_no": line_no, "qty": 1}], "reason": "坏果"});
    let other = desk.post("operator", &path, line(sellers[1].0.as_str(), 1)).await;
    assert_eq!((other.status, &other.body["code"]), (422, &json!("unknown_line")), "{other:?}");
    let back = desk.post("operator", &path, line(sellers[0].0.as_str(), 1)).await;
    assert_eq!((back.status, &back.body["amount_fen"]), (201, &json!(8990)), "{back:?}");
    for body in [json!({"amount_fen": 0, "reason": "x"}), json!({"amount_fen": 1}), json!({"lines": [], "reason": "x"})]
    {
        assert_eq!(desk.post("operator", &path, body.clone()).await.status, 422, "{body}");
    }
    let too_much = desk.post("operator", &path, json!({"amount_fen": 9_999_999, "reason": "x"})).await;
    assert_eq!((too_much.status, &too_much.body["code"]), (409, &json!("refund_too_much")));
    let rest = desk.post("operator", &path, json!({"reason": "全部退回"})).await;
    assert_eq!(rest.status, 201, "{rest:?}");
    assert_eq!(shop.state(&number).await.as_str(), "refunded");
}

async fn coupons_are_made_listed_and_checked(shop: Arc<Shop>) {
    let desk = Desk::open(shop.clone()).await;
    let good = json!({"code": "autumn-10", "kind": "percent", "bp": 1000, "limit_each": 1,
        "from": "2026-11-01", "to": "2026-11-30", "funder": "platform"});
    let made = desk.post("operator", "/admin/coupons", good.clone()).await;
    assert_eq!((made.status, &made.body["code"]), (201, &json!("AUTUMN-10")), "{made:?}");
    assert_eq!(desk.post("operator", "/admin/coupons", good.clone()).await.body["code"], "coupon_exists");
    for (field, value) in [
        ("bp", json!(10_001)),
        ("amount_fen", json!(5)),
        ("to", json!("2026-10-01")),
        ("from", json!("2026-13-01")),
        ("limit_total", json!(0)),
        ("used", json!(1)),
    ] {
        let mut bad = good.clone();
        bad["code"] = json!("OTHER");
        bad[field] = value;
        let answer = desk.post("operator", "/admin/coupons", bad).await;
        assert_eq!((answer.status, &answer.body["errors"][0]["field"]), (422, &json!(field)), "{answer:?}");
    }
    let list = desk.get("operator", "/admin/coupons?per_page=2").await;
    assert_eq!((&list.body["total"], &list.body["items"][0]["code"]), (&json!(4), &json!("AUTUMN-10")));
    assert!(shop.quote(&[("P01-1", 1)], Some("AUTUMN-10")).await.is_ok());
    let end = "/admin/coupons/autumn-10/end";
    assert_eq!(desk.post("coop-a", end, json!({})).await.status, 403);
    let ended = desk.post("operator", end, json!({})).await;
    assert_eq!((ended.status, ended.body["ended_at"].is_string()), (200, true), "{ended:?}");
    shop.trade.clock.advance(1_000_000);
    assert_eq!(desk.post("operator", end, json!({})).await.body, ended.body, "ended once");
    assert_eq!(desk.post("operator", "/admin/coupons/NOBODY/end", json!({})).await.status, 404);
    assert!(shop.quote(&[("P01-1", 1)], Some("AUTUMN-10")).await.is_err());
}

async fn acts_of_staff_are_logged_in_one_chain(shop: Arc<Shop>) {
    let desk = Desk::open(shop.clone()).await;
    let sku = desk.get("coop-a", "/coop/products").await.body["items"][0]["skus"][0]["id"].clone();
    let path = format!("/coop/skus/{}/stock", sku.as_str().unwrap());
    let counted = (0..12).map(|_| desk.post("coop-a", &path, json!({"delta": 1, "reason": "入库"})));
    for answer in futures_util::future::join_all(counted).await {
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    let code = desk.post("operator", "/admin/reset-codes", json!({"login": "shopper"})).await;
    assert_eq!(code.status, 201, "{code:?}");
    let log = desk.get("operator", "/admin/audit?after=0").await;
    assert_eq!((log.status, &log.body["chain_holds"]), (200, &json!(true)), "{log:?}");
    let rows = log.body["items"].as_array().unwrap();
    assert_eq!(rows.len(), 13);
    assert!(!log.body.to_string().contains(code.body["code"].as_str().unwrap()));
    assert_eq!(desk.get("operator", "/admin/audit?after=12").await.body["items"][0]["action"], "reset_code.issue");
}
