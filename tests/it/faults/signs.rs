//! What the program tells its operator: health, metrics, a log without personal data, and one clear
//! line for each misuse of a command.

use serde_json::json;
use yanxi::db::Engine;

use super::on_both_programs;
use crate::support::{Api, Market, api::quote_body, http, market::free_port, runtime};

on_both_programs! {
    metrics_count_and_the_log_names_nobody,
}

const NAME: &str = "欧阳明珠";
const PHONE: &str = "13812340987";
const STREET: &str = "学前街八十八号";

async fn metrics_count_and_the_log_names_nobody(engine: Engine) {
    let metrics = format!("127.0.0.1:{}", free_port());
    let more = [("YANXI_METRICS_LISTEN", metrics.as_str()), ("RUST_LOG", "debug")];
    let Some(market) = Market::start(engine, &more).await else { return };
    let api = Api::of(&market.url);
    let shopper = api.signed_in("shopper").await;
    let quote = shopper.post("/quotes", quote_body(&[("P19-1", 1)])).await;
    let body = json!({"quote_id": quote.body["quote_id"], "contact": {"name": NAME, "phone": PHONE},
        "address": {"region_code": "320213", "street": STREET}});
    let placed = shopper.post("/orders", body).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    let number = placed.body["number"].as_str().unwrap();
    shopper.pay(number).await;
    let operator = api.signed_in("operator").await;
    let refund = json!({"amount_fen": 100, "reason": "test"});
    let back = operator.post(&format!("/admin/orders/{number}/refunds"), refund).await;
    assert!(back.status < 300, "{back:?}");
    for path in [format!("/orders/{number}"), format!("/products?q={NAME}")] {
        shopper.get(&path).await;
    }
    let wrong = json!({"login": PHONE, "password": "wrong-password-9"});
    assert_eq!(api.post("/session", wrong).await.status, 401);
    let told = http().get(format!("http://{metrics}/metrics")).send().await.unwrap().text().await.unwrap();
    for line in ["yanxi_orders_placed 1", "yanxi_orders_paid 1", "yanxi_refunds_sent 1"] {
        assert!(told.lines().any(|l| l == line), "{line} is not in:\n{told}");
    }
    assert!(
        told.contains("yanxi_request_seconds_bucket{method=\"POST\",route=\"/api/v1/orders\",status=\"2xx\""),
        "{told}"
    );
    let log = market.whole_log();
    for personal in [NAME, PHONE, STREET, "yanxi-demo\"", "wrong-password-9", placed.body["token"].as_str().unwrap()] {
        assert!(!log.contains(personal), "the log names {personal}");
    }
    let requests = log.lines().filter(|line| line.contains("\"request_id\"") && line.contains("\"request\"")).count();
    assert!(requests >= 5, "{requests} requests are logged:\n{}", market.told());
    let alive = http().get(format!("{}/healthz", market.url)).send().await.unwrap();
    assert_eq!(alive.status().as_u16(), 200);
    market.audit();
    market.end().await;
}

/// Arguments, environment, and a word of the line that must be told.
type Misuse = (&'static [&'static str], &'static [(&'static str, &'static str)], &'static str);

#[test]
fn each_misuse_of_a_command_is_one_clear_line() {
    runtime().block_on(async {
        let Some(market) = Market::prepared(Engine::Sqlite, &[]).await else { return };
        let cases: [Misuse; 10] = [
            (&["audit"], &[("YANXI_DATA", "nowhere")], "there is no market yet"),
            (&["backup", "copy.db"], &[("YANXI_DATA", "nowhere")], "there is no market yet"),
            (&["restore", "none.db"], &[], "there is no backup"),
            (&["restore", "log"], &[], "not a database"),
            (&["backup", "log"], &[], "exists already"),
            (&["user", "add", "--role", "king", "--login", "k"], &[], "--role"),
            (&["user", "add", "--role", "operator", "--login", "second"], &[], "password"),
            (&["journal", "verify", "--file", "none"], &[], "none"),
            (&["audit"], &[("YANXI_HOLD", "1")], "YANXI_HOLD"),
            (&["serve"], &[("YANXI_DEMO", "0")], "created as demo"),
        ];
        std::fs::write(market.folder.path().join("log"), "no database at all").unwrap();
        for (arguments, more, expected) in cases {
            let mut command = market.command(arguments);
            let output = command.envs(more.iter().copied()).stdin(std::process::Stdio::null()).output().unwrap();
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            let last = told.lines().last().unwrap_or_default();
            assert!(!output.status.success(), "{arguments:?}: {told}");
            assert!(last.starts_with("yanxi: ") && last.contains(expected), "{arguments:?}: {told}");
        }
        assert!(!market.folder.path().join("nowhere").exists(), "a command that reads makes nothing");
        market.end().await;
    });
}
