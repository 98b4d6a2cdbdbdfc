//! The cooperative's desk as its people use it: from the application to goods on the shelf, batches,
//! parcels of a part, all by forms without script; and what the operator is shown of it.

use std::sync::Arc;

use yanxi::{
    catalogue,
    identity::Role::{Coop, Operator, Shopper},
};

use crate::{
    api::shelf::whole,
    support::{
        Shop, on_both,
        site::{Page, Site, Visitor},
    },
};

on_both! {
    an_applicant_sees_how_it_stands_until_he_sells,
    goods_come_to_the_shelf_by_forms_alone,
    a_form_refused_keeps_what_was_typed_and_says_why,
    refused_days_of_the_statement_are_said_at_the_desk,
    a_double_tap_counts_once,
    a_parcel_may_hold_a_part_and_the_slip_shows_no_prices,
    pages_of_another_cooperative_are_not_found,
}

/// The shop's site, and a way to sign people in.
struct Stall {
    site: Site,
    desk: crate::support::Desk,
}

impl Stall {
    async fn open(shop: Arc<Shop>) -> Self {
        whole(&shop).await;
        let set = std::collections::BTreeMap::from([("YANXI_ORIGIN".to_owned(), "http://127.0.0.1:8080".to_owned())]);
        let config = yanxi::config::Config::read(&set).unwrap();
        let site = Site::of(Shop { trade: shop.trade.clone() }, config, false).await;
        Self { site, desk: crate::support::Desk::open(shop).await }
    }

    /// A browser in which somebody is signed in.
    async fn browser(&self, login: &str, role: yanxi::identity::Role, coop: Option<&str>) -> Visitor {
        let mut visitor = self.site.visitor();
        visitor.bearer = Some(self.desk.signed_up(login, role, coop).await.1);
        visitor
    }

    async fn coop(&self) -> Visitor {
        self.browser("stall-a", Coop, Some("c1")).await
    }

    async fn operator(&self) -> Visitor {
        self.browser("operator-b", Operator, None).await
    }
}

async fn an_applicant_sees_how_it_stands_until_he_sells(shop: Arc<Shop>) {
    let stall = Stall::open(shop.clone()).await;
    assert_eq!(stall.site.visitor().get("/coop/apply").await.path, "/sign-in?next=%2Fcoop%2Fapply");
    let mut person = stall.browser("grower", Shopper, None).await;
    let page = person.get("/coop/apply").await;
    assert_eq!((page.status, page.count(".standing")), (200, 0), "{}", page.text);
    let form = page.form("form[action=\"/coop/apply\"]").with("name", "新社").with("contact", "张三");
    let form = form.with("phone", "12").with("credit_code", "91350100M000100Y43").with("ship_from", "洛川县城");
    let refused = form.clone().with("county", "610629").send(&mut person).await;
    assert_eq!((refused.status, refused.count(".field.bad")), (422, 1), "{}", refused.text);
    assert_eq!(refused.attribute("#name", "value").as_deref(), Some("新社"));
    let form = refused.form("form[action=\"/coop/apply\"]").with("phone", "09110000099");
    let sent = form.send(&mut person).await;
    assert_eq!((sent.path.as_str(), sent.one(".standing h2")), ("/coop/apply", "已收到，等平台审核".to_owned()));
    let mut operator = stall.operator().await;
    let list = operator.get("/admin").await;
    assert!(list.one(".subject .facts").contains("91350100M000100Y43"), "{}", list.text);
    let decision = list.form(".subject form");
    let asked = decision.clone().with("decision", "ask").with("reason", "执照有效期？").send(&mut operator).await;
    assert_eq!(asked.status, 200, "{}", asked.text);
    let page = person.get("/coop/apply").await;
    assert!(page.one(".asked").contains("执照有效期？"), "{}", page.text);
    shop.trade.clock.advance(1000);
    let again =
        page.form("form[action=\"/coop/apply\"]").with("licence_valid_to", "2030-01-01").send(&mut person).await;
    assert_eq!(again.count(".asked"), 0, "{}", again.text);
    let stale = decision.with("decision", "approve").send(&mut operator).await;
    assert_eq!((stale.status, stale.count("[role=alert]")), (409, 1), "{}", stale.text);
    let approved = stale.form(".subject form").with("decision", "approve").send(&mut operator).await;
    assert_eq!((approved.status, approved.count(".subject")), (200, 0), "{}", approved.text);
    assert_eq!(person.get("/coop/apply").await.path, "/coop");
}

async fn on_shelf(shop: &Shop, name: &str) -> bool {
    let mut conn = shop.trade.db.read().await.unwrap();
    let snapshot = catalogue::load(&mut conn, shop.trade.clock.now()).await.unwrap();
    snapshot.products.iter().any(|p| p.name == name)
}

async fn made(coop: &mut Visitor) -> (String, Page) {
    let blank = coop.get("/coop/products/new").await;
    let form = blank.form("form.goods-form").with("name", "新红星").with("category", "apple");
    let made = form.send(coop).await;
    assert_eq!(made.status, 200, "{}", made.text);
    (made.path.clone(), made)
}

async fn goods_come_to_the_shelf_by_forms_alone(shop: Arc<Shop>) {
    let stall = Stall::open(shop.clone()).await;
    let mut coop = stall.coop().await;
    let (path, page) = made(&mut coop).await;
    let lacking: Vec<_> = page.all(".lacking a").into_iter().map(|text| text.replace(" 去填", "")).collect();
    assert_eq!(lacking, ["一句话介绍", "保存方法", "规格", "证书"], "{}", page.text);
    let words = coop.get(&format!("{path}/words")).await.form("form.goods-form");
    let words = words.with("summary", "粉面香甜").with("storage", "0–4 ℃ 60 天").with("return_class", "fresh");
    assert_eq!(words.send(&mut coop).await.path, format!("{path}?done=words"));
    let sku = coop.get(&format!("{path}/skus/new")).await.form("form.goods-form");
    let sku = sku.with("spec", "75mm 5kg").with("net_weight_g", "5").with("gross_weight_g", "5.4");
    let sku = sku.with("price", "59.9").with("from", "10月8日").with("to", "5-31").send(&mut coop).await;
    assert!(sku.one(".sku .small").contains("10-08 – 05-31"), "{}", sku.text);
    assert_eq!(
        (sku.path.clone(), sku.one(".sku .price")),
        (format!("{path}?done=sku"), "¥59.90".to_owned()),
        "{}",
        sku.text
    );
    let form = coop.get(&format!("{path}/certificates")).await.form("form.goods-form");
    let form = form.with("kind", "conformity").with("number", "DEMO-7").with("valid_from", "2026-01-01");
    let whole = form.with("valid_to", "2026-12-31").send(&mut coop).await;
    assert_eq!((whole.count(".lacking"), whole.count("form.ready")), (0, 1), "{}", whole.text);
    let batch = coop.get(&format!("{path}/batches")).await.form("form.goods-form");
    let batch = batch.with("qty", "40").with("harvested_on", "2026-10-28").with("plot", "三号地");
    let batches = batch.with("village", "旧县镇").with("packhouse", "一号果库").send(&mut coop).await;
    assert_eq!(batches.all(".offers .num"), ["40"], "{}", batches.text);
    let sent = coop.get(&path).await.form("form.ready").with("do", "submit").send(&mut coop).await;
    assert_eq!(sent.one("header .tag"), "待审核");
    assert!(sent.one(".sku .left").contains("40"));
    let mut operator = stall.operator().await;
    let list = operator.get("/admin").await;
    for part in ["¥59.90", "75mm 5kg", "DEMO-7", "洛川县", "粉面香甜"] {
        assert!(list.one(".subject").contains(part), "{part}: {}", list.text);
    }
    assert!(list.attribute(".subject img", "src").is_some(), "{}", list.text);
    let refused = list.form(".subject form").with("decision", "approve").send(&mut operator).await;
    assert_eq!((refused.status, on_shelf(&shop, "新红星").await), (200, true), "{}", refused.text);
    // Changed on the shelf: shown at once, listed with what changed, confirmed.
    let words = coop.get(&format!("{path}/words")).await;
    assert_eq!(words.count(".hint"), 1);
    words.form("form.goods-form").with("name", "新红星苹果").with("county", "610622").send(&mut coop).await;
    assert!(on_shelf(&shop, "新红星苹果").await);
    let list = operator.get("/admin").await;
    assert_eq!(list.all(".since dt"), ["名称", "县区"], "{}", list.text);
    assert_eq!(list.all(".since dd"), ["新红星 新红星苹果", "洛川县 延川县"]);
    shop.trade.clock.advance(1);
    let empty = list.form(".subject form").with("decision", "approve").send(&mut operator).await;
    assert_eq!((empty.status, empty.count(".subject")), (200, 0), "{}", empty.text);
    let link = coop.get(&path).await.attribute(".sku a[href*='/skus/']", "href").unwrap();
    let sku = coop.get(&link).await;
    assert_eq!(sku.count(".hint"), 1, "{}", sku.text);
    sku.form("form.goods-form").with("net_weight_g", "4.5").send(&mut coop).await;
    let list = operator.get("/admin").await;
    assert_eq!(list.all(".since dt"), ["规格"], "{}", list.text);
    let said = list.one(".since dd");
    assert!(said.contains("5000/5400 g") && said.contains("4500/5400 g"), "{said}");
}

async fn a_form_refused_keeps_what_was_typed_and_says_why(shop: Arc<Shop>) {
    let stall = Stall::open(shop).await;
    let mut coop = stall.coop().await;
    let blank = coop.get("/coop/products/new").await.form("form.goods-form");
    let refused = blank.with("summary", "最好的苹果").send(&mut coop).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.attribute("#summary", "value").as_deref(), Some("最好的苹果"), "{}", refused.text);
    let words = coop.get("/coop/products/p1/words").await.form("form.goods-form");
    let refused = words.with("category", "meat").send(&mut coop).await;
    assert_eq!(refused.one("[role=alert]"), "在售商品不能缺：冷链、证书。", "{}", refused.text);
    assert_eq!(refused.count(".field.bad #service"), 1);
    let sku = coop.get("/coop/products/p1/skus/s1").await;
    assert_eq!(sku.attribute("#net_weight_g", "value").as_deref(), Some("5"));
    let sku = sku.form("form.goods-form").with("gross_weight_g", "4").with("price", "x").with("from", "10-08");
    let refused = sku.send(&mut coop).await;
    assert_eq!((refused.status, refused.count(".field.bad")), (422, 3), "{}", refused.text);
    assert!(refused.one("#gross_weight_g-why").contains("5kg"), "{}", refused.text);
    let form = coop.get("/coop/products/p1/skus/s1").await.form("form.goods-form");
    let off = form.clone();
    let off = crate::support::site::Filled {
        fields: off.fields.into_iter().filter(|(name, _)| name != "active").collect(),
        ..form
    };
    let refused = off.send(&mut coop).await;
    assert_eq!(refused.one("[role=alert]"), "在售商品不能缺：规格。", "{}", refused.text);
    let form = coop.get("/coop/products/p1/certificates").await.form("form.goods-form");
    let form = form.with("kind", "green").with("number", "LB-2").with("valid_from", "2026-02-01");
    let refused = form.with("valid_to", "2026-01-01").send(&mut coop).await;
    assert_eq!((refused.status, refused.count(".field.bad #valid_to")), (422, 1), "{}", refused.text);
    let batch = coop.get("/coop/products/p1/batches").await.form("form.goods-form");
    let batch = batch.with("qty", "4").with("harvested_on", "2026-12-24").with("plot", "三号地");
    let refused = batch.with("village", "旧县镇").with("packhouse", "一号果库").send(&mut coop).await;
    assert_eq!((refused.status, refused.count(".field.bad #harvested_on")), (422, 1), "{}", refused.text);
}

async fn refused_days_of_the_statement_are_said_at_the_desk(shop: Arc<Shop>) {
    let stall = Stall::open(shop).await;
    let mut coop = stall.coop().await;
    let refused = coop.get("/coop/statement?from=2026-11-30&to=2026-11-01").await;
    assert_eq!(
        (refused.status, refused.count(".side"), refused.count(".field.bad #to")),
        (422, 1, 1),
        "{}",
        refused.text
    );
    assert_eq!(refused.attribute("#from", "value").as_deref(), Some("2026-11-30"));
}

async fn a_double_tap_counts_once(shop: Arc<Shop>) {
    let stall = Stall::open(shop.clone()).await;
    let mut coop = stall.coop().await;
    let page = coop.get("/coop/products/p1").await;
    let form = page.form(".sku form").with("delta", "+20").with("reason", "新采摘").with("do", "stock");
    let mut twin = coop.clone();
    let (one, other) = tokio::join!(form.send(&mut coop), form.send(&mut twin));
    assert_eq!((one.status, other.status), (200, 200), "{} {}", one.text, other.text);
    assert_eq!((shop.stock("P01-1").await, one.one("main > .done")), ((120, 0), "库存已改。".to_owned()));
    let changed = form.with("delta", "+1").send(&mut coop).await;
    assert_eq!((changed.status, changed.count("[role=alert]")), (422, 1), "nothing is forgotten: {}", changed.text);
    let next = changed.form(".sku form").with("do", "stock").send(&mut coop).await;
    assert_eq!((next.status, shop.stock("P01-1").await), (200, (121, 0)), "{}", next.text);
    let blank = coop.get("/coop/products/new").await;
    let form = blank.form("form.goods-form").with("name", "新红星").with("category", "apple");
    let (one, other) = tokio::join!(form.send(&mut coop), form.send(&mut twin));
    assert_eq!((one.status, &one.path), (200, &other.path));
}

async fn a_parcel_may_hold_a_part_and_the_slip_shows_no_prices(shop: Arc<Shop>) {
    let stall = Stall::open(shop.clone()).await;
    let number = shop.placed(&[("P01-1", 3), ("P03-1", 1)], None).await.number;
    shop.pay(&number).await;
    let mut coop = stall.coop().await;
    let list = coop.get("/coop/orders").await;
    let path = list.attribute(".cards h2 a", "href").unwrap();
    let slip = coop.get(&format!("{path}/slip")).await;
    assert_eq!((slip.status, slip.count(".packing tbody tr")), (200, 2), "{}", slip.text);
    assert!(!slip.one("main").contains('¥'), "{}", slip.text);
    let page = coop.get(&path).await;
    let form = page.form("form.sheet").with("carrier", "zto").with("tracking_no", "ZT00000001");
    let none = form.clone().with("qty-1", "0").with("qty-2", "").send(&mut coop).await;
    assert_eq!((none.status, none.count(".field.bad")), (422, 2), "{}", none.text);
    let many = form.clone().with("qty-1", "9").send(&mut coop).await;
    assert_eq!((many.status, many.attribute("#qty-1", "value").as_deref()), (409, Some("9")), "{}", many.text);
    let form = form.with("qty-1", "2").with("qty-2", "0");
    let part = form.send(&mut coop).await;
    assert_eq!(part.path, format!("{path}?done=part_sent"));
    assert_eq!((part.count("main > .done"), part.one("header .tag")), (1, "部分发货".to_owned()), "{}", part.text);
    let again = form.send(&mut coop).await;
    assert_eq!((again.status, again.count(".parcel-sent")), (200, 1), "the same parcel: {}", again.text);
    assert_eq!(again.attribute("#qty-1", "value").as_deref(), Some("1"));
    let rest = again.form("form.sheet").with("carrier", "ems").with("tracking_no", "EM00000002").send(&mut coop).await;
    assert_eq!((rest.path.as_str(), rest.count("main > .done")), ("/coop/orders?done=sent", 1), "{}", rest.text);
    assert_eq!(coop.get(&path).await.count(".parcel-sent"), 2);
}

async fn pages_of_another_cooperative_are_not_found(shop: Arc<Shop>) {
    let stall = Stall::open(shop.clone()).await;
    let mut other = stall.browser("stall-b", Coop, Some("c2")).await;
    let own = stall.coop().await;
    for tail in ["", "/words", "/skus/new", "/skus/s1", "/certificates", "/batches"] {
        let path = format!("/coop/products/p1{tail}");
        assert_eq!(other.get(&path).await.status, 404, "{path}");
        assert_eq!(own.clone().get(&path).await.status, 200, "{path}");
        let form = own.clone().get(&path).await.form("main form");
        assert_eq!(other.post_only(&path, &form.fields).await.status, 404, "{path}");
    }
    // A SKU of another product is no page of this one.
    assert_eq!(own.clone().get("/coop/products/p1/skus/s3").await.status, 404);
}
