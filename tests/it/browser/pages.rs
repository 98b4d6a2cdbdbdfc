//! Every page at both sizes: nothing runs out of the window, nothing is complained of.

use super::{DESK, PHONE, SMALL, Window, story};
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
            let good = first_link(&window, "/coop/products", "main a[href^='/coop/products/']:not([href$=new])").await;
            let order = first_link(&window, "/coop/orders", "main a[href^='/coop/orders/']").await;
            let of_good = ["", "/words", "/skus/new", "/certificates", "/batches"].map(|part| format!("{good}{part}"));
            let of_order = ["", "/slip"].map(|part| format!("{order}{part}"));
            let own = ["/coop", "/coop/orders", "/coop/products", "/coop/products/new", "/coop/statement"];
            look(&window, &own.map(str::to_owned)).await;
            look(&window, &of_good).await;
            look(&window, &of_order).await;
            window.close().await;
            let window = Window::open(&market.url, size, true).await;
            window.listen().await;
            signed_in(&window, "operator", "/admin").await;
            let order = first_link(&window, "/admin/orders", "main a[href^='/admin/orders/YX']").await;
            let own = ["/admin", "/admin/orders", "/admin/coupons", "/admin/searches", "/admin/reset-codes"];
            look(&window, &own.map(str::to_owned)).await;
            look(&window, &[order, "/admin/audit".to_owned()]).await;
            window.close().await;
            let window = Window::open(&market.url, size, true).await;
            window.listen().await;
            signed_in(&window, "shopper", "/me").await;
            look(&window, &["/me", "/me/addresses", "/me/account", "/coop/apply"].map(str::to_owned)).await;
            window.close().await;
        }
    });
}

#[test]
fn english_in_large_type_fits_a_small_phone_and_a_desk() {
    story(|market| async move {
        let api = Api::of(&market.url);
        let product = api.get("/products/P01").await.body;
        let mut pages: Vec<String> = OPEN.iter().map(|page| (*page).to_owned()).collect();
        let (slug, coop) = (product["slug"].as_str().unwrap(), product["coop"]["slug"].as_str().unwrap());
        pages.extend([format!("/coops/{coop}"), "/halls".to_owned(), "/trace/P01-26B".to_owned()]);
        for size in [SMALL, DESK] {
            let window = Window::open(&market.url, size, true).await;
            window.listen().await;
            window.go("/products?lang=en").await;
            window.press("[data-larger]").await;
            look(&window, &pages).await;
            look(&window, &[format!("/p/{slug}")]).await;
            window.press("form.buy button[value=cart]").await;
            window.arrives("/cart").await;
            assert_eq!(
                window.ask("document.documentElement.lang + document.documentElement.hasAttribute('data-large')").await,
                "entrue"
            );
            look(&window, &["/cart", "/checkout"].map(str::to_owned)).await;
            signed_in(&window, "shopper", "/me").await;
            let order = first_link(&window, "/me", "main a[href^='/orders/']").await;
            look(&window, &["/me", "/me/addresses", "/me/account", &order].map(str::to_owned)).await;
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
        for size in [PHONE, DESK] {
            let window = Window::open(&market.url, size, true).await;
            window.listen().await;
            signed_in(&window, "bureau", "/bureau").await;
            look(&window, &["/bureau", "/bureau/charts", "/bureau/reports/summary"].map(str::to_owned)).await;
            window.go("/bureau").await;
            window.press("table.figures tbody a").await;
            window.arrives("/bureau/reports/lines").await;
            assert!(window.count("table.figures tbody tr").await > 0, "the figure has lines");
            window.close().await;
        }
    });
}

/// Address of the first link of a page that a selector finds.
async fn first_link(window: &Window, page: &str, css: &str) -> String {
    window.go(page).await;
    let link = window.ask(&format!("document.querySelector(\"{css}\").getAttribute('href')")).await;
    link.as_str().unwrap().to_owned()
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
        faults.extend(faults_here(window).await);
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// What a thumb misses: controls less than 44 px high. Links within a text, and boxes whose
/// words can be tapped, are spared (design: touch targets 44 px).
const SMALL_TARGETS: &str = r#"(() => {
    const own = "a, button, input:not([type=hidden]), select, summary, textarea";
    const tall = (e) => e.getBoundingClientRect().height >= 43.5;
    const seen = (e) => e.getClientRects().length && getComputedStyle(e).visibility !== "hidden"
        && !e.closest(".visually-hidden") && e.getBoundingClientRect().height > 1;
    const spared = (e) => (e.tagName === "A" && getComputedStyle(e).display === "inline")
        || (["checkbox", "radio"].includes(e.type) && e.closest("label") && tall(e.closest("label")));
    return [...document.querySelectorAll(own)].filter((e) => seen(e) && !tall(e) && !spared(e))
        .map((e) => `${e.tagName} ${e.className} ${(e.textContent.trim() || e.name || "").slice(0, 20)}`);
})()"#;

/// What is wrong with the page shown: it runs out of the window, a thumb misses something on a phone,
/// or the browser complained.
pub async fn faults_here(window: &Window) -> Vec<String> {
    window.until("document.readyState === 'complete'").await;
    // A phone widens its own view to what does not fit: the page is held against the window.
    let wide = window.ask("document.documentElement.scrollWidth").await.as_u64().unwrap();
    let page = window.place().await;
    let mut faults = window.complaints().await;
    if wide > u64::from(window.width) {
        faults.push(format!("{wide} px wide"));
    }
    if window.width < 600 {
        let missed = window.ask(SMALL_TARGETS).await;
        faults.extend(missed.as_array().unwrap().iter().map(|target| format!("too small for a thumb: {target}")));
    }
    faults.into_iter().map(|fault| format!("{page}: {fault}")).collect()
}
