//! The operator's desk: who may, what it finds, and that money back, scans and coupons by form are those
//! of the API, once each.

use std::sync::Arc;

use serde_json::json;

use crate::support::{Desk, Shop, on_both};

on_both! {
    the_log_begins_with_the_newest_act_and_says_what_was_checked,
}

async fn the_log_begins_with_the_newest_act_and_says_what_was_checked(shop: Arc<Shop>) {
    let desk = Desk::open(shop.clone()).await;
    for _ in 0..102 {
        desk.post("operator", "/admin/reset-codes", json!({"login": "shopper"})).await;
    }
    let mut operator = desk.visitor("operator");
    let log = operator.get("/admin/audit").await;
    assert_eq!((log.all("tbody td:first-child")[0].as_str(), log.count("tbody tr")), ("102", 100), "{}", log.text);
    assert_eq!(log.one("h1 ~ .tag"), "第 3–102 条的哈希首尾相连");
    let whole =
        operator.get(&log.attribute(".acts a", "href").map(|query| format!("/admin/audit{query}")).unwrap()).await;
    assert_eq!(whole.one("h1 ~ .tag"), "整条链 102 条全部完好");
    let older = operator.get("/admin/audit?before=3").await;
    assert_eq!(older.all("tbody td:first-child"), ["2", "1"]);
    assert_eq!(older.one("h1 ~ .tag"), "第 1–2 条的哈希首尾相连");
}
