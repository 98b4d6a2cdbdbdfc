//! A small shop: two cooperatives, three products, freight to Wuxi, a coupon; a hand clock.

use std::future::Future;

use tokio::sync::Mutex;

use super::Base;
use yanxi::{
    db::{Db, idempotency::Running, q},
    kernel::{
        Actor, At, Clock, CoopId, Error, Fen, Fulfilment, Qty, Random, RefundId, Refusal, RegionCode, Result,
        SellerOrderId, SkuCode, Step,
    },
    orders::{
        OrderState, Trade, hear, pay,
        payment_result::PaymentOutcome,
        place::{self, Placed, Placing},
        read,
        record::{Order, RefundTender},
        token::OrderTokens,
    },
    payments::{
        Method, Payment, Providers,
        sandbox::{Outcome, Sandbox},
        store,
    },
    pricing::{self, Ask, AskedItem, Quote},
};

const SHOP: &[&str] = &[
    "INSERT INTO counties (code, slug, name, short_name, name_en, origin_832, story, story_en, position) VALUES
       ('610629', 'luochuan', '洛川县', '洛川', 'Luochuan', FALSE, '', '', 1),
       ('610622', 'yanchuan', '延川县', '延川', 'Yanchuan', TRUE, '', '', 2)",
    "INSERT INTO pairings (county_code, code, district_code, name, name_en, hall_name, document) VALUES
       ('610622', 'jiangyin-yanchuan', '320281', '江阴 · 延川', 'Jiangyin – Yanchuan', '延川馆', '')",
    "INSERT INTO regions (code, name, level, parent) VALUES ('32', '江苏省', 'province', NULL),
       ('3202', '无锡市', 'city', '32'), ('320213', '梁溪区', 'county', '3202')",
    "INSERT INTO categories (code, name, name_en, position) VALUES ('apple', '苹果', 'Apples', 1), ('date', '红枣', 'Dates', 2)",
    "INSERT INTO coops (id, code, slug, name, name_en, county_code, credit_code, phone, story, story_en, ship_from,
       sla_hours, licence_valid_to, state, created_at, decided_at, decided_by, reason) VALUES
       ('c1', 'C01', 'coop-one', '一社', 'One', '610629', 'X1', '1', '', '', '', 48, NULL, 'approved', 0, 0, NULL, NULL),
       ('c2', 'C02', 'coop-two', '二社', 'Two', '610622', 'X2', '2', '', '', '', 24, NULL, 'approved', 0, 0, NULL, NULL)",
    "INSERT INTO freight_templates (id, coop_id, service, carrier) VALUES ('f1', 'c1', 'ambient', 'zto'), ('f2', 'c2', 'ambient', 'ems')",
    "INSERT INTO freight_rules (template_id, region_prefix, blocked, first_g, first_fee_fen, step_g, step_fee_fen,
       parcel_g, parcel_fee_fen, free_from_fen) VALUES
       ('f1', '', FALSE, 1000, 600, 1000, 150, 20000, 0, NULL), ('f2', '', FALSE, 1000, 800, 1000, 100, 20000, 0, 9900)",
    "INSERT INTO products (id, code, slug, coop_id, county_code, category_code, family, version, state, created_at,
       published_at, changed_at) VALUES
       ('p1', 'P01', 'apples', 'c1', '610629', 'apple', NULL, 1, 'published', 0, 0, 0),
       ('p2', 'P02', 'dates', 'c2', '610622', 'date', NULL, 1, 'published', 0, 0, 0),
       ('p3', 'P03', 'box', 'c1', '610629', 'apple', NULL, 1, 'published', 0, 0, 0)",
    "INSERT INTO product_versions (product_id, version, name, name_en, summary, summary_en, story, story_en, storage,
       storage_en, variety, grade, return_class, service, bad_fruit_promise, tags, created_at, created_by) VALUES
       ('p1', 1, '洛川苹果', 'Apples', '', '', '', '', '', '', NULL, NULL, 'fresh', 'ambient', TRUE, '', 0, NULL),
       ('p2', 1, '延川红枣', 'Dates', '', '', '', '', '', '', NULL, NULL, 'seven_day', 'ambient', FALSE, '', 0, NULL),
       ('p3', 1, '三县礼盒', 'Box', '', '', '', '', '', '', NULL, NULL, 'seven_day', 'ambient', FALSE, '', 0, NULL)",
    "INSERT INTO skus (id, code, product_id, position, version, active) VALUES
       ('s1', 'P01-1', 'p1', 1, 1, TRUE), ('s2', 'P02-1', 'p2', 1, 1, TRUE), ('s3', 'P03-1', 'p3', 1, 1, TRUE)",
    "INSERT INTO sku_versions (sku_id, version, spec, spec_en, diameter_mm, pieces_min, pieces_max, pack,
       net_weight_g, gross_weight_g, price_fen, season_from, season_to, presale_ships_by, created_at, created_by) VALUES
       ('s1', 1, '5 kg', '5 kg', 80, 20, 24, NULL, 5000, 5600, 8990, NULL, NULL, NULL, 0, NULL),
       ('s2', 1, '500 g', '500 g', NULL, NULL, NULL, NULL, 500, 600, 3350, NULL, NULL, NULL, 0, NULL),
       ('s3', 1, '礼盒', 'Box', NULL, NULL, NULL, NULL, 3000, 3400, 19900, NULL, NULL, NULL, 0, NULL)",
    "INSERT INTO set_parts (sku_id, part_no, name, name_en, coop_id, county_code, category_code, list_price_fen) VALUES
       ('s3', 1, '洛川苹果', '', 'c1', '610629', 'apple', 9800), ('s3', 2, '延川红枣', '', 'c2', '610622', 'date', 5900),
       ('s3', 3, '安塞小米', '', 'c1', '610629', 'apple', 4200)",
    "INSERT INTO stock_levels (sku_id, location, on_hand, held, changed_at) VALUES
       ('s1', 'online', 100, 0, 0), ('s2', 'online', 5, 0, 0), ('s3', 'online', 50, 0, 0)",
    "INSERT INTO stock_movements (sku_id, location, delta, kind, ref, reason, batch_id, person_id, at) VALUES
       ('s1', 'online', 100, 'receipt', 'first', '', NULL, NULL, 0),
       ('s2', 'online', 5, 'receipt', 'first', '', NULL, NULL, 0),
       ('s3', 'online', 50, 'receipt', 'first', '', NULL, NULL, 0)",
    "INSERT INTO coupons (code, kind, amount_fen, bp, min_goods_fen, limit_total, limit_each, used, valid_from, valid_to,
       funder, created_at, created_by) VALUES
       ('THIRTY', 'amount', 3000, NULL, 0, 2, 1, 0, '2026-01-01', '2027-12-31', 'platform', 0, NULL),
       ('TWENTY', 'amount', 2000, NULL, 0, NULL, NULL, 0, '2026-01-01', '2027-12-31', 'government', 0, NULL),
       ('ALL', 'percent', NULL, 10000, 0, NULL, NULL, 0, '2026-01-01', '2027-12-31', 'coop', 0, NULL)",
];

/// The shop with its clock.
pub struct Shop {
    pub trade: Trade,
}

impl Shop {
    /// Opens the shop in an empty database, on 2026-11-01 at noon in Shanghai: a demonstration, where the
    /// sandbox takes the payments.
    pub async fn open(base: &Base) -> Self {
        Self::of_kind(base, &["INSERT INTO market (key, value) VALUES ('kind', 'demo')"]).await
    }

    /// The same shop as a real market, which takes no payments as it is.
    pub async fn real(base: &Base) -> Self {
        Self::of_kind(base, &["INSERT INTO market (key, value) VALUES ('kind', 'real')"]).await
    }

    async fn of_kind(base: &Base, kind: &[&'static str]) -> Self {
        let db = base.open().await;
        write(&db, kind).await;
        write(&db, SHOP).await;
        let providers = Providers::of(&db).await.unwrap();
        let clock = Clock::at(At::parse("2026-11-01T12:00:00+08:00").unwrap());
        let tokens = OrderTokens::of(&db).await.unwrap();
        Self { trade: Trade { db, clock, providers, keys: Running::default(), tokens, hold_seconds: 900 } }
    }

    /// Brings every shelf to `n` units, by a movement as real stock comes.
    pub async fn shelve(&self, n: i64) {
        let mut tx = self.trade.db.begin().await.unwrap();
        let movement =
            "INSERT INTO stock_movements (sku_id, location, delta, kind, ref, reason, batch_id, person_id, at)
            SELECT sku_id, location, $1 - on_hand, 'adjustment', 'shelve', '', NULL, NULL, 0
            FROM stock_levels WHERE on_hand <> $1";
        q(movement).bind(n).exec(&mut tx).await.unwrap();
        q("UPDATE stock_levels SET on_hand = $1").bind(n).exec(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Every invariant holds, whatever was done (`yanxi audit`).
    pub async fn audit(&self) {
        let found = yanxi::audit::each(&self.trade.db, self.trade.clock.now(), |_| ()).await.unwrap();
        let faults: Vec<_> = found.iter().filter(|finding| finding.faults > 0).collect();
        assert!(faults.is_empty(), "{faults:#?}");
    }

    pub async fn quote(&self, items: &[(&str, i64)], coupon: Option<&str>) -> yanxi::kernel::Result<Quote> {
        let ask = Ask {
            items: items.iter().map(asked).collect::<Result<_, Refusal>>()?,
            region_code: Some(RegionCode::stored("320213".to_owned())),
            street: "人民路 1 号".to_owned(),
            coupons: coupon.map(str::to_owned).into_iter().collect(),
            fulfilment: Fulfilment::Delivery,
            outlet: None,
        };
        let mut step = Step { at: self.trade.clock.now(), by: Actor::GUEST, random: Random::System };
        let quote = pricing::price(&mut self.trade.db.read().await?, &ask, &mut step).await?;
        let mut tx = self.trade.db.begin().await?;
        pricing::keep_quote(&mut tx, &quote, None, step.at).await?;
        tx.commit().await?;
        Ok(quote)
    }

    pub fn placing(quote: &Quote, phone: &str) -> Placing {
        Placing {
            quote_id: quote.quote_id.0.clone(),
            name: "收货人".to_owned(),
            phone: phone.to_owned(),
            ..Placing::default()
        }
    }

    pub async fn placed(&self, items: &[(&str, i64)], coupon: Option<&str>) -> Placed {
        let quote = self.quote(items, coupon).await.unwrap();
        place::place(&self.trade, &self.trade.work(Actor::GUEST, None), Self::placing(&quote, "13800000001"))
            .await
            .unwrap()
    }

    pub async fn order(&self, number: &str) -> Order {
        let mut conn = insist(|| self.trade.db.read()).await.unwrap();
        read::by_number(&mut conn, number).await.unwrap()
    }

    /// Opens a payment and settles it at the sandbox, whose signed event goes to the webhook's verb.
    pub async fn pay(&self, number: &str) -> PaymentOutcome {
        let id = self.open_payment(number).await;
        self.settle(&id, Outcome::Succeeded).await
    }

    /// Opens a payment of a part of what is open.
    pub async fn open_part(&self, number: &str, fen: i64) -> yanxi::kernel::PaymentId {
        let order = self.order(number).await;
        let work = self.trade.work(Actor::GUEST, None);
        let part = pay::Tender { method: Method::Sandbox, amount: Some(Fen(fen)) };
        let paying = insist(|| pay::pay(&self.trade, &work, &order, part)).await.unwrap();
        yanxi::kernel::PaymentId(paying.payment_id)
    }

    pub async fn open_payment(&self, number: &str) -> yanxi::kernel::PaymentId {
        let order = self.order(number).await;
        let work = self.trade.work(Actor::GUEST, None);
        let paying = insist(|| pay::pay(&self.trade, &work, &order, pay::Tender::of(Method::Sandbox))).await.unwrap();
        yanxi::kernel::PaymentId(paying.payment_id)
    }

    /// A payment that was refused, and another that was opened after it: either may still succeed.
    pub async fn open_two(&self, number: &str) -> (yanxi::kernel::PaymentId, yanxi::kernel::PaymentId) {
        let first = self.open_payment(number).await;
        assert_eq!(self.settle(&first, Outcome::Failed).await, PaymentOutcome::Failed);
        (first, self.open_payment(number).await)
    }

    pub async fn settle(&self, id: &yanxi::kernel::PaymentId, outcome: Outcome) -> PaymentOutcome {
        let sandbox = self.sandbox();
        let settle = || sandbox.settle(&self.trade.db, id, outcome, self.trade.clock.now());
        let delivery = insist(settle).await.unwrap();
        insist(|| hear::take_event(&self.trade, &delivery.signature, &delivery.body)).await.unwrap()
    }

    /// The provider behind its payments.
    pub fn sandbox(&self) -> &Sandbox {
        self.trade.providers.sandbox().unwrap()
    }

    /// The payments of an order, oldest first.
    pub async fn payments(&self, number: &str) -> Vec<Payment> {
        let order = self.order(number).await;
        store::of_order(&mut self.trade.db.read().await.unwrap(), &order.id).await.unwrap()
    }

    /// `(on_hand, held)` of a SKU.
    pub async fn stock(&self, sku: &str) -> (i64, i64) {
        let sql = "SELECT l.on_hand, l.held FROM stock_levels l JOIN skus s ON s.id = l.sku_id WHERE s.code = $1";
        q(sql).bind(sku).one(&mut self.trade.db.read().await.unwrap()).await.unwrap()
    }

    /// What waits is sealed, as the job does each second.
    pub async fn seal(&self) {
        while yanxi::counter::seal::block(&self.trade.db, self.trade.clock.now(), 1_000).await.unwrap() > 0 {}
    }

    /// Sum of the ledger's entries of a kind.
    pub async fn booked(&self, kind: &str) -> i64 {
        let sql = "SELECT CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT) FROM ledger_entries WHERE kind = $1";
        let row: (i64,) = q(sql).bind(kind).one(&mut self.trade.db.read().await.unwrap()).await.unwrap();
        row.0
    }

    pub async fn sellers(&self, number: &str) -> Vec<(SellerOrderId, CoopId, yanxi::orders::SellerOrderState)> {
        let order = self.order(number).await;
        let rows = read::sellers(&mut self.trade.db.read().await.unwrap(), &order.id).await.unwrap();
        rows.into_iter().map(|s| (s.id, s.coop_id, s.state)).collect()
    }

    pub async fn state(&self, number: &str) -> OrderState {
        self.order(number).await.state
    }

    /// By which payments a refund goes back, as they were promised.
    pub async fn refund_tenders(&self, id: &RefundId) -> Vec<RefundTender> {
        let mut conn = self.trade.db.read().await.unwrap();
        let refund = read::refund(&mut conn, id).await.unwrap();
        read::refund_tenders(&mut conn, &[refund]).await.unwrap()
    }

    pub async fn send_again(&self, id: &RefundId) -> Result<yanxi::orders::kinds::RefundState> {
        yanxi::orders::refund::send::again(&self.trade, &self.trade.work(Actor::SYSTEM, None), id).await
    }

    pub async fn waiting_refunds(&self) -> Vec<(RefundId, Fen)> {
        let sql = "SELECT id, amount_fen FROM refunds WHERE state = 'requested'";
        q(sql).all(&mut self.trade.db.read().await.unwrap()).await.unwrap()
    }
}

fn asked((sku, qty): &(&str, i64)) -> Result<AskedItem, Refusal> {
    Ok(AskedItem { sku: SkuCode::parse("sku", sku)?, qty: Qty::parse("qty", *qty)? })
}

/// Does what is asked again as long as it is put off: where many want to write at once on a busy machine, some
/// wait longer than a request may and are told to come back. Nothing was done for them; they come one by one.
pub async fn insist<T, F: Future<Output = Result<T>>>(act: impl Fn() -> F) -> Result<T> {
    static TURN: Mutex<()> = Mutex::const_new(());
    let mut done = act().await;
    if matches!(done, Err(Error::Unavailable(_))) {
        let _turn = TURN.lock().await;
        while matches!(done, Err(Error::Unavailable(_))) {
            done = act().await;
        }
    }
    done
}

/// Runs statements in one transaction.
pub async fn write(db: &Db, statements: &[&'static str]) {
    let mut tx = db.begin().await.unwrap();
    for sql in statements {
        q(sql).exec(&mut tx).await.unwrap();
    }
    tx.commit().await.unwrap();
}
