//! What a cooperative does through the API: orders shipped, stock counted, nobody else's touched.

use std::sync::Arc;

use serde_json::json;

use crate::support::{Desk, Shop, on_both};

on_both! {
    a_cooperative_ships_its_own_part_and_sees_no_other,
    what_is_to_ship_stands_by_its_deadline_and_what_is_shipped_newest_first,
    stock_is_counted_with_a_reason_and_never_below_what_is_held,
}

async fn paid(shop: &Shop, items: &[(&str, i64)]) -> String {
    let placed = shop.placed(items, None).await;
    shop.pay(&placed.number).await;
    placed.number
}

async fn a_cooperative_ships_its_own_part_and_sees_no_other(shop: Arc<Shop>) {
    let desk = Desk::open(shop.clone()).await;
    let number = paid(&shop, &[("P01-1", 3), ("P02-1", 1)]).await;
    let waiting = desk.get("coop-a", "/coop/orders?state=to_ship").await;
    assert_eq!((waiting.status, waiting.body["total"].as_i64()), (200, Some(1)), "{waiting:?}");
    let order = &waiting.body["items"][0];
    assert_eq!(order["number"], number);
    assert_eq!(order["contact"]["name"], "收货人");
    assert_eq!(order["lines"].as_array().unwrap().len(), 1);
    let id = order["id"].as_str().unwrap();
    let path = format!("/coop/orders/{id}/shipments");
    let parcel = json!({"carrier": "zto", "tracking_no": "ZT00000001", "lines": [{"line_no": 1, "qty": 2}]});
    assert_eq!(desk.post("coop-b", &path, parcel.clone()).await.status, 404);
    let sent = desk.post("coop-a", &path, parcel.clone()).await;
    assert_eq!((sent.status, sent.body["n"].as_i64()), (201, Some(1)), "{sent:?}");
    assert_eq!(sent.body["state"], "part_shipped");
    assert_eq!(desk.post("coop-a", &path, parcel).await.body["code"], "ship_too_much");
    let rest = desk.post("coop-a", &path, json!({"carrier": "ems", "tracking_no": "EM00000002"})).await;
    assert_eq!((rest.body["n"].as_i64(), &rest.body["state"]), (Some(2), &json!("shipped")), "{rest:?}");
    let scan = json!({"kind": "delivered", "at": shop.trade.clock.now().rfc3339(), "source": "operator"});
    for n in 1..=2 {
        let path = format!("{path}/{n}/scans");
        assert_eq!(desk.post("coop-a", &path, scan.clone()).await.status, 403);
        assert_eq!(desk.post("operator", &path, scan.clone()).await.status, 201);
    }
    assert_eq!(desk.post("operator", &format!("{path}/3/scans"), scan).await.status, 404);
    assert_eq!(desk.get("coop-a", &format!("/coop/orders/{id}")).await.body["state"], "received");
    shop.trade.clock.advance(16 * yanxi::kernel::time::DAY);
    let (_, token) = desk.signed_up("coop-a-later", yanxi::identity::Role::Coop, Some("c1")).await;
    let later = desk.get(&token, &format!("/coop/orders/{id}")).await;
    assert_eq!(later.body["contact"]["name"], "收**");
}

async fn what_is_to_ship_stands_by_its_deadline_and_what_is_shipped_newest_first(shop: Arc<Shop>) {
    let desk = Desk::open(shop.clone()).await;
    let mut placed = Vec::new();
    for _ in 0..3 {
        placed.push(shop.placed(&[("P01-1", 1)], None).await.number);
        shop.trade.clock.advance(yanxi::kernel::time::SECOND);
    }
    // Paid in another order than placed: the time to ship runs from the payment.
    let paid = [&placed[1], &placed[2], &placed[0]];
    for number in paid {
        shop.pay(number).await;
        shop.trade.clock.advance(yanxi::kernel::time::SECOND);
    }
    let numbers = async |state: &str| -> Vec<String> {
        let list = desk.get("coop-a", &format!("/coop/orders?state={state}")).await;
        let items = list.body["items"].as_array().unwrap();
        items.iter().map(|order| order["number"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(numbers("to_ship").await, paid.map(String::clone));
    let waiting = desk.get("coop-a", "/coop/orders?state=to_ship").await;
    for (at, order) in waiting.body["items"].as_array().unwrap().iter().enumerate() {
        let parcel = json!({"carrier": "zto", "tracking_no": format!("ZT0000001{at}")});
        let path = format!("/coop/orders/{}/shipments", order["id"].as_str().unwrap());
        assert_eq!(desk.post("coop-a", &path, parcel).await.status, 201);
    }
    assert_eq!(numbers("shipped").await, [placed[2].clone(), placed[1].clone(), placed[0].clone()]);
}

async fn stock_is_counted_with_a_reason_and_never_below_what_is_held(shop: Arc<Shop>) {
    let desk = Desk::open(shop.clone()).await;
    shop.placed(&[("P01-1", 3)], None).await;
    let own = desk.get("coop-a", "/coop/products").await;
    let sku = &own.body["items"][0]["skus"][0];
    assert_eq!((&sku["sku"], &sku["on_hand"], &sku["held"]), (&json!("P01-1"), &json!(100), &json!(3)), "{own:?}");
    let path = format!("/coop/skus/{}/stock", sku["id"].as_str().unwrap());
    let more = desk.post("coop-a", &path, json!({"delta": 20, "reason": "新采摘"})).await;
    assert_eq!((more.status, &more.body["available"]), (200, &json!(117)), "{more:?}");
    let below = desk.post("coop-a", &path, json!({"delta": -118, "reason": "清点"})).await;
    assert_eq!((below.status, &below.body["code"]), (409, &json!("stock_below_held")));
    assert_eq!(desk.post("coop-b", &path, json!({"delta": 1, "reason": "x"})).await.status, 404);
    for body in [json!({"delta": 0, "reason": "x"}), json!({"delta": 1, "reason": " "}), json!({"delta": 1})] {
        assert_eq!(desk.post("coop-a", &path, body.clone()).await.status, 422, "{body}");
    }
    assert_eq!(shop.stock("P01-1").await, (120, 3));
}
