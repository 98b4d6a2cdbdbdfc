//! The bureau's reports through the API: who may, what is refused, what each format says.

use std::sync::Arc;

use serde_json::json;
use yanxi::{
    kernel::Actor,
    orders::refund::{self, Asked, AskedLine},
    reports::Dimension,
};

use crate::support::{Desk, Shop, on_both, shop::write};

on_both! {
    reports_are_for_the_bureau_and_the_operator,
    a_report_has_the_shape_of_the_surface,
    what_does_not_fit_is_refused_by_its_field,
    filters_follow_a_figure_to_its_lines,
    files_start_with_their_head_and_run_no_formula,
    schemes_overlap_and_are_never_added,
    few_orders_of_a_district_and_a_product_show_together,
}

async fn sold(shop: &Shop, items: &[(&str, i64)]) -> String {
    let number = shop.placed(items, None).await.number;
    shop.pay(&number).await;
    shop.seal().await;
    number
}

async fn reports_are_for_the_bureau_and_the_operator(shop: Arc<Shop>) {
    let desk = Desk::open(shop).await;
    for (who, status) in
        [("", 401), ("shopper", 403), ("coop-a", 403), ("clerk", 403), ("bureau", 200), ("operator", 200)]
    {
        assert_eq!(desk.get(who, "/bureau/reports/summary").await.status, status, "{who}");
    }
}

async fn a_report_has_the_shape_of_the_surface(shop: Arc<Shop>) {
    sold(&shop, &[("P01-1", 2), ("P02-1", 1)]).await;
    let desk = Desk::open(shop).await;
    let answer = desk.get("bureau", "/bureau/reports/summary?from=2026-11-01&to=2026-11-01&by=county,coop").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let body = &answer.body;
    assert_eq!((&body["kind"], &body["by"]), (&json!("summary"), &json!(["county", "coop"])));
    assert_eq!((&body["from"], &body["to"]), (&json!("2026-11-01"), &json!("2026-11-01")));
    assert!(body["as_of"].as_str().unwrap().ends_with("+08:00"));
    assert_eq!(body["columns"][4], json!({"key": "gross_paid_fen", "label": "支付额", "unit": "fen"}));
    let row = &body["rows"][0];
    for (key, value) in [
        ("key", json!("610629")),
        ("label", json!("洛川")),
        ("key2", json!("coop-one")),
        ("label2", json!("一社")),
        ("gross_paid_fen", json!(17_980)),
        ("refunds_fen", json!(0)),
        ("net_paid_fen", json!(17_980)),
        ("effective_fen", json!(0)),
        ("freight_fen", json!(600 + 11 * 150)),
        ("orders", json!(1)),
        ("qty", json!(2)),
    ] {
        assert_eq!(row[key], value, "{key}");
    }
    assert_eq!((&body["totals"]["net_paid_fen"], &body["totals"]["orders"]), (&json!(21_330), &json!(1)));
    for (by, key, label) in [
        ("category", "apple", "苹果"),
        ("product", "P01", "洛川苹果"),
        ("channel", "online", "线上商城"),
        ("buyer_class", "individual", "个人"),
        ("district", "320213", "梁溪区"),
        ("pairing", "none", "未结对"),
        ("outlet", "none", "无门店"),
        ("scheme", "none", "无认定"),
    ] {
        let grouped = desk.get("bureau", &format!("/bureau/reports/summary?by={by}")).await;
        let row = &grouped.body["rows"][0];
        assert_eq!((&row["key"], &row["label"]), (&json!(key), &json!(label)), "{by}");
    }
    for kind in ["lines", "bridge", "channels", "coops", "households", "series"] {
        let answer = desk.get("operator", &format!("/bureau/reports/{kind}")).await;
        assert_eq!((answer.status, &answer.body["kind"]), (200, &json!(kind)), "{answer:?}");
    }
    let english = desk.get("bureau", "/bureau/reports/channels?lang=en").await;
    assert_eq!(english.body["rows"][0]["label"], "Online");
}

async fn what_does_not_fit_is_refused_by_its_field(shop: Arc<Shop>) {
    let desk = Desk::open(shop).await;
    for (query, field) in [
        ("summary?by=colour", "by"),
        ("summary?by=county,county", "by"),
        ("summary?by=county,coop,day", "by"),
        ("summary?from=2026-13-01", "from"),
        ("summary?from=1.11.2026", "from"),
        ("summary?from=2026-11-02&to=2026-11-01", "to"),
        ("summary?to=2026-11-01", "from"),
        ("summary?colour=red", "colour"),
        ("summary?day=yesterday", "day"),
        ("summary?format=pdf", "format"),
        ("series?by=county", "by"),
        ("series?from=0001-01-01&to=9999-12-31", "from"),
        ("bridge?county=610629", "county"),
        ("quota", "kind"),
    ] {
        let answer = desk.get("bureau", &format!("/bureau/reports/{query}")).await;
        assert_eq!((answer.status, &answer.body["errors"][0]["field"]), (422, &json!(field)), "{query}: {answer:?}");
    }
    assert_eq!(desk.get("bureau", "/bureau/reports/everything").await.status, 404);
    let long = format!("/bureau/reports/summary?county={}", "9".repeat(100));
    assert_eq!(desk.get("bureau", &long).await.status, 422);
    let injected = "/bureau/reports/summary?county=x%27%20OR%20%271%27=%271&coop=%22;DROP&scheme=%25";
    assert_eq!(desk.get("bureau", injected).await.body["rows"], json!([]));
}

async fn filters_follow_a_figure_to_its_lines(shop: Arc<Shop>) {
    sold(&shop, &[("P01-1", 1), ("P02-1", 1), ("P03-1", 1)]).await;
    let number = sold(&shop, &[("P01-1", 3)]).await;
    let order = shop.order(&number).await;
    let asked = Asked::Lines(vec![AskedLine { line_no: 1, qty: Some(1), amount: None }]);
    refund::refund(&shop.trade, &shop.trade.work(Actor::SYSTEM, None), &order, (&asked, "坏果")).await.unwrap();
    let desk = Desk::open(shop).await;
    for by in Dimension::ALL.iter().filter(|d| !matches!(d, Dimension::District)) {
        let report = desk.get("bureau", &format!("/bureau/reports/summary?by={by}")).await;
        for row in report.body["rows"].as_array().unwrap() {
            let key = row["key"].as_str().unwrap();
            let lines = desk.get("bureau", &format!("/bureau/reports/lines?{by}={key}")).await;
            assert_eq!(lines.status, 200, "{lines:?}");
            for column in ["gross_paid_fen", "refunds_fen", "net_paid_fen", "qty"] {
                let sum: i64 =
                    lines.body["rows"].as_array().unwrap().iter().map(|line| line[column].as_i64().unwrap()).sum();
                assert_eq!(json!(sum), row[column], "{column} of {by}={key}");
                assert_eq!(lines.body["totals"][column], row[column], "the total of {column} of {by}={key}");
            }
        }
    }
    let lines = desk.get("bureau", "/bureau/reports/lines").await;
    let text = lines.body.to_string();
    assert!(!text.contains("收货人") && !text.contains(&number) && !text.contains("1380000"), "no personal data");
}

async fn files_start_with_their_head_and_run_no_formula(shop: Arc<Shop>) {
    write(
        &shop.trade.db,
        &[
            "UPDATE coops SET name = '=HYPERLINK(\"http://x\",\"点我\")' WHERE id = 'c1'",
            "UPDATE coops SET name = '+cmd|x' WHERE id = 'c2'",
        ],
    )
    .await;
    let number = sold(&shop, &[("P01-1", 1), ("P02-1", 1)]).await;
    let order = shop.order(&number).await;
    shop.trade.clock.advance(yanxi::kernel::time::DAY);
    refund::refund(&shop.trade, &shop.trade.work(Actor::SYSTEM, None), &order, (&Asked::Whole, "退")).await.unwrap();
    shop.seal().await;
    let desk = Desk::open(shop).await;
    let path = "/bureau/reports/summary?by=coop&from=2026-11-02&to=2026-11-02";
    let csv = desk.get("bureau", &format!("{path}&format=csv")).await;
    assert_eq!((csv.status, csv.kind.as_str()), (200, "text/csv; charset=utf-8"));
    let text = csv.body.as_str().unwrap();
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert!(lines[0].starts_with("\u{feff}编码,合作社,支付额（元）,退款额（元）"), "{}", lines[0]);
    assert!(text.contains("coop-two,'+cmd|x,0.00,33.50,0.00,-33.50"), "{text}");
    assert!(text.contains("coop-one,\"'=HYPERLINK(\"\"http://x\"\",\"\"点我\"\")\",0.00,89.90,0.00,-89.90"), "{text}");
    assert!(lines[3].contains("截至 2026-11-02"), "{}", lines[3]);
    assert_eq!(lines.iter().map(|line| line.len()).filter(|n| *n == 0).count(), 1, "one line end at the end");
    let xlsx = desk.get("bureau", &format!("{path}&format=xlsx")).await;
    assert!(xlsx.kind.ends_with("spreadsheetml.sheet") && xlsx.status == 200);
    let table = desk.get("bureau", &format!("{path}&format=table")).await;
    assert!(table.body.as_str().unwrap().contains("合计"), "{table:?}");
    let log = desk.get("operator", "/admin/audit").await;
    assert!(log.body.to_string().contains("report.export"), "{log:?}");
}

async fn schemes_overlap_and_are_never_added(shop: Arc<Shop>) {
    write(
        &shop.trade.db,
        &[
            "INSERT INTO schemes (code, name, name_en, note, note_en, document, valid_from, valid_to) VALUES
               ('PAIRING_YX', '延锡对口', '', '', '', '', '2026-01-01', NULL),
               ('QUOTA_832', '预留份额', '', '', '', '', '2026-01-01', NULL)",
            "INSERT INTO product_schemes (product_id, scheme_code, valid_from, valid_to, document) VALUES
               ('p1', 'PAIRING_YX', '2026-01-01', NULL, ''), ('p1', 'QUOTA_832', '2026-01-01', NULL, ''),
               ('p2', 'PAIRING_YX', '2026-01-01', '2026-10-31', '')",
        ],
    )
    .await;
    sold(&shop, &[("P01-1", 1), ("P02-1", 1)]).await;
    let desk = Desk::open(shop).await;
    let report = desk.get("bureau", "/bureau/reports/summary?by=scheme").await;
    let found: Vec<(&str, i64)> = report.body["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["key"].as_str().unwrap(), row["net_paid_fen"].as_i64().unwrap()))
        .collect();
    assert_eq!(found, [("PAIRING_YX", 8990), ("QUOTA_832", 8990), ("none", 3350)]);
    assert_eq!((&report.body["totals"]["net_paid_fen"], &report.body["totals"]["orders"]), (&json!(12_340), &json!(1)));
}

async fn few_orders_of_a_district_and_a_product_show_together(shop: Arc<Shop>) {
    for _ in 0..5 {
        sold(&shop, &[("P01-1", 1)]).await;
    }
    sold(&shop, &[("P02-1", 1)]).await;
    let desk = Desk::open(shop).await;
    let report = desk.get("bureau", "/bureau/reports/summary?by=product,district").await;
    let found: Vec<(String, String, i64)> = report.body["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let text = |key: &str| row[key].as_str().unwrap().to_owned();
            (text("key"), text("key2"), row["net_paid_fen"].as_i64().unwrap())
        })
        .collect();
    let expected = [("P01", "320213", 44_950), ("P02", "few", 3350)];
    assert_eq!(found, expected.map(|(a, b, fen)| (a.to_owned(), b.to_owned(), fen)));
    let lines = desk.get("bureau", "/bureau/reports/lines?district=320213").await;
    let products: Vec<&str> =
        lines.body["rows"].as_array().unwrap().iter().map(|row| row["product"].as_str().unwrap()).collect();
    assert_eq!(products.iter().filter(|p| **p == "P01").count(), 5);
    assert_eq!(products.iter().filter(|p| **p == "few").count(), 1);
    assert!(!lines.body.to_string().contains("延川红枣"), "the rare product is not named");
}
