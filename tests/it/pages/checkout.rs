//! Buying as a person does without script: cart, checkout, payment, order; nothing doubled or lost.

use std::sync::Arc;

use yanxi::{db::Engine, kernel::time::SECOND, orders::OrderState};

use crate::support::site::{Page, Site, Visitor, at_site};

macro_rules! on_site {
    ($($name:ident,)*) => { $(
        mod $name {
            #[test]
            fn sqlite() {
                super::at_site(super::Engine::Sqlite, "http://127.0.0.1:8080", super::$name);
            }

            #[test]
            fn postgres() {
                super::at_site(super::Engine::Postgres, "http://127.0.0.1:8080", super::$name);
            }
        }
    )* };
}

on_site! {
    a_guest_buys_from_two_cooperatives_by_forms_alone,
    a_refused_form_keeps_what_was_typed,
    double_clicks_other_tabs_and_the_back_button_place_one_order,
    a_late_tab_finds_the_order_expired,
    another_ones_order_is_not_found,
    a_price_that_changed_is_asked_again,
    a_buyer_keeps_addresses_and_closes_the_account,
}

fn field(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

async fn put_in(visitor: &mut Visitor, sku: &str, qty: &str) -> Page {
    visitor.post("/cart", &[field("sku", sku), field("qty", qty)]).await
}

/// The checkout filled with a receiver in Wuxi.
async fn filled(visitor: &mut Visitor) -> crate::support::site::Filled {
    let form = visitor.get("/checkout").await.form("form.checkout");
    form.with("name", "王芳")
        .with("phone", "139 0000 0000")
        .with("region_code", "320213")
        .with("street", "人民中路 1 号")
}

/// A guest's order that waits for payment: its number and the page of payment.
async fn placed(visitor: &mut Visitor) -> (String, Page) {
    put_in(visitor, "P02-1", "1").await;
    let pay = filled(visitor).await.with("do", "place").send(visitor).await;
    assert_eq!(pay.status, 200, "{}", pay.text);
    (pay.one(".sandbox .num"), pay)
}

async fn a_guest_buys_from_two_cooperatives_by_forms_alone(site: Arc<Site>) {
    let mut guest = site.visitor();
    assert_eq!(guest.get("/cart").await.count(".empty"), 1);
    put_in(&mut guest, "P01-1", "1").await;
    let cart = put_in(&mut guest, "P02-1", "2").await;
    assert_eq!((cart.count(".basket"), cart.one(".sums dd.all")), (2, "¥156.90".to_owned()));

    guest.cookies.insert("to".to_owned(), "320213".to_owned());
    assert_eq!(guest.get("/checkout").await.form("form.checkout").value("region_code"), "320213");
    guest.cookies.remove("to");
    let checkout = guest.get("/checkout").await;
    assert_eq!(checkout.count(".parcel"), 2);
    assert_eq!(checkout.count("input[type=checkbox][checked]"), 0, "nothing is ticked beforehand");
    let pasted = checkout.form("form.checkout").with("paste", "张三 13900000000 无锡市梁溪区人民中路 1 号");
    let read = pasted.with("do", "paste").send(&mut guest).await;
    let form = read.form("form.checkout");
    let read = ["name", "phone", "region_code", "street"].map(|name| form.value(name).to_owned());
    assert_eq!(read, ["张三", "13900000000", "320213", "人民中路 1 号"]);

    let priced = form.with("coupons", "thirty").with("do", "price").send(&mut guest).await;
    // 89.90 + 67.00 − 30.00; 5.6 kg by 中通, 1.2 kg by 邮政.
    assert_eq!(priced.one(".sums dd.all"), "¥149.40", "{}", priced.text);
    let pay = priced.form("form.checkout").with("do", "place").send(&mut guest).await;
    assert_eq!(pay.one(".amount"), "¥149.40", "{}", pay.text);
    assert!(!guest.cookies.contains_key("cart"), "the cart is empty after ordering");

    let back = guest.get("/checkout").await;
    assert_eq!((back.status, back.count(".due-now")), (200, 1), "the way back leads to the order: {}", back.text);
    let order = pay.form("form.stack").with("outcome", "succeeded").send(&mut guest).await;
    assert_eq!((order.status, order.one("h1 .tag")), (200, "已付款".to_owned()), "{}", order.text);
    assert_eq!(order.count(".parcel"), 2);
    let number = order.path.trim_start_matches("/orders/").to_owned();
    assert_eq!(site.shop.state(&number).await, OrderState::Paid);
    assert!(site.shop.booked("sale").await > 0);

    let cancelled = order.form("form[action$=cancel]").send(&mut guest).await;
    assert_eq!(cancelled.one("h1 .tag"), "已退款", "{}", cancelled.text);
    assert!(cancelled.one(".sums").contains("买家取消"), "{}", cancelled.text);
    assert_eq!(site.shop.stock("P01-1").await, (100, 0));
    let again = guest.post(&format!("/orders/{number}/cancel"), &[]).await;
    assert_eq!((again.status, again.count("[role=alert]")), (409, 1));
}

async fn a_refused_form_keeps_what_was_typed(site: Arc<Site>) {
    let mut guest = site.visitor();
    put_in(&mut guest, "P01-1", "1").await;
    let form = filled(&mut guest).await.with("phone", "1390000000").with("note", "轻放").with("coupons", "NOPE-1");
    let refused = form.with("do", "place").send(&mut guest).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.count("#phone-why") + refused.count("#coupons-why"), 2, "{}", refused.text);
    assert_eq!(refused.attribute("#phone", "aria-invalid").as_deref(), Some("true"));
    let kept = refused.form("form.checkout");
    let kept = ["name", "phone", "street", "note", "coupons"].map(|name| kept.value(name).to_owned());
    assert_eq!(kept, ["王芳", "1390000000", "人民中路 1 号", "轻放", "NOPE-1"]);

    let mut english = site.visitor();
    let entered = [field("login", "nobody"), field("password", "not-the-password")];
    let refused = english.post("/sign-in?lang=en", &entered).await;
    assert_eq!((refused.status, refused.attribute("#login", "value").as_deref()), (401, Some("nobody")));
    for bad in ["0", "-1", "x", "1000", "1.5"] {
        assert_eq!(put_in(&mut guest, "P01-1", bad).await.status, 422, "{bad}");
    }
    assert_eq!(put_in(&mut guest, "NO-1", "1").await.status, 422);
}

async fn double_clicks_other_tabs_and_the_back_button_place_one_order(site: Arc<Site>) {
    let mut guest = site.visitor();
    put_in(&mut guest, "P02-1", "1").await;
    let first = filled(&mut guest).await.with("do", "place");
    let second = filled(&mut guest).await.with("do", "place");
    assert_eq!(first.value("key"), second.value("key"), "tabs share one key");
    let clicks = [&first, &first, &second, &second].map(|form| {
        let (form, mut tab) = (form.clone(), guest.clone());
        tokio::spawn(async move { form.send(&mut tab).await })
    });
    let mut numbers = Vec::new();
    for click in clicks {
        let page = click.await.unwrap();
        assert_eq!(page.status, 200, "{}", page.text);
        numbers.push(page.one(".sandbox .num"));
    }
    numbers.dedup();
    assert_eq!(numbers.len(), 1, "{numbers:?}");
    // The back button: the same form again, with the cart of then, other words in it.
    let back = first.with("street", "别处 2 号").send(&mut guest).await;
    assert_eq!(back.one(".sandbox .num"), numbers[0]);
    assert_eq!(site.shop.stock("P02-1").await, (5, 1));
}

async fn a_late_tab_finds_the_order_expired(site: Arc<Site>) {
    let mut guest = site.visitor();
    let (number, pay) = placed(&mut guest).await;
    let order = guest.get(&format!("/orders/{number}")).await;
    assert_eq!((order.count("[data-countdown]"), order.one("[data-countdown]")), (1, "15:00".to_owned()));
    site.shop.trade.clock.advance(901 * SECOND);
    yanxi::orders::expire::expire_overdue(&site.shop.trade, 10).await.unwrap();
    let late = order.form("form[action$=pay]").send(&mut guest).await;
    assert_eq!((late.status, late.count("[role=alert]"), late.one("h1 .tag")), (409, 1, "已过期".to_owned()));
    // Stock is left, so late money still pays the order.
    let paid = pay.form("form.stack").with("outcome", "succeeded").send(&mut guest).await;
    assert_eq!(paid.one("h1 .tag"), "已付款", "{}", paid.text);
    let again = pay.form("form.stack").with("outcome", "failed").send(&mut guest).await;
    assert_eq!(again.one("h1 .tag"), "已付款", "a late failure undoes nothing");
}

async fn another_ones_order_is_not_found(site: Arc<Site>) {
    let mut guest = site.visitor();
    let (number, _) = placed(&mut guest).await;
    let order = guest.get(&format!("/orders/{number}")).await;
    let link = order.attribute(".keep a", "href").unwrap();
    let link = link.trim_start_matches("http://127.0.0.1:8080").to_owned();
    let mut other = site.visitor();
    for path in ["", "/return", "?token=x"] {
        assert_eq!(other.get(&format!("/orders/{number}{path}")).await.status, 404, "{path}");
    }
    for path in ["pay", "cancel"] {
        assert_eq!(other.post(&format!("/orders/{number}/{path}"), &[]).await.status, 404, "{path}");
    }
    let shown = other.get(&link).await;
    assert_eq!(shown.status, 200);
    let set = &shown.set_cookies[0];
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax"), "{set}");
    assert_eq!(other.get(&format!("/orders/{number}")).await.status, 200, "the link leaves a cookie");
    // Without cookies the forms carry the token.
    let mut bare = site.visitor();
    let page = bare.get(&link).await;
    bare.cookies.clear();
    let pay = page.form("form[action*='/pay']").send(&mut bare).await;
    assert_eq!(pay.status, 200, "{}", pay.text);
    bare.cookies.clear();
    assert_eq!(pay.form("form.stack").with("outcome", "failed").send(&mut bare).await.status, 200);
}

async fn a_price_that_changed_is_asked_again(site: Arc<Site>) {
    let mut guest = site.visitor();
    guest.cookies.insert("cart".to_owned(), "P01-1:1:7990~P02-1:9:3350~GONE-1:1".to_owned());
    let cart = guest.get("/cart").await;
    assert_eq!((cart.count(".off"), cart.count("a[href='/checkout']")), (2, 0), "{}", cart.text);
    assert_eq!(guest.get("/checkout").await.path, "/cart");
    let cart = cart.form(".sums form").with("do", "drop").send(&mut guest).await;
    assert_eq!((cart.count(".off"), cart.count("a[href='/checkout']")), (0, 0));
    let checkout = cart.form(".sums form").with("do", "accept").send(&mut guest).await;
    assert_eq!(checkout.path, "/checkout");
    assert_eq!(guest.cookies["cart"], "P01-1:1:8990~P02-1:5:3350");
}

async fn a_buyer_keeps_addresses_and_closes_the_account(site: Arc<Site>) {
    let mut buyer = site.visitor();
    assert_eq!(buyer.get("/me").await.path, "/sign-in?next=%2Fme");
    let register = buyer.get("/register?next=/me/addresses").await;
    let notice = register.text.find("class=\"notice\"").unwrap();
    assert!(notice < register.text.find("id=\"name\"").unwrap(), "the notice stands before the first field");
    let form =
        register.form("form.stack").with("name", "林女士").with("login", "lin.wuxi").with("password", "luochuan-2026");
    assert_eq!(form.send(&mut buyer).await.count(".why"), 1, "nobody agrees by silence");
    let rooms = form.with("agree", "yes").send(&mut buyer).await;
    assert_eq!((rooms.status, rooms.path.as_str()), (200, "/me/addresses"), "{}", rooms.text);

    let form =
        rooms.form("#edit form").with("name", "林女士").with("phone", "13800000001").with("street", "人民路 1 号");
    assert_eq!(form.clone().with("do", "save").send(&mut buyer).await.count("#region_code-why"), 1);
    let kept = form.with("region_code", "320213").with("do", "save").send(&mut buyer).await;
    assert_eq!(kept.count(".kept .tag"), 1, "{}", kept.text);
    put_in(&mut buyer, "P02-1", "1").await;
    let checkout = buyer.get("/checkout").await.form("form.checkout");
    assert_eq!(checkout.value("street"), "人民路 1 号");
    let pay = checkout.with("do", "place").send(&mut buyer).await;
    assert_eq!(pay.status, 200, "{}", pay.text);
    let number = pay.one(".sandbox .num");
    let list = buyer.get("/me").await;
    assert_eq!((list.count(".own-orders li"), list.one(".own-orders .num")), (1, number.clone()));
    assert!(buyer.get("/me/export").await.json()["orders"][0]["number"] == number.as_str());

    let account = buyer.get("/me/account").await;
    let close = account.form("form[action='/me/close']").with("close_password", "luochuan-2026").with("agree", "yes");
    assert_eq!(close.send(&mut buyer).await.status, 409, "an open order keeps the account");
    buyer.get(&format!("/orders/{number}")).await.form("form[action$=cancel]").send(&mut buyer).await;
    assert_eq!(close.clone().with("close_password", "wrong").send(&mut buyer).await.count("#close_password-why"), 1);
    assert_eq!(close.send(&mut buyer).await.path, "/");
    assert_eq!(buyer.get("/me").await.path, "/sign-in?next=%2Fme");
    let back = [field("login", "lin.wuxi"), field("password", "luochuan-2026")];
    assert_eq!(buyer.post("/sign-in", &back).await.status, 401);
}
