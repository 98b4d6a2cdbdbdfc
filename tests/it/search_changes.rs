//! Changes in a built index: the same answers as a full build, and no moment without a product.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicBool, Ordering},
};

use proptest::prelude::*;
use yanxi::search::{Change, Doc, Engine, Facet, Index, SearchRequest, Sort};

use crate::search::{day, product};

/// The product of a number after its `n`th edit.
fn edited(at: usize, n: usize) -> Doc {
    let mut doc = Doc { code: format!("T{at}"), slug: format!("t-{at}"), ..product(at + n * 17) };
    for (no, sku) in doc.skus.iter_mut().enumerate() {
        sku.sku = format!("T{at}-{no}");
    }
    doc
}

/// Sold to the last unit of the first SKU.
fn sold(doc: &Doc) -> Doc {
    let mut doc = Doc { sales: doc.sales + 3, ..doc.clone() };
    doc.skus[0].in_stock = !doc.skus[0].in_stock;
    doc
}

fn digests(index: &Index) -> BTreeMap<String, u64> {
    index.digests().map(|(code, digest)| (code.to_owned(), digest)).collect()
}

/// Every answer of both has the same products, counts and chips; those of equal rank may stand otherwise.
fn assert_alike(changed: &Index, built: &Index) {
    assert_eq!(digests(changed), digests(built));
    assert_eq!(changed.len(), built.len());
    let all = SearchRequest::on(day());
    let texts = ["", "狗头枣", "xiaomi", "hfs", "羊肉 5kg", "红富士 50元以内", "当季 木耳", "礼盒", "T7", "T7-0"];
    let mut asked: Vec<SearchRequest> = texts.iter().map(|text| all.clone().text(*text)).collect();
    asked.push(all.clone().with(Facet::County, "610601").with(Facet::Grade, "特级"));
    asked.push(SearchRequest {
        min_fen: Some(5000),
        max_fen: Some(20_000),
        ..all.clone().with(Facet::InSeason, "true")
    });
    for req in asked {
        let (a, b) = (changed.search(&req), built.search(&req));
        assert_eq!((a.total, &a.chips, &a.notes), (b.total, &b.chips, &b.notes), "{req:?}");
        for (a, b) in a.facets.iter().zip(&b.facets) {
            let sorted = |values: &[yanxi::search::FacetCount]| {
                values.iter().map(|v| (v.value.clone(), v.count)).collect::<BTreeSet<_>>()
            };
            assert_eq!(sorted(&a.values), sorted(&b.values), "{:?} of {req:?}", a.facet);
        }
    }
    for sort in Sort::ALL.iter().copied() {
        let codes = |index: &Index| -> Vec<String> {
            let page = |page| index.search(&SearchRequest { sort, page, per_page: 100, ..all.clone() }).codes;
            (1..=3).flat_map(page).collect()
        };
        let (a, b) = (codes(changed), codes(built));
        let set = |codes: &[String]| codes.iter().cloned().collect::<BTreeSet<_>>();
        assert_eq!((a.len(), set(&a)), (b.len(), set(&b)), "{sort:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 25, ..ProptestConfig::default() })]

    #[test]
    fn changes_one_by_one_give_what_a_full_build_gives(
        steps in prop::collection::vec((0_usize..90, 0_usize..4, 1_usize..5), 1..60)
    ) {
        let mut docs: BTreeMap<String, Doc> = (0..60).map(product).map(|d| (d.code.clone(), d)).collect();
        let mut index = Index::build(&docs.values().cloned().collect::<Vec<_>>());
        for (at, what, n) in steps {
            let known = docs.get(&format!("T{at}")).cloned();
            let change = match (what, known) {
                (0, Some(doc)) => Change::Gone(doc.code),
                (1, Some(doc)) => Change::Put(Box::new(sold(&doc))),
                _ => Change::Put(Box::new(edited(at, n))),
            };
            match &change {
                Change::Put(doc) => drop(docs.insert(doc.code.clone(), (**doc).clone())),
                Change::Gone(code) => drop(docs.remove(code)),
            }
            index = index.with(&[change]);
        }
        let docs: Vec<Doc> = docs.into_values().collect();
        let built = Index::build(&docs);
        assert_alike(&index, &built);
        prop_assert!(index.difference(&docs).is_empty());
    }
}

#[test]
fn the_difference_brings_an_index_to_any_other_state() {
    let index = Index::build(&(0..80).map(product).collect::<Vec<_>>());
    let docs: Vec<Doc> = (20..100).map(|at| if at % 3 == 0 { edited(at, 2) } else { product(at) }).collect();
    let changes = index.difference(&docs);
    assert_alike(&index.with(&changes), &Index::build(&docs));
    assert!(Index::build(&[] as &[Doc]).with(&index.difference(&docs)).len() < 80);
}

#[test]
fn readers_never_miss_a_product_while_it_changes_and_the_index_is_built_anew() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let _inside = runtime.enter();
    let mut docs: Vec<Doc> = (0..200).map(product).collect();
    let engine = Engine::new(&docs);
    let over = AtomicBool::new(false);
    let mut builds = 0;
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !over.load(Ordering::SeqCst) {
                    let hits = engine.now().search(&SearchRequest::on(day()));
                    assert_eq!(hits.total, 200);
                    assert_eq!(engine.now().search(&SearchRequest::on(day()).text("T7")).codes, ["T7"]);
                }
            });
        }
        let begun = std::time::Instant::now();
        let mut n = 0;
        while builds < 2 && begun.elapsed().as_secs() < 120 {
            n += 1;
            let at = n * 31 % 200;
            docs[at] = if n % 3 == 0 { sold(&docs[at]) } else { edited(at, n % 5) };
            engine.change(&[Change::Put(Box::new(docs[at].clone()))]);
            builds += usize::from(engine.tidy(|| docs.clone()));
            std::thread::sleep(std::time::Duration::from_millis(3));
        }
        over.store(true, Ordering::SeqCst);
    });
    assert_eq!(builds, 2, "edits are built in after a while");
    drop(runtime);
    assert!(engine.difference(&docs).is_empty());
}
