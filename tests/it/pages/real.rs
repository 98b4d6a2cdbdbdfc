//! A real market has no sandbox: without a way of paying it says so early, and takes no pretended money.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};
use yanxi::{config::Config, db::Engine};

use crate::support::{
    Base, Market, Shop,
    api::{key, place_body, quote_body},
    runtime,
    site::Site,
};

fn at_real_market<F: Future<Output = ()>>(engine: Engine, story: impl FnOnce(Arc<Site>) -> F) {
    runtime().block_on(async {
        let Some(base) = Base::fresh(engine).await else { return };
        let shop = Shop::real(&base).await;
        let site = Arc::new(Site::of(shop, Config::read(&BTreeMap::new()).unwrap(), false).await);
        story(site.clone()).await;
        site.shop.audit().await;
        site.shop.trade.db.close().await;
        base.remove().await;
    });
}

async fn the_checkout_says_so_before_anything_is_typed(site: Arc<Site>) {
    for (lang, words) in [("zh-CN", "还没有开通付款方式"), ("en", "No way of paying is set up")] {
        let mut guest = site.visitor();
        guest.post("/cart", &[("sku".to_owned(), "P01-1".to_owned()), ("qty".to_owned(), "1".to_owned())]).await;
        let page = guest.get(&format!("/checkout?lang={lang}")).await;
        assert_eq!(page.status, 200);
        let (said, typed) = (page.text.find(words).unwrap(), page.text.find("name=\"street\"").unwrap());
        assert!(said < typed);
        assert_eq!((page.count("button[value=place]"), page.count("input[name=method]")), (0, 0));
        let form = page.form("form.checkout").with("name", "王芳").with("phone", "13900000000");
        let form = form.with("region_code", "320213").with("street", "人民中路 1 号").with("method", "sandbox");
        let refused = form.with("do", "place").send(&mut guest).await;
        assert_eq!((refused.status, refused.count(".alert")), (422, 1));
        assert!(refused.path.starts_with("/checkout"));
    }
}

#[test]
fn the_checkout_of_a_real_market_without_a_provider_says_so_before_anything_is_typed() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        at_real_market(engine, the_checkout_says_so_before_anything_is_typed);
    }
}

#[test]
fn a_real_market_sells_nothing_for_a_click_on_succeeded() {
    at_real_market(Engine::Sqlite, async |site| {
        let mut guest = site.visitor();
        let quote = guest.api("POST", "/quotes", &[], &quote_body(&[("P01-1", 1)]).to_string()).await;
        let quote: Value = serde_json::from_str(&quote.text).unwrap();
        let key = key();
        let heads = [("idempotency-key", key.as_str())];
        let body = place_body(quote["quote_id"].as_str().unwrap()).to_string();
        let placed = guest.api("POST", "/orders", &heads, &body).await;
        let placed: Value = serde_json::from_str(&placed.text).unwrap();
        let (number, token) = (placed["number"].as_str().unwrap(), placed["token"].as_str().unwrap());
        let heads = [("idempotency-key", key.as_str()), ("x-order-token", token)];
        for method in ["sandbox", "stripe", "transfer", "voucher"] {
            let body = json!({"method": method}).to_string();
            let refused = guest.api("POST", &format!("/orders/{number}/payments"), &heads, &body).await;
            assert_eq!(refused.status, 422);
            assert!(refused.text.contains("method_unavailable"), "{}", refused.text);
        }
        let settled = guest.api("POST", "/sandbox/payments/any", &[], r#"{"outcome": "succeeded"}"#).await;
        assert_eq!(settled.status, 404);
        assert_eq!(guest.get("/pay/any").await.status, 404);
        let shown = guest.get(&format!("/orders/{number}?token={token}")).await;
        assert_eq!((shown.status, shown.count("form.topay"), shown.count(".due-now .alert")), (200, 0, 1));
        let refused = guest.post(&format!("/orders/{number}/pay?token={token}"), &[]).await;
        assert_eq!(refused.status, 422);
        let signed = [("stripe-signature", "t=1,v1=00")];
        assert_eq!(guest.api("POST", "/webhooks/stripe", &signed, "{}").await.status, 400);
        assert!(site.shop.payments(number).await.is_empty());
    });
}

#[test]
fn a_start_without_a_way_of_paying_says_so_in_a_line() {
    runtime().block_on(async {
        let mut market = Market::unloaded(Engine::Sqlite).await.unwrap();
        market.set("YANXI_DEMO", "0");
        market.run().await;
        let log = market.whole_log();
        assert_eq!(log.lines().filter(|line| line.contains("no way of paying is set up")).count(), 1, "{log}");
        market.end().await;
        let demonstration = Market::start(Engine::Sqlite, &[]).await.unwrap();
        assert!(!demonstration.whole_log().contains("no way of paying"));
        demonstration.end().await;
    });
}
