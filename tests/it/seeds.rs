//! The seeds: facts of the demonstration, its freight, its year of sales, generated markets, and loading
//! that is killed.

use std::{
    collections::BTreeMap,
    process::{Command, Stdio},
    time::Duration,
};

use yanxi::{
    catalogue::{self, Offered, Snapshot, edit::publish},
    cooperatives::service::Service,
    counter::{Figures, figures, read as journal, verify::Verifier},
    db::{Db, Engine, q},
    kernel::{At, CoopId, Fen, Grams, ProductId},
    pricing::freight,
    seeds::{
        self,
        generate::{Size, generate},
    },
    web::photos,
};

use crate::support::{Base, runtime, shop::write};

/// A Wednesday morning.
const NOW: &str = "2026-11-25T10:36:00+08:00";

/// Runs a story on a loaded database of each engine that is at hand.
fn on_both<F: Future<Output = ()>>(demo: bool, story: impl Fn(Db) -> F) {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        runtime().block_on(async {
            let Some(base) = Base::fresh(engine).await else { return };
            let db = base.open().await;
            assert!(seeds::load(&db, demo, now()).await.unwrap());
            assert!(!seeds::load(&db, demo, now()).await.unwrap(), "a second start loads nothing");
            story(db.clone()).await;
            db.close().await;
            base.remove().await;
        });
    }
}

fn now() -> At {
    At::parse(NOW).unwrap()
}

async fn snapshot(db: &Db) -> Snapshot {
    catalogue::load(&mut db.read().await.unwrap(), now()).await.unwrap()
}

async fn number(db: &Db, sql: &'static str) -> i64 {
    q(sql).one::<(i64,)>(&mut db.read().await.unwrap()).await.unwrap().0
}

async fn texts(db: &Db, sql: &'static str) -> Vec<String> {
    let rows: Vec<(String,)> = q(sql).all(&mut db.read().await.unwrap()).await.unwrap();
    rows.into_iter().map(|row| row.0).collect()
}

#[test]
fn a_real_market_gets_its_places_and_nobody() {
    on_both(false, |db| async move {
        assert_eq!(number(&db, "SELECT CAST(count(*) AS BIGINT) FROM counties").await, 13);
        assert_eq!(number(&db, "SELECT CAST(count(*) AS BIGINT) FROM outlets").await, 4);
        assert!(number(&db, "SELECT CAST(count(*) AS BIGINT) FROM regions").await > 3500);
        let nothing = "SELECT CAST((SELECT count(*) FROM persons) + (SELECT count(*) FROM products) + (SELECT count(*) FROM coops)
                         + (SELECT count(*) FROM coupons) + (SELECT count(*) FROM orders) AS BIGINT)";
        assert_eq!(number(&db, nothing).await, 0);
    });
}

/// Price in 分 of P01 to P62 (the demonstration's list).
const PRICES: [i64; 62] = [
    6990, 8990, 9800, 4990, 15800, 3590, 5990, 5290, 3990, 6290, 7990, 5990, 4590, 6590, 9900, 39900, 2990, 12800,
    2990, 7800, 1990, 6900, 2590, 5800, 2690, 3200, 2200, 3290, 8800, 26000, 2990, 4590, 3990, 1990, 4500, 6990, 13800,
    3990, 2990, 1890, 8800, 4990, 4590, 2290, 3590, 1690, 3990, 5800, 2990, 3600, 7800, 2990, 25800, 9800, 6800, 7200,
    3900, 8800, 6800, 9800, 19900, 20000,
];
/// Those of 832 origin.
const ORIGIN_832: &[u8] =
    &[10, 11, 12, 15, 16, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 49, 56, 59];

#[test]
fn the_demonstration_has_the_goods_of_its_list() {
    on_both(true, |db| async move {
        let shelf = snapshot(&db).await;
        assert_eq!((shelf.products.len(), shelf.coops.len()), (62, 14));
        for (price, n) in PRICES.iter().zip(1_u8..) {
            let Offered { product, sku, .. } = shelf.sku(&format!("P{n:02}-1")).unwrap();
            assert_eq!((product.code.as_str(), sku.price), (format!("P{n:02}").as_str(), Fen(*price)));
            let origin = product.schemes.iter().any(|s| s == "QUOTA_832");
            assert_eq!(origin, ORIGIN_832.contains(&n), "{}: 832 origin", product.code);
            assert!(product.schemes.iter().any(|s| s == "PAIRING_YX"), "{}", product.code);
            assert!(!product.photos.is_empty() && product.photos.iter().all(|p| p.illustration));
            for photo in product.photos.iter() {
                for width in [400, 800, 1200] {
                    assert!(photos::exists(&format!("{}-{width}.webp", photo.name)), "{}", photo.name);
                }
            }
            assert!(product.certs.iter().all(|c| c.number.starts_with("DEMO-")));
            let words = [&product.name_en, &product.summary_en, &product.story_en, &product.storage_en];
            assert!(words.iter().all(|w| !w.is_empty()), "{} in English", product.code);
        }
        let Offered { product: p01, sku, left } = shelf.sku("P01-1").unwrap();
        assert_eq!((p01.name.as_str(), p01.county_code.as_str()), ("洛川红富士", "610629"));
        assert_eq!((sku.net, sku.gross, sku.diameter_mm), (Grams(5000), Grams(5400), Some(75)));
        assert_eq!((sku.pieces_min, sku.pieces_max, left), (Some(22), Some(24), 860));
        assert_eq!(sku.season.as_ref().map(|s| (s.from.as_str(), s.to.as_str())), Some(("10-10", "05-31")));
        let family: Vec<&str> = shelf.family(p01).iter().map(|p| p.code.as_str()).collect();
        assert_eq!(family, ["P01", "P02", "P04", "P05"]);
        assert_eq!(shelf.sku("P19-1").unwrap().sku.gross, Grams(600));
        assert_eq!(shelf.sku("P05-1").unwrap().sku.gross, Grams(10_800));
        assert_eq!(shelf.counties.iter().filter(|c| c.pairing.is_some()).count(), 3);
    });
}

#[test]
fn sets_states_and_accounts_of_the_demonstration_are_there_to_be_seen() {
    on_both(true, |db| async move {
        let shelf = snapshot(&db).await;
        let counties = |code: &str| {
            let parts = &shelf.sku(code).unwrap().sku.parts;
            parts.iter().map(|p| p.county_code.as_str()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(counties("P61-1"), "610629 610622 610603");
        assert_eq!(counties("P62-1"), "610621 610622 610603 610631");
        let listed = "SELECT CAST(SUM(list_price_fen) AS BIGINT) FROM set_parts p JOIN skus s ON s.id = p.sku_id WHERE s.code = 'P61-1'";
        assert_eq!(number(&db, listed).await, 19_900);
        let empty = texts(
            &db,
            "SELECT s.code FROM skus s JOIN stock_levels l ON l.sku_id = s.id WHERE l.on_hand = 0 ORDER BY s.code",
        )
        .await;
        assert_eq!(empty, ["P49-1", "P56-1"], "one cooperative has nothing left");
        let expired = "SELECT c.code FROM certificates x JOIN coops c ON c.id = x.coop_id
                       WHERE x.product_id IS NULL AND x.valid_to < '2026-11-25'";
        assert_eq!(texts(&db, expired).await, ["C11"]);
        let p46 = shelf.by_code("P46").unwrap();
        assert!(p46.certs.iter().any(|c| !c.holds(shelf.day)), "an expired certificate is kept, not shown");
        assert_eq!(texts(&db, "SELECT code FROM coops WHERE state = 'applied'").await, ["C15"]);
        let logins = texts(&db, "SELECT login FROM persons ORDER BY login").await;
        assert_eq!(logins.len(), 18);
        assert!(
            ["bureau", "clerk", "coop01", "coop14", "operator", "shopper"]
                .iter()
                .all(|l| logins.iter().any(|k| k == l))
        );
        assert!(
            number(&db, "SELECT CAST(count(DISTINCT coop_id) AS BIGINT) FROM seller_orders WHERE state = 'to_ship'")
                .await
                >= 3
        );
        assert!(number(&db, "SELECT CAST(count(*) AS BIGINT) FROM seller_orders WHERE state = 'shipped'").await > 10);
    });
}

#[test]
fn freight_of_the_templates_is_that_of_the_table() {
    on_both(true, |db| async move {
        let rules = freight::all_rules(&mut db.read().await.unwrap()).await.unwrap();
        let shelf = snapshot(&db).await;
        let coop = |code: &str| -> CoopId { shelf.coops.iter().find(|c| c.code == code).unwrap().id.clone() };
        let fee = |code: &str, service: Service, region: &str, grams: i64| {
            freight::rule_for(&rules, &coop(code), service, region).map(|rule| rule.fee(Grams(grams)).unwrap().0)
        };
        // 中通, EMS, 京东: 5.4 kg and 10.8 kg to Wuxi; 顺丰 with 15 yuan for the cold box.
        let table = [
            ("C01", Service::Ambient, 1350, 2100),
            ("C04", Service::Ambient, 1800, 2800),
            ("C07", Service::Ambient, 2550, 3800),
            ("C10", Service::ColdChain, 5800, 8300),
        ];
        for (code, service, light, heavy) in table {
            assert_eq!(fee(code, service, "320213", 5400), Some(light), "{code}");
            assert_eq!(fee(code, service, "320281001", 10_800), Some(heavy), "{code}");
        }
        // ⌈30.8 kg / 20 kg⌉ = 2 parcels, each with its first kilogram.
        assert_eq!(fee("C01", Service::Ambient, "320213", 30_800), Some(2 * 600 + 29 * 150));
        for (code, service, region) in [
            ("C01", Service::Ambient, "650102"),
            ("C01", Service::Ambient, "540102"),
            ("C01", Service::Ambient, "810001"),
            ("C01", Service::Ambient, "710101"),
            ("C10", Service::ColdChain, "440106"),
            ("C01", Service::ColdChain, "320213"),
        ] {
            assert_eq!(fee(code, service, region, 5400), None, "{code} {service} {region}");
        }
        assert!(fee("C04", Service::Ambient, "630102", 5400).unwrap() > 2800, "Qinghai costs more where it is served");
    });
}

/// The public figures, and the same from the journal alone.
async fn figures_agree(db: &Db) -> Figures {
    let figures = figures::read(&mut db.read().await.unwrap(), now(), true).await.unwrap();
    let mut verifier = Verifier::default();
    let mut after = 0;
    loop {
        let lines = journal::after(&mut db.read().await.unwrap(), after, 1000).await.unwrap();
        let Some(last) = lines.last() else { break };
        after = last.seq;
        for line in &lines {
            verifier.line(&line.body).unwrap();
        }
    }
    let sums = verifier.sums();
    let all = &figures.all;
    assert_eq!((sums.gross, sums.refunds, sums.net), (all.gross_paid_fen.0, all.refunds_fen.0, all.net_paid_fen.0));
    assert_eq!((sums.effective, sums.orders), (all.effective_fen.0, all.orders));
    figures
}

/// Stock is its movements, sales are the ledger's.
async fn rows_agree(db: &Db) {
    for sql in [
        "SELECT CAST(count(*) AS BIGINT) FROM stock_levels l WHERE l.on_hand <> COALESCE((SELECT CAST(SUM(m.delta) AS BIGINT)
           FROM stock_movements m WHERE m.sku_id = l.sku_id AND m.location = l.location), 0)",
        "SELECT CAST(count(*) AS BIGINT) FROM product_sales s WHERE s.qty <> (SELECT CAST(SUM(e.qty) AS BIGINT)
           FROM ledger_entries e JOIN dimensions d ON d.id = e.dimension_id
           WHERE d.product_id = s.product_id AND e.kind IN ('sale', 'refund'))",
        "SELECT CAST(count(*) AS BIGINT) FROM orders o WHERE o.paid_at IS NOT NULL AND o.total_fen <> (SELECT
           CAST(SUM(e.amount_fen) AS BIGINT) FROM ledger_entries e WHERE e.subject_id = o.id AND e.kind IN ('sale', 'sale_freight'))",
        "SELECT CAST(count(*) AS BIGINT) FROM seller_orders s JOIN orders o ON o.id = s.order_id WHERE s.received_at < o.paid_at",
        "SELECT CAST(count(*) AS BIGINT) FROM seller_orders s JOIN orders o ON o.id = s.order_id JOIN coops c ON c.id = s.coop_id
           WHERE o.paid_at IS NOT NULL AND s.ship_by <> o.paid_at + c.sla_hours * 3600000000",
        "SELECT CAST(count(*) AS BIGINT) FROM refund_tenders WHERE state = 'succeeded' AND provider_ref IS NULL",
        "SELECT CAST(count(*) AS BIGINT) FROM batches WHERE qty <= 0",
        "SELECT CAST(count(*) AS BIGINT) FROM batches b JOIN skus k ON k.id = b.sku_id
           JOIN sku_versions v ON v.sku_id = k.id WHERE v.presale_ships_by IS NOT NULL",
    ] {
        assert_eq!(number(db, sql).await, 0, "{sql}");
    }
}

/// What is on the shelf has all that it could not have come there without.
async fn goods_are_whole(db: &Db) {
    let mut conn = db.read().await.unwrap();
    let ids: Vec<(ProductId,)> = q("SELECT id FROM products WHERE state = 'published'").all(&mut conn).await.unwrap();
    for (id,) in ids {
        let found = catalogue::own::product(&mut conn, &id).await.unwrap();
        let lacking = publish::lacks(&mut conn, &found, now().day()).await.unwrap();
        assert!(lacking.is_empty(), "{}: {lacking:?}", found.0.code);
    }
}

#[test]
fn the_year_of_sales_is_the_same_twice_and_agrees_with_itself() {
    let heads = std::sync::Mutex::new(Vec::new());
    on_both(true, |db| {
        let heads = &heads;
        async move {
            let figures = figures_agree(&db).await;
            rows_agree(&db).await;
            goods_are_whole(&db).await;
            assert!(figures.all.orders > 3000 && figures.all.refunds_fen > Fen(0));
            assert!(number(&db, "SELECT CAST(MAX(placed_at) AS BIGINT) FROM orders").await < now().0);
            let seasons = "SELECT CAST(count(*) AS BIGINT) FROM order_lines l JOIN orders o ON o.id = l.order_id
                           WHERE l.sku = 'P33-1' AND (o.placed_on < '2026-07-01' OR o.placed_on > '2026-08-31')";
            assert_eq!(number(&db, seasons).await, 0, "melons are sold in summer only");
            heads.lock().unwrap().push(figures.head.hash);
        }
    });
    on_both(true, |db| {
        let heads = &heads;
        async move {
            let hash = figures_agree(&db).await.head.hash;
            heads.lock().unwrap().push(hash);
        }
    });
    let mut heads = heads.into_inner().unwrap();
    assert!(heads.len() >= 2);
    heads.dedup();
    assert_eq!(heads.len(), 1, "the journal of a day is the same on every machine");
}

#[test]
fn a_generated_market_is_of_its_size_and_agrees_with_itself() {
    on_both(true, |db| async move {
        let before = number(&db, "SELECT CAST(count(*) AS BIGINT) FROM orders").await;
        let size = Size { products: 120, orders: 250, ledger_lines: 0, seed: 5 };
        generate(&db, size, now()).await.unwrap();
        assert_eq!(number(&db, "SELECT CAST(count(*) AS BIGINT) FROM orders").await, before + 250);
        let shelf = snapshot(&db).await;
        assert_eq!(shelf.products.len(), 182);
        let shown: Vec<_> = shelf.products.iter().flat_map(|p| p.photos.iter()).collect();
        assert!(shown.iter().all(|p| photos::exists(&format!("{}-800.webp", p.name))));
        figures_agree(&db).await;
        rows_agree(&db).await;
        write(&db, &["INSERT INTO market (key, value) VALUES ('kind', 'demo')"]).await;
        let found = yanxi::audit::each(&db, now(), |_| ()).await.unwrap();
        let faults: Vec<_> = found.iter().filter(|finding| finding.faults > 0).collect();
        assert!(faults.is_empty(), "past orders keep every invariant: {faults:#?}");
        let again = generate(&db, Size { products: 0, ..size }, now()).await;
        assert!(again.is_err(), "the same seed is not written twice");
    });
}

#[test]
fn a_loading_that_is_killed_leaves_nothing_and_the_next_completes() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        runtime().block_on(async {
            let Some(base) = Base::fresh(engine).await else { return };
            for pause in [50, 400, 1200] {
                let mut child = seed(&base).spawn().unwrap();
                tokio::time::sleep(Duration::from_millis(pause)).await;
                child.kill().unwrap();
                child.wait().unwrap();
            }
            assert!(seed(&base).status().unwrap().success());
            let db = base.open().await;
            let mut held: BTreeMap<String, i64> = BTreeMap::new();
            for part in texts(&db, "SELECT part FROM seeds").await {
                *held.entry(part).or_default() += 1;
            }
            assert_eq!(held, BTreeMap::from([("demo".to_owned(), 1)]));
            assert_eq!(snapshot(&db).await.products.len(), 62);
            rows_agree(&db).await;
            db.close().await;
            base.remove().await;
        });
    }
}

/// The program's loading of a database.
fn seed(base: &Base) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yanxi"));
    command.args(["seed", "--demo"]).env_clear().env("YANXI_DEMO", "1").env("DATABASE_URL", &base.url);
    command.stdout(Stdio::null()).stderr(Stdio::inherit());
    command
}
