//! The operator's desk: who may, what it finds, and that money back, scans and coupons by form are those
//! of the API, once each.

use std::sync::Arc;

use serde_json::json;

use crate::support::{Desk, Shop, on_both};

on_both! {
    the_log_begins_with_the_newest_act_and_says_what_was_checked,
    an_order_is_found_by_what_is_known_of_it,
    money_goes_back_by_form_once_and_as_it_was_shown,
    a_scan_by_form_stands_on_the_buyers_page,
    a_coupon_by_form_takes_its_part_off,
}

async fn the_log_begins_with_the_newest_act_and_says_what_was_checked(shop: Arc<Shop>) {
    let desk = Desk::open(shop.clone()).await;
    for _ in 0..102 {
        desk.post("operator", "/admin/reset-codes", json!({"login": "shopper"})).await;
    }
    let mut operator = desk.visitor("operator");
    let log = operator.get("/admin/audit").await;
    assert_eq!((log.all("tbody td:first-child")[0].as_str(), log.count("tbody tr")), ("102", 100), "{}", log.text);
    assert_eq!(log.all("tbody td:nth-child(4)")[0], "生成重设码");
    assert_eq!(log.one("h1 ~ .tag"), "第 3–102 条的哈希首尾相连");
    let whole =
        operator.get(&log.attribute(".acts a", "href").map(|query| format!("/admin/audit{query}")).unwrap()).await;
    assert_eq!(whole.one("h1 ~ .tag"), "整条链 102 条全部完好");
    let older = operator.get("/admin/audit?before=3").await;
    assert_eq!(older.all("tbody td:first-child"), ["2", "1"]);
    assert_eq!(older.one("h1 ~ .tag"), "第 1–2 条的哈希首尾相连");
}

async fn paid(desk: &Desk) -> (String, String) {
    let ask =
        json!({"items": [{"sku": "P01-1", "qty": 2}], "address": {"region_code": "320213", "street": "人民路 1 号"}});
    let quote = desk.post("shopper", "/quotes", ask).await.body["quote_id"].clone();
    let body = json!({"quote_id": quote, "contact": {"name": "王芳", "phone": "13800000077"}});
    let placed = desk.post("shopper", "/orders", body).await;
    let number = placed.body["number"].as_str().unwrap().to_owned();
    desk.shop.pay(&number).await;
    (number, placed.body["seller_orders"][0]["id"].as_str().unwrap().to_owned())
}

async fn an_order_is_found_by_what_is_known_of_it(shop: Arc<Shop>) {
    let desk = Desk::open(shop.clone()).await;
    let (number, _) = paid(&desk).await;
    let unpaid = shop.placed(&[("P02-1", 1)], None).await.number;
    let mut operator = desk.visitor("operator");
    // As it is read out on the phone.
    let spoken = format!("{} {}", &number[..8].to_lowercase(), &number[8..].to_lowercase());
    let one = operator.get(&format!("/admin/orders?number={}", yanxi::web::percent(&spoken))).await;
    assert_eq!(one.path, format!("/admin/orders/{number}"));
    assert!(
        one.text.contains("王**") && !one.text.contains("13800000077") && !one.text.contains("人民路"),
        "{}",
        one.text
    );
    for (query, found) in [
        ("?state=paid", vec![&number]),
        ("?state=awaiting_payment", vec![&unpaid]),
        ("?coop=coop-two", vec![&unpaid]),
        ("?from=2026-11-02", vec![]),
        ("?number=YX000000", vec![]),
        ("", vec![&unpaid, &number]),
    ] {
        let mut rows = operator.get(&format!("/admin/orders{query}")).await.all("tbody td:first-child");
        rows.sort();
        let mut found: Vec<String> = found.into_iter().cloned().collect();
        found.sort();
        assert_eq!(rows, found, "{query}");
    }
    let wrong = operator.get("/admin/orders?from=gestern").await;
    assert_eq!((wrong.status, wrong.count(".field.bad")), (422, 1));
    let page = operator.get("/admin/orders").await;
    let by_phone = page.form("form[method=post][action=\"/admin/orders\"]").with("phone", "138 0000 0077");
    let found = by_phone.send(&mut operator).await;
    assert_eq!(found.all("tbody td:first-child"), [number], "{}", found.text);
    // Who looks somebody up by phone stands in the log, the phone does not.
    let log = operator.get("/admin/audit").await;
    assert!(log.text.contains("按电话找订单") && !log.text.contains("13800000077"), "{}", log.text);
}

async fn money_goes_back_by_form_once_and_as_it_was_shown(shop: Arc<Shop>) {
    let desk = Desk::open(shop.clone()).await;
    let (number, _) = paid(&desk).await;
    let mut operator = desk.visitor("operator");
    let page = operator.get(&format!("/admin/orders/{number}")).await;
    let form = page.form("form.giving").with("qty-1", "1").with("reason", "坏果");
    let nothing = page.form("form.giving").with("reason", "坏果").with("do", "look").send(&mut operator).await;
    assert_eq!((nothing.status, nothing.count("[role=alert]")), (422, 1), "{}", nothing.text);
    let much = form.clone().with("qty-1", "3").with("do", "look").send(&mut operator).await;
    assert_eq!((much.status, much.count("td .why")), (422, 1), "{}", much.text);
    // Nothing goes back before it was shown how much.
    let looked = form.clone().with("do", "send").send(&mut operator).await;
    assert_eq!((looked.status, looked.one(".looked b")), (200, "¥89.90".to_owned()), "{}", looked.text);
    assert_eq!(shop.booked("refund").await, 0);
    let sending = looked.form("form.giving").with("do", "send");
    for _ in 0..2 {
        let sent = sending.clone().send(&mut operator).await;
        assert_eq!(
            (sent.status, sent.count(".done"), sent.all(".case-parcel h3 .num").len()),
            (200, 1, 2),
            "{}",
            sent.text
        );
    }
    // The same form with something else typed is refused, not forgotten.
    let other = sending.with("qty-1", "2").send(&mut operator).await;
    assert_eq!((other.status, other.count("[role=alert]")), (422, 1), "{}", other.text);
    let order = desk.get("shopper", &format!("/orders/{number}")).await.body;
    assert_eq!((order["refunded_fen"].as_i64(), order["state"].as_str()), (Some(8990), Some("paid")), "{order}");
    shop.audit().await;
}

async fn a_scan_by_form_stands_on_the_buyers_page(shop: Arc<Shop>) {
    let desk = Desk::open(shop.clone()).await;
    let (number, seller) = paid(&desk).await;
    let parcel = json!({"carrier": "zto", "tracking_no": "ZT0000000001"});
    assert_eq!(desk.post("coop-a", &format!("/coop/orders/{seller}/shipments"), parcel).await.status, 201);
    shop.trade.clock.advance(yanxi::kernel::time::SECOND * 3600);
    let mut operator = desk.visitor("operator");
    let page = operator.get(&format!("/admin/orders/{number}")).await;
    let form = page.form("form[action$=\"/scans\"]").with("kind", "delivered").with("source", "operator");
    let early = form.clone().with("at", "2026-10-31T12:00").send(&mut operator).await;
    assert_eq!((early.status, early.count(".case-parcel .why")), (422, 1), "{}", early.text);
    let done = form.with("at", "2026-11-01T12:30").send(&mut operator).await;
    assert_eq!((done.status, done.count(".done")), (200, 1), "{}", done.text);
    let mut shopper = desk.visitor("shopper");
    let buyers = shopper.get(&format!("/orders/{number}")).await;
    assert!(buyers.one(".waybill").contains("2026-11-01 12:30"), "{}", buyers.text);
    let stranger = desk.visitor("rival").get(&format!("/admin/orders/{number}")).await;
    assert_eq!(stranger.status, 403);
}

async fn a_coupon_by_form_takes_its_part_off(shop: Arc<Shop>) {
    let desk = Desk::open(shop.clone()).await;
    let mut operator = desk.visitor("operator");
    let page = operator.get("/admin/coupons").await;
    assert_eq!(page.count("tbody tr"), 3);
    let form =
        page.form("form.coupon-form").with("code", "twelve-half").with("kind", "percent").with("funder", "government");
    let refused = form.clone().with("percent", "120").send(&mut operator).await;
    assert_eq!((refused.status, refused.count(".field.bad")), (422, 2), "{}", refused.text);
    let form =
        refused.form("form.coupon-form").with("percent", "12.5").with("min_goods", "50").with("to", "2026-12-31");
    let made = form.clone().send(&mut operator).await;
    assert!(made.status == 200 && made.text.contains("TWELVE-HALF") && made.text.contains("减 12.5%"), "{}", made.text);
    assert_eq!(form.send(&mut operator).await.status, 409);
    let ask = json!({"items": [{"sku": "P01-1", "qty": 1}], "address": {"region_code": "320213"}, "coupons": ["TWELVE-HALF"]});
    let quote = desk.post("shopper", "/quotes", ask).await.body;
    assert_eq!(quote["discount_fen"].as_i64(), Some(1123), "{quote}");
    let list = operator.get("/admin/coupons").await;
    let ended = list.form("form[action$='/TWELVE-HALF/end']").send(&mut operator).await;
    assert_eq!((ended.status, ended.count("form[action$='/TWELVE-HALF/end']")), (200, 0), "{}", ended.text);
    assert!(ended.text.contains("已停用"), "{}", ended.text);
}
