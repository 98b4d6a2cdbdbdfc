//! A shopper finds, orders, pays and is counted, by hand and by keyboard, with script and without.

use std::time::Duration;

use thirtyfour::Key;

use super::{DESK, PHONE, Window, pages::faults_here, story};
use crate::support::{Api, Market};

#[test]
fn initials_and_the_keyboard_lead_to_luochuan_apples() {
    story(|market| async move {
        for size in [PHONE, DESK] {
            to_luochuan_apples(&market, size).await;
        }
    });
}

async fn to_luochuan_apples(market: &Market, size: (u32, u32)) {
    let window = Window::open(&market.url, size, true).await;
    window.go("/products").await;
    window.type_in("#site-q", "lcpg").await;
    window.until("document.querySelectorAll('[role=option]').length > 0").await;
    let field = window.find("#site-q").await;
    field.send_keys(Key::Down + "").await.unwrap();
    window.until("!!document.querySelector('#site-q').getAttribute('aria-activedescendant')").await;
    let chosen = "document.getElementById(document.querySelector('#site-q').getAttribute('aria-activedescendant')).textContent.includes('洛川')";
    window.until(chosen).await;
    field.send_keys(Key::Enter + "").await.unwrap();
    window.until("location.pathname + location.search !== '/products' && document.readyState === 'complete'").await;
    window.until("!location.search.includes('lcpg')").await;
    let text = window.text("main h1").await;
    assert!(text.contains("洛川"), "{text}");
    window.close().await;
}

#[test]
fn a_guest_buys_from_two_cooperatives_on_a_phone() {
    story(|market| async move { buys(&market, PHONE, true).await });
}

#[test]
fn a_guest_buys_from_two_cooperatives_at_a_desk() {
    story(|market| async move { buys(&market, DESK, true).await });
}

#[test]
fn a_guest_buys_without_script() {
    story(|market| async move {
        for size in [PHONE, DESK] {
            buys(&market, size, false).await;
        }
    });
}

/// P01-1 and P19-1 to 梁溪, paid in the sandbox; the counter moves by their price.
async fn buys(market: &Market, size: (u32, u32), script: bool) {
    let api = Api::of(&market.url);
    let before = api.get("/counter").await.body["all"]["net_paid_fen"].as_i64().unwrap();
    let window = Window::open(&market.url, size, script).await;
    if script {
        window.listen().await;
    }
    let mut faults = Vec::new();
    for code in ["P01", "P19"] {
        let product = api.get(&format!("/products/{code}")).await.body;
        window.go(&format!("/p/{}", product["slug"].as_str().unwrap())).await;
        window.press("form.buy button[value=cart]").await;
        window.arrives("/cart").await;
    }
    if script {
        faults.extend(faults_here(&window).await);
    }
    window.go("/checkout").await;
    window.type_in("#name", "王芳").await;
    window.type_in("#phone", "13800000077").await;
    window.choose("#region_code", "320213").await;
    window.type_in("#street", "人民中路 1 号").await;
    if script {
        // The address is priced again at once; the form is whole when that is done.
        window.until("document.querySelector('#region_code').value === '320213'").await;
        faults.extend(faults_here(&window).await);
    }
    window.press("button[name=do][value=place]").await;
    if !window.place().await.starts_with("/orders/") {
        window.until("/^.(orders|pay|checkout)/.test(location.pathname)").await;
        // Freight of the chosen district may differ from the estimate: the form asks once more.
        if window.count("button[name=do][value=place]").await > 0 {
            window.press("button[name=do][value=place]").await;
        }
    }
    window.until("/^.(orders|pay)/.test(location.pathname)").await;
    if window.count("form[action*='/pay'] button.main").await > 0 && window.count("button[value=succeeded]").await == 0
    {
        window.press("form[action*='/pay'] button.main").await;
    }
    window.press("button[value=succeeded]").await;
    window.arrives("/orders/").await;
    window.until("document.querySelector('main').textContent.includes('待发货')").await;
    if script {
        faults.extend(faults_here(&window).await);
    }
    assert!(faults.is_empty(), "{faults:#?}");
    let paid = 6990 + 2990;
    for _ in 0..100 {
        let now = api.get("/counter").await.body["all"]["net_paid_fen"].as_i64().unwrap();
        if now == before + paid {
            window.close().await;
            return market.audit();
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the counter did not move by {paid} 分");
}
