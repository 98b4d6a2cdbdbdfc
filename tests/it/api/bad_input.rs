//! Bad input on every write route of the API: always a problem that names the field, nothing changed;
//! then the good body, on the same state, is taken. A new route without a row here fails the test.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::{Value, json};
use yanxi::{
    db::{Engine, q},
    web,
};

use super::bad_bodies::{self, Bad};
use crate::support::{Shop, desk::Desk, on_both};

on_both! {
    bad_bodies_are_refused_by_field_and_change_nothing,
}

/// One write route with a body that it takes.
struct Row {
    route: (&'static str, &'static str),
    who: &'static str,
    path: String,
    good: Value,
    /// Fields for which zero, a negative number or an empty text may be right.
    lenient: &'static [&'static str],
    /// Status of the good body.
    ends: u16,
}

fn row(method: &'static str, route: &'static str, who: &'static str, ids: &[&str], good: Value) -> Row {
    let mut ids = ids.iter();
    let part = |part: &str| match part.starts_with('{') {
        true => (*ids.next().unwrap()).to_owned(),
        false => part.to_owned(),
    };
    let path = route.split('/').map(part).collect::<Vec<_>>().join("/");
    Row { route: (method, route), who, path: format!("/api/v1{path}"), good, lenient: &[], ends: 200 }
}

impl Row {
    fn lenient(mut self, fields: &'static [&'static str]) -> Self {
        self.lenient = fields;
        self
    }

    fn ends(mut self, status: u16) -> Self {
        self.ends = status;
        self
    }
}

/// Takes no body, or bytes that are signed as a whole.
const WITHOUT_BODY: [(&str, &str); 7] = [
    ("DELETE", "/session"),
    ("POST", "/admin/coupons/{code}/end"),
    ("POST", "/coop/products/{id}/submit"),
    ("POST", "/coop/products/{id}/withdraw"),
    ("POST", "/orders/{number}/cancel"),
    ("POST", "/orders/{number}/seller-orders/{id}/receipt"),
    ("POST", "/webhooks/stripe"),
];

/// Ids of what the rows are about.
struct Ids {
    quote: String,
    unpaid: String,
    payment: String,
    to_ship: String,
    shipped: String,
    paid: String,
    paid_seller: String,
}

impl Ids {
    async fn of(desk: &Desk) -> Self {
        let shop = &desk.shop;
        let (unpaid, other, to_ship, shipped, paid) =
            (ordered(desk).await, ordered(desk).await, ordered(desk).await, ordered(desk).await, ordered(desk).await);
        for number in [&to_ship, &shipped, &paid] {
            shop.pay(number).await;
        }
        let payment = shop.open_payment(&other).await.0;
        let seller = async |number: &str| shop.sellers(number).await[0].0.0.clone();
        let (to_ship, shipped, paid_seller) = (seller(&to_ship).await, seller(&shipped).await, seller(&paid).await);
        let parcel = json!({"carrier": "zto", "tracking_no": "ZT0000000001"});
        let sent = desk.post("coop-a", &format!("/coop/orders/{shipped}/shipments"), parcel).await;
        assert_eq!(sent.status, 201, "{sent:?}");
        // What is on the shelf must stay whole; a withdrawn product takes any change.
        let withdrawn = desk.post("coop-a", "/coop/products/p3/withdraw", json!({})).await;
        assert_eq!(withdrawn.status, 200, "{withdrawn:?}");
        shop.trade.clock.advance(yanxi::kernel::time::SECOND * 300);
        Self { quote: quoted(desk).await, unpaid, payment, to_ship, shipped, paid, paid_seller }
    }
}

async fn quoted(desk: &Desk) -> String {
    let ask =
        json!({"items": [{"sku": "P01-1", "qty": 1}], "address": {"region_code": "320213", "street": "人民路 1 号"}});
    let quote = desk.post("shopper", "/quotes", ask).await;
    assert!(quote.status < 300, "{quote:?}");
    quote.body["quote_id"].as_str().unwrap().to_owned()
}

async fn ordered(desk: &Desk) -> String {
    let body = json!({"quote_id": quoted(desk).await, "contact": {"name": "王芳", "phone": "13800000077"}});
    let placed = desk.post("shopper", "/orders", body).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    placed.body["number"].as_str().unwrap().to_owned()
}

/// Rows of who buys.
fn buying(ids: &Ids) -> Vec<Row> {
    let quote = json!({"items": [{"sku": "P01-1", "qty": 1}], "address": {"region_code": "320213", "street": "人民路"},
        "coupons": ["THIRTY"], "fulfilment": "delivery"});
    let order = json!({"quote_id": ids.quote, "contact": {"name": "王芳", "phone": "13800000077"},
        "address": {"region_code": "320213", "street": "人民路 1 号"}, "invoice": {"title": "某单位", "tax_no": "91"},
        "note": "放门口", "unit": "某单位"});
    vec![
        row("POST", "/quotes", "shopper", &[], quote).lenient(&["street"]),
        row("POST", "/orders", "shopper", &[], order).lenient(&["street", "title", "tax_no", "note"]).ends(201),
        row("POST", "/orders/{number}/payments", "shopper", &[&ids.unpaid], json!({"method": "sandbox"})).ends(201),
        row("POST", "/sandbox/payments/{payment_id}", "", &[&ids.payment], json!({"outcome": "succeeded"})),
        row("POST", "/addresses/read", "", &[], json!({"text": "王芳 13800000077 无锡市梁溪区人民路 1 号"}))
            .lenient(&["text"]),
        row("POST", "/session", "", &[], json!({"login": "nobody-here", "password": "long-enough-words"})).ends(401),
        row("POST", "/shoppers", "", &[], json!({"login": "someone", "password": "long-enough-words", "name": "名字"}))
            .ends(201),
    ]
}

/// Rows of who sells.
fn selling(ids: &Ids) -> Vec<Row> {
    let certificate = json!({"kind": "green", "number": "LB-1", "holder": "一社", "valid_from": "2026-01-01", "valid_to": "2027-01-01"});
    let words = json!({"name": "新苹果", "name_en": "New apples", "category": "apple", "county": "610629",
        "summary": "一句话", "summary_en": "One line", "story": "来历", "story_en": "Story", "storage": "冷藏",
        "storage_en": "Cold", "variety": "富士", "grade": "一级", "return_class": "fresh", "service": "ambient",
        "bad_fruit_promise": true, "certificates": [certificate]});
    let mut other = words.clone();
    other["certificates"][0]["number"] = json!("LB-2");
    const WORDS: &[&str] = &[
        "name_en",
        "summary",
        "summary_en",
        "story",
        "story_en",
        "storage",
        "storage_en",
        "variety",
        "grade",
        "certificates",
    ];
    let sku = json!({"spec": "80mm 5kg", "spec_en": "80 mm 5 kg", "diameter_mm": 80, "pieces_min": 20, "pieces_max": 24,
        "pack": "gift", "net_weight_g": 5000, "gross_weight_g": 5600, "price_fen": 8800,
        "season": {"from": "10-01", "to": "03-31"}, "presale_ships_by": "2026-12-24", "active": true});
    const SKU: &[&str] = &["spec_en", "pack"];
    let batch = json!({"code": "LC-20261010-B", "plot": "1 号地", "village": "某村", "harvested_on": "2026-10-10",
        "packhouse": "一库", "conformity_no": "H1", "report_no": "J1", "qty": 10});
    let apply = json!({"name": "某合作社", "name_en": "A cooperative", "county": "610629",
        "credit_code": "91350100M000100Y43", "contact": "某人", "phone": "13800000077", "ship_from": "洛川县某村",
        "story": "种苹果", "sla_hours": 48, "licence_valid_to": "2027-01-01", "note": "无"});
    let parcel = json!({"carrier": "zto", "tracking_no": "ZT0000000002", "lines": [{"line_no": 1, "qty": 1}]});
    vec![
        row("POST", "/coop/products", "coop-a", &[], words).lenient(WORDS).ends(201),
        row("PATCH", "/coop/products/{id}", "coop-a", &["p3"], other).lenient(WORDS),
        row("POST", "/coop/products/{id}/skus", "coop-a", &["p3"], sku.clone()).lenient(SKU).ends(201),
        row("PATCH", "/coop/skus/{id}", "coop-a", &["s3"], sku).lenient(SKU),
        row("POST", "/coop/skus/{id}/batches", "coop-a", &["s1"], batch)
            .lenient(&["code", "conformity_no", "report_no"])
            .ends(201),
        row("POST", "/coop/skus/{id}/stock", "coop-a", &["s1"], json!({"delta": 1, "reason": "盘点"}))
            .lenient(&["delta"]),
        row("POST", "/coop/orders/{id}/shipments", "coop-a", &[&ids.to_ship], parcel).lenient(&["lines"]).ends(201),
        row("POST", "/coop/application", "shopper", &[], apply).lenient(&["name_en", "story", "note"]).ends(201),
    ]
}

/// Rows of who keeps the market.
fn keeping(ids: &Ids) -> Vec<Row> {
    let lines = json!([{"seller_order": ids.paid_seller, "line_no": 1, "qty": 1, "amount_fen": 100}]);
    let scan = json!({"kind": "picked_up", "at": "2026-11-01T12:04:00+08:00", "source": "operator"});
    let coupon = json!({"code": "TEN", "kind": "amount", "amount_fen": 1000, "min_goods_fen": 0, "limit_total": 5,
        "limit_each": 1, "from": "2026-01-01", "to": "2026-12-31", "funder": "platform"});
    vec![
        row(
            "POST",
            "/admin/orders/{number}/refunds",
            "operator",
            &[&ids.paid],
            json!({"lines": lines, "reason": "坏果"}),
        )
        .lenient(&["lines"])
        .ends(201),
        row("POST", "/coop/orders/{id}/shipments/{n}/scans", "operator", &[&ids.shipped, "1"], scan).ends(201),
        row("POST", "/admin/coupons", "operator", &[], coupon).lenient(&["min_goods_fen"]).ends(201),
        row("POST", "/admin/reset-codes", "operator", &[], json!({"login": "shopper"})).ends(201),
        row(
            "POST",
            "/admin/approvals/{id}",
            "operator",
            &["none"],
            json!({"decision": "approve", "reason": "", "version": 1}),
        )
        .lenient(&["reason", "version"])
        .ends(404),
    ]
}

/// Rows of every table, and sums of what an update would move.
async fn contents(desk: &Desk) -> Vec<(String, i64)> {
    let mut conn = desk.shop.trade.db.read().await.unwrap();
    let names = match desk.shop.trade.db.engine() {
        Engine::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY 1",
        Engine::Postgres => {
            "SELECT CAST(table_name AS TEXT) FROM information_schema.tables
             WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY 1"
        }
    };
    let names: Vec<(String,)> = q(names).all(&mut conn).await.unwrap();
    // Failed sign-ins are counted on purpose.
    let names = names.into_iter().map(|(name,)| name).filter(|name| !name.contains("sign_in"));
    let mut sums: Vec<String> = names.map(|name| format!("CAST(COUNT(*) AS BIGINT) FROM {name}")).collect();
    assert!(sums.len() > 40, "{} tables", sums.len());
    for (table, sum) in [("products", "version"), ("skus", "version"), ("stock_levels", "on_hand * 1000 + held")] {
        sums.push(format!("CAST(SUM({sum}) AS BIGINT) FROM {table}"));
    }
    let mut contents = Vec::new();
    for sum in sums {
        let sql: &'static str = Box::leak(format!("SELECT {sum}").into_boxed_str());
        contents.push((sum, q(sql).one::<(i64,)>(&mut conn).await.unwrap().0));
    }
    contents
}

async fn bad_bodies_are_refused_by_field_and_change_nothing(shop: Arc<Shop>) {
    let desk = Desk::open(shop).await;
    let ids = Ids::of(&desk).await;
    let rows: Vec<Row> = [buying(&ids), selling(&ids), keeping(&ids)].into_iter().flatten().collect();
    every_write_has_its_row(&rows);
    let before = contents(&desk).await;
    let mut faults = Vec::new();
    for row in &rows {
        for bad in bad_bodies::of(&row.good, row.lenient, row.route.0 == "PATCH") {
            let (method, path) = (row.route.0, &row.path);
            let answer = desk.ask(row.who, method, path, Some(bad.body.clone())).await;
            if let Some(fault) = fault(row, &bad, (answer.status, &answer.kind, &answer.body)) {
                let short: String = bad.body.chars().take(300).collect();
                faults.push(format!("{method} {path} {}: {fault}\n  {short}\n  {}", bad.field, answer.body));
            }
        }
        let plain = desk.ask_as((row.who, "text/plain"), row.route.0, &row.path, row.good.to_string()).await;
        if plain.status != 415 {
            faults.push(format!("{:?} takes plain text with {}", row.route, plain.status));
        }
        let after = contents(&desk).await;
        for (was, is) in before.iter().zip(&after).filter(|(was, is)| was != is) {
            faults.push(format!("{:?} changed {was:?} to {is:?}", row.route));
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
    for row in &rows {
        let answer = desk.ask(row.who, row.route.0, &row.path, Some(row.good.to_string())).await;
        if answer.status != row.ends {
            faults.push(format!("{:?} takes its good body with {} {}", row.route, answer.status, answer.body));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What is wrong with the answer to a bad body.
fn fault(row: &Row, bad: &Bad, (status, kind, body): (u16, &str, &Value)) -> Option<String> {
    // Who signs in with nonsense is told no more than that it is wrong.
    let told = match status {
        400 | 413 => bad.field.is_empty(),
        401 => row.route.1 == "/session",
        404 => row.ends == 404 || row.path.ends_with("/orders") && bad.field == "quote_id",
        // More than there is: what is left is told beside the field.
        409 | 422 => true,
        _ => false,
    };
    if !told {
        return Some(format!("status {status}"));
    }
    if !kind.contains("problem+json") {
        return Some(format!("answered as {kind}"));
    }
    let named = body["errors"]
        .as_array()
        .is_some_and(|errors| errors.iter().any(|e| e["field"].as_str().is_some_and(|field| bad.names(field))));
    (matches!(status, 409 | 422) && !bad.field.is_empty() && !named).then(|| "does not name the field".to_owned())
}

fn every_write_has_its_row(rows: &[Row]) {
    let known: BTreeSet<(&str, &str)> = rows.iter().map(|row| row.route).chain(WITHOUT_BODY).collect();
    let routes = web::routes();
    let writes: BTreeSet<(&str, &str)> = routes
        .iter()
        .filter(|route| !route.method.is_safe())
        .filter_map(|route| Some((route.method.as_str(), route.path.strip_prefix("/api/v1")?)))
        .collect();
    assert_eq!(known, writes, "rows of this test, and write routes");
}
