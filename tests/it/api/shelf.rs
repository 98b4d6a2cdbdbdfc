//! What is on the shelf stays whole, and what changes there is seen by the operator; twins do nothing twice.

use std::sync::Arc;

use serde_json::{Value, json};
use yanxi::{catalogue, identity::Role};

use crate::support::{Desk, Shop, api::Answer, on_both, shop::write};

on_both! {
    what_is_on_the_shelf_cannot_lose_what_it_must_have,
    an_expired_certificate_is_seen_when_something_changes,
    a_change_on_the_shelf_waits_for_the_operator,
    a_spec_changed_on_the_shelf_waits_and_a_price_alone_does_not,
    a_decision_is_about_what_was_looked_at,
    twins_of_one_key_do_it_once,
    two_at_once_with_one_code_are_told_apart,
}

/// Makes the small shop's first product what `submit` would take, with a certificate until the end of 2026.
pub async fn whole(shop: &Shop) {
    write(
        &shop.trade.db,
        &[
            "INSERT INTO product_photos (product_id, position, photo, alt, alt_en, illustration)
             VALUES ('p1', 1, 'apples-fuji', '', '', TRUE)",
            "INSERT INTO product_versions (product_id, version, name, name_en, summary, summary_en, story, story_en,
               storage, storage_en, variety, grade, return_class, service, bad_fruit_promise, tags, created_at, created_by,
               county_code, category_code)
             VALUES ('p1', 2, '洛川苹果', 'Apples', '脆甜', '', '', '', '阴凉处 30 天', '', NULL, NULL, 'fresh',
               'ambient', TRUE, '', 0, NULL, '610629', 'apple')",
            "UPDATE products SET version = 2, approved_version = 2 WHERE id = 'p1'",
            "INSERT INTO product_decisions (product_id, at, version, decision, reason, person_id)
             VALUES ('p1', 1, 2, 'approve', '', NULL)",
            "INSERT INTO certificates (id, product_id, coop_id, kind, number, holder, valid_from, valid_to)
             VALUES ('z1', 'p1', 'c1', 'conformity', 'DEMO-P1', '一社', '2026-01-01', '2026-12-31')",
            "INSERT INTO categories (code, name, name_en, position) VALUES ('meat', '羊肉', 'Mutton', 3)",
        ],
    )
    .await;
}

fn fields(answer: &Answer) -> (u16, Vec<&str>) {
    let errors = answer.body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    (answer.status, errors.iter().map(|e| e["field"].as_str().unwrap()).collect())
}

async fn on_shelf(desk: &Desk, code: &str) -> bool {
    let now = desk.shop.trade.clock.now();
    let snapshot = catalogue::load(&mut desk.shop.trade.db.read().await.unwrap(), now).await.unwrap();
    snapshot.products.iter().any(|p| p.code == code)
}

async fn what_is_on_the_shelf_cannot_lose_what_it_must_have(shop: Arc<Shop>) {
    whole(&shop).await;
    let desk = Desk::open(shop.clone()).await;
    for (body, lacking) in [
        (json!({"category": "meat"}), vec!["service", "certificates"]),
        (json!({"category": "meat", "service": "cold_chain"}), vec!["certificates"]),
        (json!({"summary": ""}), vec!["summary"]),
        (json!({"storage": " ", "name": "洛川红富士"}), vec!["storage"]),
    ] {
        let refused = desk.patch("coop-a", "/coop/products/p1", body.clone()).await;
        assert_eq!(fields(&refused), (422, lacking), "{body}: {refused:?}");
        assert_eq!(refused.body["code"], "not_publishable");
    }
    let off = desk.patch("coop-a", "/coop/skus/s1", json!({"active": false})).await;
    assert_eq!(fields(&off), (422, vec!["skus"]), "{off:?}");
    let sku = json!({"spec": "75mm 2.5kg", "net_weight_g": 2500, "gross_weight_g": 2900, "price_fen": 4990});
    let second = desk.post("coop-a", "/coop/products/p1/skus", sku).await;
    assert_eq!(second.status, 201, "{second:?}");
    let second = format!("/coop/skus/{}", second.body["id"].as_str().unwrap());
    // The last two are switched off at once: one of them stays.
    let (one, other) = tokio::join!(
        desk.patch("coop-a", "/coop/skus/s1", json!({"active": false})),
        desk.patch("coop-a", &second, json!({"active": false}))
    );
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422], "{one:?} {other:?}");
    let own = desk.get("coop-a", "/coop/products/p1").await.body;
    assert_eq!((&own["name"], &own["version"], &own["missing"]), (&json!("洛川苹果"), &json!(2), &json!([])));
    assert!(on_shelf(&desk, "P01").await);
}

async fn an_expired_certificate_is_seen_when_something_changes(shop: Arc<Shop>) {
    whole(&shop).await;
    let desk = Desk::open(shop.clone()).await;
    shop.trade.clock.advance(70 * yanxi::kernel::time::DAY);
    let (_, coop) = desk.signed_up("coop-a-later", Role::Coop, Some("c1")).await;
    let price = desk.patch(&coop, "/coop/skus/s1", json!({"price_fen": 9590})).await;
    assert_eq!(fields(&price), (422, vec!["certificates"]), "{price:?}");
    let fresh = json!({"certificates": [{"kind": "conformity", "number": "DEMO-P1-27", "holder": "一社",
        "valid_from": "2027-01-01", "valid_to": "2027-12-31"}]});
    assert_eq!(desk.patch(&coop, "/coop/products/p1", fresh).await.status, 200);
    assert_eq!(desk.patch(&coop, "/coop/skus/s1", json!({"price_fen": 9590})).await.status, 200);
}

async fn waiting(desk: &Desk) -> Vec<Value> {
    desk.get("operator", "/admin/approvals").await.body["items"].as_array().unwrap().clone()
}

async fn a_change_on_the_shelf_waits_for_the_operator(shop: Arc<Shop>) {
    whole(&shop).await;
    let desk = Desk::open(shop.clone()).await;
    assert_eq!(waiting(&desk).await.len(), 0);
    let same = desk.patch("coop-a", "/coop/products/p1", json!({"name": "洛川苹果", "summary": "脆甜"})).await;
    assert_eq!((same.status, &same.body["version"]), (200, &json!(2)), "nothing new is no new version");
    let edit = json!({"name": "延安苹果", "county": "延川", "grade": "特级", "certificates": [{"kind": "green",
        "number": "LB-1", "holder": "一社", "valid_from": "2026-01-01", "valid_to": "2027-12-31"}]});
    assert_eq!(desk.patch("coop-a", "/coop/products/p1", edit).await.body["version"], 3);
    let items = waiting(&desk).await;
    let item = &items[0];
    assert_eq!((items.len(), &item["kind"], &item["id"]), (1, &json!("change"), &json!("p1")), "{items:?}");
    assert_eq!((&item["approved_version"], &item["version"]), (&json!(2), &json!(3)));
    let changed: Vec<_> = item["changes"].as_array().unwrap().iter().map(|c| c["field"].as_str().unwrap()).collect();
    assert_eq!(changed, ["name", "grade", "county", "certificates"], "{item:?}");
    assert_eq!((&item["changes"][0]["before"], &item["changes"][0]["after"]), (&json!("洛川苹果"), &json!("延安苹果")));
    let path = "/admin/approvals/p1";
    let ask = json!({"decision": "ask", "reason": "产地改了？"});
    assert_eq!(desk.post("operator", path, ask).await.status, 200);
    assert_eq!(desk.get("coop-a", "/coop/products/p1").await.body["reason"], "产地改了？");
    assert!(on_shelf(&desk, "P01").await);
    shop.trade.clock.advance(1);
    assert_eq!(desk.post("operator", path, json!({"decision": "approve", "version": 3})).await.status, 200);
    assert_eq!(waiting(&desk).await.len(), 0);
    assert_eq!(desk.post("operator", path, json!({"decision": "approve"})).await.status, 409);
    let off = json!({"decision": "reject", "reason": "不实"});
    assert_eq!(desk.post("operator", path, off.clone()).await.status, 409, "nothing waits");
    assert_eq!(desk.patch("coop-a", "/coop/products/p1", json!({"story": "新故事"})).await.status, 200);
    shop.trade.clock.advance(1);
    assert_eq!(desk.post("operator", path, off).await.status, 200);
    let own = desk.get("coop-a", "/coop/products/p1").await.body;
    assert_eq!((&own["state"], &own["reason"]), (&json!("withdrawn"), &json!("不实")));
    assert!(!on_shelf(&desk, "P01").await);
    assert_eq!(desk.post("coop-a", "/coop/products/p1/submit", json!({})).await.status, 200);
    assert_eq!(waiting(&desk).await[0]["kind"], "product");
}

async fn a_spec_changed_on_the_shelf_waits_and_a_price_alone_does_not(shop: Arc<Shop>) {
    whole(&shop).await;
    let desk = Desk::open(shop.clone()).await;
    let set = async |body: Value| {
        let answer = desk.patch("coop-a", "/coop/skus/s1", body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    };
    let changed = async || -> Vec<(String, String)> {
        let items = waiting(&desk).await;
        let of = |change: &Value, side: &str| change[side].as_str().unwrap().to_owned();
        let changes = items.iter().flat_map(|item| item["changes"].as_array().unwrap());
        changes.map(|change| (of(change, "before"), of(change, "after"))).collect()
    };
    let approve = async || desk.post("operator", "/admin/approvals/p1", json!({"decision": "approve"})).await.status;
    let original = desk.get("coop-a", "/coop/products/p1").await.body["skus"][0].clone();
    set(json!({"price_fen": 5990})).await;
    set(json!({"price_fen": 4990, "active": true})).await;
    assert_eq!(changed().await, [], "a price alone needs no approval");
    assert_eq!(approve().await, 409);
    set(json!({"net_weight_g": 4000, "diameter_mm": 70})).await;
    set(json!({"price_fen": 3990})).await;
    let [(before, after)] = changed().await.try_into().unwrap();
    assert!(before.contains("5000/") && after.contains("4000/") && after.contains("70 mm"), "{before} → {after}");
    set(json!({"net_weight_g": original["net_weight_g"], "diameter_mm": original["diameter_mm"]})).await;
    assert_eq!(changed().await, [], "it says again what was approved");
    set(json!({"diameter_mm": null, "pieces_min": null, "pieces_max": null})).await;
    let [(_, after)] = changed().await.try_into().unwrap();
    assert!(!after.contains("mm") && !after.contains('–'), "{after}");
    set(json!({"diameter_mm": 80, "pieces_min": 20, "pieces_max": 24})).await;
    let sku = json!({"spec": "75mm 2.5kg", "net_weight_g": 2500, "gross_weight_g": 2900, "price_fen": 4990});
    let added = desk.post("coop-a", "/coop/products/p1/skus", sku).await;
    assert_eq!(added.status, 201, "{added:?}");
    let [(before, after)] = changed().await.try_into().unwrap();
    assert!(before.is_empty() && after.contains("75mm 2.5kg"), "{before} → {after}");
    assert_eq!(approve().await, 200);
    assert_eq!((changed().await, approve().await), (vec![], 409));
    // Off sale it is shown to nobody; on sale again, what it says now waits.
    let added = format!("/coop/skus/{}", added.body["id"].as_str().unwrap());
    let edit = json!({"active": false, "spec": "75mm 2kg"});
    assert_eq!(desk.patch("coop-a", &added, edit).await.status, 200);
    assert_eq!(changed().await, []);
    assert_eq!(desk.patch("coop-a", &added, json!({"active": true})).await.status, 200);
    assert_eq!(changed().await.len(), 1);
}

async fn a_decision_is_about_what_was_looked_at(shop: Arc<Shop>) {
    whole(&shop).await;
    let desk = Desk::open(shop.clone()).await;
    let path = "/coop/products/p1";
    for verb in ["withdraw", "submit"] {
        assert_eq!(desk.post("coop-a", &format!("{path}/{verb}"), json!({})).await.status, 200);
    }
    let seen = waiting(&desk).await[0].clone();
    let decision = json!({"decision": "approve", "version": seen["version"], "skus_version": seen["skus_version"]});
    let stale = |answer: &Answer| (answer.status, answer.body["code"].clone());
    assert_eq!(desk.patch("coop-a", path, json!({"summary": "换了"})).await.status, 200);
    let refused = desk.post("operator", "/admin/approvals/p1", decision).await;
    assert_eq!(stale(&refused), (409, json!("changed_since")), "{refused:?}");
    let seen = waiting(&desk).await[0].clone();
    let decision = json!({"decision": "approve", "version": seen["version"], "skus_version": seen["skus_version"]});
    assert_eq!(desk.patch("coop-a", "/coop/skus/s1", json!({"price_fen": 1})).await.status, 200);
    let refused = desk.post("operator", "/admin/approvals/p1", decision).await;
    assert_eq!(stale(&refused), (409, json!("changed_since")), "the price is looked at, too: {refused:?}");
    assert_eq!(desk.get("coop-a", path).await.body["state"], "submitted");
    // What was whole when it was sent may lack something when it is decided.
    assert_eq!(desk.patch("coop-a", "/coop/skus/s1", json!({"active": false})).await.status, 200);
    let refused = desk.post("operator", "/admin/approvals/p1", json!({"decision": "approve"})).await;
    assert_eq!(fields(&refused), (422, vec!["skus"]), "{refused:?}");

    let (_, token) = desk.signed_up("new-coop", Role::Shopper, None).await;
    let form = json!({"name": "新社", "county": "洛川", "credit_code": "91350100M000100Y43", "contact": "张三",
        "phone": "09110000099", "ship_from": "洛川县城"});
    let sent = desk.post(&token, "/coop/application", form.clone()).await.body["id"].as_str().unwrap().to_owned();
    let seen = waiting(&desk).await.iter().find(|item| item["id"] == sent.as_str()).unwrap().clone();
    shop.trade.clock.advance(1000);
    assert_eq!(desk.post(&token, "/coop/application", form).await.status, 201);
    let path = format!("/admin/approvals/{sent}");
    let refused = desk.post("operator", &path, json!({"decision": "approve", "version": seen["version"]})).await;
    assert_eq!(stale(&refused), (409, json!("changed_since")), "{refused:?}");
    assert_eq!(desk.post("operator", &path, json!({"decision": "approve"})).await.status, 200);
}

/// One request twice at once and once more, under one key.
async fn thrice(desk: &Desk, path: &str, body: &Value) -> [Answer; 3] {
    let key = crate::support::api::key();
    let ask = || desk.keyed("coop-a", path, &key, body.to_string());
    let (one, two) = tokio::join!(ask(), ask());
    [one, two, ask().await]
}

/// The last answer is the first; a twin got the same, or was told that the first still runs (A3).
fn done_once(answers: &[Answer; 3], status: u16, same: impl Fn(&Answer) -> bool) {
    let first = |answer: &Answer| answer.status == status && same(answer);
    let told = |answer: &Answer| answer.status == 409 && answer.body["code"] == "idempotency_key_running";
    let [one, two, last] = answers;
    assert!(first(last) && (first(one) || first(two)), "{answers:?}");
    assert!([one, two].iter().all(|answer| first(answer) || told(answer)), "{answers:?}");
}

async fn twins_of_one_key_do_it_once(shop: Arc<Shop>) {
    whole(&shop).await;
    let desk = Desk::open(shop.clone()).await;
    let change = json!({"delta": 20, "reason": "新采摘"});
    let answers = thrice(&desk, "/coop/skus/s1/stock", &change).await;
    done_once(&answers, 200, |answer| answer.body["on_hand"] == json!(120));
    let batch = json!({"plot": "三号地", "village": "旧县镇", "harvested_on": "2026-10-28", "packhouse": "一号果库", "qty": 40});
    let answers = thrice(&desk, "/coop/skus/s1/batches", &batch).await;
    let code = answers[2].body["code"].clone();
    done_once(&answers, 201, |answer| answer.body["code"] == code);
    assert_eq!(shop.stock("P01-1").await, (160, 0));
    let product = json!({"name": "嘎啦", "category": "apple"});
    let answers = thrice(&desk, "/coop/products", &product).await;
    let id = answers[2].body["id"].clone();
    done_once(&answers, 201, |answer| answer.body["id"] == id);
    let key = crate::support::api::key();
    for (delta, status) in [(1, 200), (2, 422)] {
        let body = json!({"delta": delta, "reason": "清点"}).to_string();
        assert_eq!(desk.keyed("coop-a", "/coop/skus/s1/stock", &key, body).await.status, status);
    }
    assert_eq!(shop.stock("P01-1").await, (161, 0));
}

async fn two_at_once_with_one_code_are_told_apart(shop: Arc<Shop>) {
    whole(&shop).await;
    let desk = Desk::open(shop.clone()).await;
    let told = |one: &Answer, other: &Answer, code: &str| {
        let mut both = [one, other];
        both.sort_by_key(|a| a.status);
        assert_eq!(both.map(|a| a.status), [201, 409], "{both:?}");
        assert_eq!(both[1].body["code"], code);
    };
    for round in 0..8 {
        let batch = json!({"code": format!("LC-{round:04}"), "plot": "三号地", "village": "旧县镇",
            "harvested_on": "2026-10-28", "packhouse": "一号果库", "qty": 1});
        let ask = || desk.post("coop-a", "/coop/skus/s1/batches", batch.clone());
        let (one, other) = tokio::join!(ask(), ask());
        told(&one, &other, "batch_known");
        let sku = |spec: &str| json!({"spec": spec, "net_weight_g": 500, "price_fen": 990});
        let (one, other) = tokio::join!(
            desk.post("coop-a", "/coop/products/p1/skus", sku("500 g")),
            desk.post("coop-a", "/coop/products/p1/skus", sku("500 g 袋"))
        );
        assert_eq!((one.status, other.status), (201, 201), "two SKUs each get a place: {one:?} {other:?}");
    }
    let form = |code: &str| {
        json!({"name": "新社", "county": "洛川", "credit_code": code, "contact": "张三",
        "phone": "09110000099", "ship_from": "洛川县城"})
    };
    let codes = ["91350100M000100Y43", "91110000600037341L", "914403001922038216"];
    let mut people = Vec::new();
    for n in 0..6 {
        people.push(desk.signed_up(&format!("applicant-{n}"), Role::Shopper, None).await.1);
    }
    for (pair, code) in people.chunks(2).zip(codes) {
        let (one, other) = tokio::join!(
            desk.post(&pair[0], "/coop/application", form(code)),
            desk.post(&pair[1], "/coop/application", form(code))
        );
        told(&one, &other, "credit_code_taken");
    }
}
