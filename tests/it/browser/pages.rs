//! Every page at both sizes: nothing runs out of the window, nothing is complained of.

use super::{DESK, PHONE, Window, story};
use crate::support::{Api, api::place_body};

const OPEN: [&str; 13] = [
    "/",
    "/products",
    "/products?q=%E8%8B%B9%E6%9E%9C",
    "/halls/yanchuan",
    "/cart",
    "/counter",
    "/journal",
    "/docs",
    "/rules",
    "/privacy",
    "/sign-in",
    "/register",
    "/nowhere",
];

#[test]
fn no_page_runs_out_of_the_window_or_breaks_its_policy() {
    story(|market| async move {
        let api = Api::of(&market.url);
        let slug = api.get("/products/P01").await.body["slug"].as_str().unwrap().to_owned();
        let coop = api.get("/products/P01").await.body["coop"]["slug"].as_str().unwrap().to_owned();
        let mut pages: Vec<String> = OPEN.iter().map(|page| (*page).to_owned()).collect();
        pages.extend([format!("/p/{slug}"), format!("/coops/{coop}")]);
        for size in [PHONE, DESK] {
            let window = Window::open(&market.url, size, true).await;
            window.listen().await;
            look(&window, &pages).await;
            signed_in(&window, "coop03", "/coop").await;
            let own = ["/coop", "/coop/orders", "/coop/products", "/coop/statement"].map(str::to_owned);
            look(&window, &own).await;
            window.close().await;
            let window = Window::open(&market.url, size, true).await;
            window.listen().await;
            signed_in(&window, "operator", "/admin").await;
            let own = ["/admin", "/admin/searches", "/admin/reset-codes", "/admin/audit"].map(str::to_owned);
            look(&window, &own).await;
            window.close().await;
        }
    });
}

#[test]
fn a_page_that_comes_back_follows_the_counter_again() {
    story(|market| async move {
        let window = Window::open(&market.url, DESK, true).await;
        window.go("/").await;
        let aside = "['pagehide', 'pageshow'].forEach(kind => dispatchEvent(new PageTransitionEvent(kind, { persisted: true }))); return true";
        window.ask(aside).await;
        let before = window.text("[data-tally='today.net_paid_fen']").await;
        let api = Api::of(&market.url);
        let quote = api.quote(&[("P01-1", 1)]).await.body["quote_id"].as_str().unwrap().to_owned();
        let placed = api.post("/orders", place_body(&quote)).await.body;
        api.with_order(placed["token"].as_str().unwrap()).pay(placed["number"].as_str().unwrap()).await;
        window
            .until(&format!("document.querySelector('[data-tally=\"today.net_paid_fen\"]').textContent !== '{before}'"))
            .await;
        window.close().await;
    });
}

#[test]
fn the_bureau_follows_a_figure_to_its_lines() {
    story(|market| async move {
        let window = Window::open(&market.url, DESK, true).await;
        signed_in(&window, "bureau", "/bureau").await;
        look(&window, &["/bureau", "/bureau/charts", "/bureau/reports/summary"].map(str::to_owned)).await;
        window.go("/bureau").await;
        window.press("table.figures tbody a").await;
        window.arrives("/bureau/reports/lines").await;
        assert!(window.count("table.figures tbody tr").await > 0, "the figure has lines");
        window.close().await;
    });
}

/// Signs in through the page and arrives at `next`.
pub async fn signed_in(window: &Window, login: &str, next: &str) {
    window.go(&format!("/sign-in?next={next}")).await;
    window.type_in("main input[name=login]", login).await;
    window.type_in("main input[name=password]", "yanxi-demo").await;
    window.press("main form:has(input[name=password]) button.main").await;
    window.arrives(next).await;
}

async fn look(window: &Window, pages: &[String]) {
    let mut faults = Vec::new();
    for page in pages {
        window.go(page).await;
        window.until("document.readyState === 'complete'").await;
        let wide = window
            .ask("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            .await
            .as_i64()
            .unwrap();
        if wide > 0 {
            faults.push(format!("{page} is {wide} px too wide"));
        }
        faults.extend(window.complaints().await.into_iter().map(|said| format!("{page}: {said}")));
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
