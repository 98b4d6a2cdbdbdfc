//! Bad input on the write routes of the API: always a problem that names the field, nothing changed.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use yanxi::db::q;

use crate::support::{Shop, desk::Desk, on_both};

on_both! {
    bad_bodies_are_refused_by_field_and_change_nothing,
}

/// Who asks what with which good body; fields named here may be left out.
fn table() -> Vec<(&'static str, &'static str, Value, &'static [&'static str])> {
    let items = json!([{"sku": "P01-1", "qty": 1}]);
    vec![
        ("", "/quotes", json!({"items": items, "address": {"region_code": "320213"}}), &[]),
        ("", "/orders", json!({"quote_id": "none", "contact": {"name": "王芳", "phone": "13800000077"}}), &[]),
        ("", "/shoppers", json!({"login": "someone", "password": "long-enough-words", "name": "名字"}), &[]),
        ("", "/session", json!({"login": "someone", "password": "long-enough-words"}), &[]),
        ("coop-a", "/coop/skus/s1/stock", json!({"delta": -1, "reason": "盘点"}), &[]),
        ("coop-a", "/coop/orders/none/shipments", json!({"carrier": "zto", "tracking_no": "ZT1"}), &[]),
        ("operator", "/admin/orders/none/refunds", json!({"amount_fen": 1, "reason": "坏果"}), &["amount_fen"]),
        ("operator", "/admin/approvals/none", json!({"decision": "approve", "reason": ""}), &["reason"]),
        (
            "operator",
            "/admin/coupons",
            json!({"code": "TEN", "kind": "amount", "amount_fen": 1000, "from": "2026-01-01", "to": "2026-12-31", "funder": "platform"}),
            &["amount_fen"],
        ),
        (
            "operator",
            "/coop/orders/none/shipments/1/scans",
            json!({"kind": "delivered", "at": "2026-11-01T12:00:00+08:00", "source": "operator"}),
            &[],
        ),
    ]
}

/// Values that no field of another type takes, as JSON text.
fn wrong(good: &Value) -> Vec<String> {
    let all = ["true", "-1", "0.5", "9223372036854775808", "\"x\"", "[]", "{}"];
    let same = |text: &str| match good {
        Value::String(_) => text.starts_with('"'),
        Value::Array(_) => text.starts_with('['),
        Value::Object(_) => text.starts_with('{'),
        _ => serde_json::from_str::<Value>(text).is_ok_and(|value| value == *good),
    };
    all.iter().filter(|text| !same(text)).map(|text| (*text).to_owned()).collect()
}

/// The body with one field's text replaced.
fn with(good: &Map<String, Value>, field: &str, text: &str) -> String {
    let fields = good.iter().map(|(key, value)| match key == field {
        true => format!("{}:{text}", json!(key)),
        false => format!("{}:{value}", json!(key)),
    });
    format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
}

async fn counts(desk: &Desk) -> Vec<i64> {
    let mut conn = desk.shop.trade.db.read().await.unwrap();
    let mut counts = Vec::new();
    for sql in [
        "SELECT CAST(count(*) AS BIGINT) FROM orders",
        "SELECT CAST(count(*) AS BIGINT) FROM quotes",
        "SELECT CAST(count(*) AS BIGINT) FROM stock_movements",
        "SELECT CAST(count(*) AS BIGINT) FROM refunds",
        "SELECT CAST(count(*) AS BIGINT) FROM coupons",
        "SELECT CAST(count(*) AS BIGINT) FROM shipments",
        "SELECT CAST(count(*) AS BIGINT) FROM persons",
    ] {
        counts.push(q(sql).one::<(i64,)>(&mut conn).await.unwrap().0);
    }
    counts
}

async fn bad_bodies_are_refused_by_field_and_change_nothing(shop: Arc<Shop>) {
    let desk = Desk::open(shop).await;
    let before = counts(&desk).await;
    for (who, path, good, optional) in table() {
        let path = format!("/api/v1{path}");
        let good = good.as_object().unwrap();
        for broken in ["", "{", "[]", "null", "\"x\"", "\u{0}"] {
            let answer = desk.ask(who, "POST", &path, Some(broken.to_owned())).await;
            assert!((400..500).contains(&answer.status), "{path} {broken:?}: {answer:?}");
        }
        for (field, value) in good {
            let mut bodies: Vec<String> = wrong(value).iter().map(|text| with(good, field, text)).collect();
            bodies.push(with(good, field, &json!("长".repeat(350_000)).to_string()));
            if !optional.contains(&field.as_str()) {
                let rest: Map<String, Value> =
                    good.iter().filter(|(key, _)| *key != field).map(|(k, v)| (k.clone(), v.clone())).collect();
                bodies.push(Value::Object(rest).to_string());
            }
            for body in bodies {
                let answer = desk.ask(who, "POST", &path, Some(body.clone())).await;
                let short: String = body.chars().take(200).collect();
                // Who signs in with nonsense is not told more than that it is wrong; a thing that may exist and
                // does not is not found.
                let told = matches!(answer.status, 422 | 404) || path.ends_with("/session") && answer.status == 401;
                assert!(told && answer.kind.contains("problem+json"), "{path} {short}: {answer:?}");
                if answer.status == 422 {
                    let named = answer.body["errors"].as_array().is_some_and(|errors| {
                        errors.iter().any(|e| e["field"].as_str().is_some_and(|f| f.contains(field.as_str())))
                    });
                    assert!(named, "{path} {short}: {field} is not named: {answer:?}");
                }
            }
        }
        let mut more = good.clone();
        more.insert("price_fen".to_owned(), json!(1));
        let answer = desk.ask(who, "POST", &path, Some(Value::Object(more).to_string())).await;
        assert_eq!((answer.status, answer.body["errors"][0]["field"].as_str()), (422, Some("price_fen")), "{path}");
    }
    assert_eq!(counts(&desk).await, before, "nothing changed");
}
