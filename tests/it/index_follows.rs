//! The index equals the database, whatever is edited and whenever the program is killed (I15).

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::Value;
use yanxi::{
    catalogue::{self, Product, Refreshed, Shelf},
    db::{Db, Engine},
    jobs,
    kernel::{Clock, Random, time::DAY},
    search::{Doc, Index, SearchRequest, Sort, docs},
};

use crate::{
    faults::on_both_programs,
    support::{
        Api, Market, Shop,
        desk::Desk,
        edits::Editor,
        meili::{Meilisearch, Mood},
        on_both,
    },
};

on_both! {
    every_edit_reaches_the_index_by_the_next_turn_of_the_job,
    a_new_day_keeps_in_memory_what_is_as_it_was_and_finds_it_by_each_name,
}

on_both_programs! {
    a_thousand_edits_and_kills_in_the_middle_leave_the_index_equal_to_the_database,
    reindexing_leaves_no_moment_in_which_a_product_is_missing,
    the_program_asks_meilisearch_and_does_without_it,
}

async fn every_edit_reaches_the_index_by_the_next_turn_of_the_job(shop: Arc<Shop>) {
    let desk = Desk::open(shop.clone()).await;
    let market = desk.market.clone();
    let mut editor = Editor::of(shop.trade.db.clone(), 4).await;
    for round in 0..60 {
        shop.trade.clock.advance(yanxi::kernel::time::SECOND);
        for _ in 0..=round % 4 {
            editor.edit(shop.trade.clock.now()).await;
        }
        jobs::follow_catalogue(market.clone()).await.unwrap();
        let mut conn = shop.trade.db.read().await.unwrap();
        let expected = docs(&catalogue::load(&mut conn, shop.trade.clock.now()).await.unwrap());
        let expected: BTreeMap<String, u64> = expected.iter().map(|doc| (doc.code.clone(), doc.digest())).collect();
        let index = market.search.now();
        let held: BTreeMap<String, u64> = index.digests().map(|(code, digest)| (code.to_owned(), digest)).collect();
        assert_eq!(held, expected, "round {round}");
        let shown: BTreeSet<String> = market.shelf.now().products.iter().map(|p| p.code.clone()).collect();
        assert_eq!(shown, expected.into_keys().collect(), "round {round}");
    }
    editor.unsell().await;
}

async fn a_new_day_keeps_in_memory_what_is_as_it_was_and_finds_it_by_each_name(shop: Arc<Shop>) {
    let (db, now) = (&shop.trade.db, shop.trade.clock.now());
    let shelf = Shelf::new(catalogue::load(&mut db.read().await.unwrap(), now).await.unwrap());
    let before = shelf.now();
    assert!(before.products.len() > 1);
    let mut editor = Editor::of(db.clone(), 7).await;
    editor.edit(now).await;
    assert_eq!(shelf.refresh(db, now.later(DAY)).await.unwrap(), Refreshed::Anew);
    let after = shelf.now();
    let same = |product: &&Arc<Product>| before.products.iter().any(|known| Arc::ptr_eq(known, product));
    let kept = after.products.iter().filter(same).count();
    // One edit adds, takes off or changes one product.
    assert!(kept >= before.products.len() - 1, "{kept} of {}", before.products.len());
    for product in &after.products {
        assert!(Arc::ptr_eq(after.by_code(&product.code).unwrap(), product));
        assert!(Arc::ptr_eq(after.by_slug(&product.slug).unwrap(), product));
        for sku in product.skus.iter() {
            let found = after.sku(&sku.code).unwrap();
            assert!(std::ptr::eq(found.product, &raw const **product) && found.sku == sku);
        }
    }
    assert!(after.by_code("").is_none() && after.by_slug("P01 ").is_none() && after.sku("P01-").is_none());
    editor.unsell().await;
}

async fn a_thousand_edits_and_kills_in_the_middle_leave_the_index_equal_to_the_database(engine: Engine) {
    let Some(mut market) = Market::start(engine, &[]).await else { return };
    let db = Db::open(&market.database(), None).await.unwrap();
    let mut editor = Editor::of(db.clone(), 15).await;
    let mut random = Random::Seeded(15);
    let clock = Clock::System;
    let coop = Api::of(&market.url).signed_in("coop01").await;
    let skus = skus_of(&coop).await;
    let mut told = 0;
    for round in 0..5 {
        for _ in 0..140 {
            editor.edit(clock.now()).await;
        }
        // The rest go through the program itself, which is killed while it writes one of them.
        let pricing = tokio::spawn(price_changes(coop.clone(), skus.clone(), 60, round));
        tokio::time::sleep(Duration::from_millis(20 + random.below(150).unwrap())).await;
        market.kill();
        told += pricing.await.unwrap();
        market.run().await;
    }
    assert!(told > 0, "no change of a price was answered");
    let quiet = Instant::now();
    let api = Api::of(&market.url);
    loop {
        let snapshot = catalogue::load(&mut db.read().await.unwrap(), clock.now()).await.unwrap();
        match difference(&api, &docs(&snapshot)).await {
            None => break,
            Some(difference) => assert!(quiet.elapsed() < Duration::from_secs(30), "{difference}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    println!("{engine:?}: equal {:?} after the last edit", quiet.elapsed());
    db.close().await;
    market.end().await;
}

async fn reindexing_leaves_no_moment_in_which_a_product_is_missing(engine: Engine) {
    let fake = Meilisearch::start().await;
    let Some(market) = Market::start(engine, &[("MEILI_URL", &fake.url)]).await else { return };
    let api = Api::of(&market.url);
    let over = Arc::new(AtomicBool::new(false));
    let totals = async |path: &str| api.get(path).await.body["total"].as_u64().unwrap();
    let all = totals("/products").await;
    let apples = totals("/products?q=洛川苹果").await;
    let reader = {
        let (api, over) = (api.clone(), over.clone());
        tokio::spawn(async move {
            let mut asked = 0;
            while !over.load(Ordering::SeqCst) {
                for (path, total) in [("/products", all), ("/products?q=洛川苹果", apples), ("/products?q=P19", 1)]
                {
                    assert_eq!(api.get(path).await.body["total"].as_u64(), Some(total), "{path}");
                    asked += 1;
                }
            }
            asked
        })
    };
    for _ in 0..3 {
        let done = tokio::task::block_in_place(|| market.done(&["reindex"]));
        let told = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(done.status.success() && told.contains("products indexed"), "{told}");
        assert!(told.contains(&format!("Meilisearch took {all} products")), "{told}");
        tokio::time::sleep(Duration::from_millis(700)).await;
    }
    over.store(true, Ordering::SeqCst);
    assert!(reader.await.unwrap() > 50 && fake.least() == usize::try_from(all).unwrap());
    market.end().await;
}

async fn the_program_asks_meilisearch_and_does_without_it(engine: Engine) {
    let fake = Meilisearch::start().await;
    let Some(market) = Market::start(engine, &[("MEILI_URL", &fake.url)]).await else { return };
    let api = Api::of(&market.url);
    let begun = Instant::now();
    let mut total = None;
    while fake.searches() == 0 {
        assert!(begun.elapsed() < Duration::from_secs(20), "Meilisearch is not asked: {}", market.told());
        total = api.get("/products?q=狗头枣").await.body["total"].as_u64();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for mood in [Mood::Slow, Mood::Broken, Mood::LosesTasks] {
        fake.is(mood);
        let begun = Instant::now();
        let answer = api.get("/products?q=狗头枣").await;
        assert_eq!((answer.status, answer.body["total"].as_u64()), (200, total), "{mood:?}");
        // The slow one would have answered after three seconds.
        assert!(begun.elapsed() < Duration::from_millis(2900), "{mood:?}: {:?}", begun.elapsed());
    }
    market.end().await;
}

/// Ids of a cooperative's SKUs.
async fn skus_of(coop: &Api) -> Vec<String> {
    let products = coop.get("/coop/products?per_page=100").await.body;
    let products = products["items"].as_array().unwrap().iter();
    let skus = products.flat_map(|product| product["skus"].as_array().unwrap());
    skus.map(|sku| sku["id"].as_str().unwrap().to_owned()).collect()
}

/// Asks for so many changes of prices, whatever becomes of the program; answers how many were done.
async fn price_changes(coop: Api, skus: Vec<String>, changes: usize, round: usize) -> usize {
    let mut done = 0;
    for n in 0..changes {
        let sku = &skus[(n * 7 + round) % skus.len()];
        let body = serde_json::json!({"price_fen": 1000 + 100 * n + round}).to_string();
        let answer = coop.send("PATCH", &format!("/coop/skus/{sku}"), None, Some(body)).await;
        done += usize::from(answer.is_some_and(|answer| answer.status == 200));
    }
    done
}

/// Where the program's lists differ from an index built from the database.
async fn difference(api: &Api, docs: &[Doc]) -> Option<String> {
    let index = Index::build(docs);
    let day = Clock::System.now().day();
    let prices: BTreeMap<&str, i64> = docs.iter().map(|doc| (doc.code.as_str(), doc.from_fen())).collect();
    for (query, text, sort) in [
        ("?sort=price", "", Sort::Price),
        ("?sort=-price", "", Sort::PriceDown),
        ("?sort=sales", "", Sort::Sales),
        ("?q=苹果", "苹果", Sort::Relevance),
        ("?q=gtz", "gtz", Sort::Relevance),
    ] {
        let expected = index.search(&SearchRequest { sort, per_page: 100, ..SearchRequest::on(day).text(text) });
        let answer = api.get(&format!("/products{query}&per_page=100")).await.body;
        let items = answer["items"].as_array().unwrap();
        let told: Vec<(&str, i64)> =
            items.iter().map(|item| (item["code"].as_str().unwrap(), item["from_fen"].as_i64().unwrap())).collect();
        let codes: BTreeSet<&str> = told.iter().map(|(code, _)| *code).collect();
        let wanted: BTreeSet<&str> = expected.codes.iter().map(String::as_str).collect();
        if codes != wanted || answer["total"].as_u64() != Some(expected.total) {
            return Some(format!("{query}: {codes:?} instead of {wanted:?}"));
        }
        if let Some((code, fen)) = told.iter().find(|(code, fen)| prices[code] != *fen) {
            return Some(format!("{query}: {code} at {fen}"));
        }
        let in_order = |step: fn(i64, i64) -> bool| told.windows(2).all(|pair| step(pair[0].1, pair[1].1));
        let sorted = match sort {
            Sort::Price => in_order(|a, b| a <= b),
            Sort::PriceDown => in_order(|a, b| a >= b),
            _ => true,
        };
        if !sorted {
            return Some(format!("{query}: out of order {told:?}"));
        }
        if let Some(difference) = differing_facet(&answer, &expected) {
            return Some(format!("{query}: {difference}"));
        }
    }
    None
}

fn differing_facet(answer: &Value, expected: &yanxi::search::Hits) -> Option<String> {
    expected.facets.iter().find_map(|facet| {
        let told: BTreeMap<&str, u64> = answer["facets"][facet.facet.as_str()]
            .as_array()
            .unwrap()
            .iter()
            .map(|value| (value["value"].as_str().unwrap(), value["count"].as_u64().unwrap()))
            .collect();
        let wanted: BTreeMap<&str, u64> = facet.values.iter().map(|v| (v.value.as_str(), v.count)).collect();
        (told != wanted).then(|| format!("{:?} {told:?} instead of {wanted:?}", facet.facet))
    })
}
