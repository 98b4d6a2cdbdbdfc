//! Search as a whole: counts that equal clicks, equal answers, hostile texts.

use std::sync::{Arc, OnceLock};

use proptest::prelude::*;
use yanxi::{
    kernel::{At, Day, Season},
    search::{Doc, Engine, Facet, Index, SearchRequest, Sort, Spec, SuggestionKind, Term, zero},
};

use crate::support::{Shop, busy, on_both};

on_both! {
    texts_that_found_nothing_are_kept_for_the_operator,
}

async fn texts_that_found_nothing_are_kept_for_the_operator(shop: Arc<Shop>) {
    let db = &shop.trade.db;
    let engine = Engine::new(&[product(0)]);
    for text in ["iPhone 17", "iphone  17", "洛川红富士", "zzqxwv"] {
        engine.search(&SearchRequest::on(day()).text(text)).await;
    }
    assert_eq!(zero::record(db, engine.noted(), At(5)).await.unwrap(), 2);
    assert_eq!(zero::record(db, engine.noted(), At(6)).await.unwrap(), 0, "nothing is left to write");
    engine.search(&SearchRequest::on(day()).text("IPHONE 17")).await;
    zero::record(db, engine.noted(), At(7)).await.unwrap();
    let kept = zero::list(&mut db.read().await.unwrap(), 10).await.unwrap();
    let kept: Vec<_> = kept.iter().map(|z| (z.text.as_str(), z.times, z.last_at)).collect();
    assert_eq!(kept, [("iphone 17", 3, At(7)), ("zzqxwv", 1, At(5))]);
}

const NAMES: [&str; 6] = ["洛川红富士", "延川狗头枣", "安塞小米", "延长黑木耳礼盒", "宜川大红袍花椒", "志丹羊肉块"];

pub fn day() -> Day {
    "2026-11-24".parse().unwrap()
}

/// The product of a number, the same on every run.
pub fn product(at: usize) -> Doc {
    let pick = |n: usize, from: usize| (at * 7 + from * 13 + at / 5) % n;
    let term = |kind: &str, n: usize| Term::new(format!("{kind}{n}"), format!("{kind}{n}"), format!("{kind}{n}"));
    Doc {
        code: format!("T{at}"),
        slug: format!("t-{at}"),
        name: NAMES[pick(6, 0)].into(),
        county: Term::new(format!("6106{:02}", pick(5, 1)), format!("县{}", pick(5, 1)), "county"),
        category: term("c", pick(4, 2)),
        coop: term("coop", pick(7, 3)),
        certs: (0..pick(3, 4)).map(|n| term("cert", n)).collect(),
        schemes: (0..pick(3, 5)).map(|n| term("scheme", n)).collect(),
        grade: (pick(3, 6) > 0).then(|| ["特级", "一级"][pick(2, 6)].to_owned()),
        skus: (0..=pick(2, 7))
            .map(|n| Spec {
                sku: format!("T{at}-{n}"),
                spec: "5kg".into(),
                net_g: [250, 500, 2500, 5000, 10_000][pick(5, n)],
                price_fen: 1000 + (pick(30, n) as i64) * 990,
                diameter_mm: [None, Some(75), Some(80)][pick(3, n + 1)],
                in_stock: pick(4, n) > 0,
                season: [None, Some(Season { from: "07-01".into(), to: "08-31".into() })][pick(2, n)].clone(),
                ..Spec::default()
            })
            .collect(),
        sales: pick(50, 8) as i64,
        created_at: At(at as i64),
        ..Doc::default()
    }
}

fn market(n: usize) -> Index {
    Index::build(&(0..n).map(product).collect::<Vec<_>>())
}

fn total(index: &Index, req: &SearchRequest) -> u64 {
    index.search(req).total
}

/// Clicks every value of every facet and compares the total with the count that was shown.
fn assert_counts_are_clicks(index: &Index, req: &SearchRequest) {
    for facet in index.search(req).facets {
        for value in facet.values {
            let mut click = req.clone();
            click.selected.retain(|(f, _)| *f != facet.facet);
            click.selected.push((facet.facet, value.value.clone()));
            assert_eq!(total(index, &click), value.count, "{:?} {} of {:?}", facet.facet, value.value, req.selected);
        }
    }
}

#[test]
fn facet_counts_equal_what_a_click_gives() {
    let index = market(300);
    let all = SearchRequest::on(day());
    assert_eq!(total(&index, &all), 300);
    assert_counts_are_clicks(&index, &all);
    assert_counts_are_clicks(&index, &all.clone().text("狗头枣"));
    let chosen = all.with(Facet::County, "610601").with(Facet::County, "610602").with(Facet::Grade, "特级");
    assert_counts_are_clicks(&index, &chosen);
    assert_counts_are_clicks(&index, &SearchRequest { min_fen: Some(5000), ..chosen.with(Facet::InSeason, "true") });
}

#[test]
fn two_values_of_a_facet_give_what_either_gives() {
    let index = market(300);
    let all = SearchRequest::on(day());
    let a = total(&index, &all.clone().with(Facet::County, "610601"));
    let b = total(&index, &all.clone().with(Facet::County, "610602"));
    assert_eq!(total(&index, &all.with(Facet::County, "610601").with(Facet::County, "610602")), a + b);
}

#[test]
fn pages_of_every_order_hold_every_product_once() {
    let index = market(300);
    for sort in Sort::ALL.iter().copied() {
        let mut seen = Vec::new();
        for page in 1..=13 {
            let req = SearchRequest { page, sort, ..SearchRequest::on(day()) };
            let hits = index.search(&req);
            assert_eq!(hits, index.search(&req), "equal answers on every run");
            seen.extend(hits.codes);
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 300, "{sort:?}");
    }
}

#[test]
fn the_index_knows_which_state_it_holds() {
    let docs: Vec<Doc> = (0..20).map(product).collect();
    let index = Index::build(&docs);
    assert!(index.digests().zip(&docs).all(|((code, digest), doc)| code == doc.code && digest == doc.digest()));
    let mut edited = docs[3].clone();
    edited.skus[0].price_fen += 1;
    assert_ne!(edited.digest(), docs[3].digest());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gets_an_answer(text in "\\PC{0,60}", trade in "(洛川|苹果|lcpg|gtz|80mm|十斤|-|[0-9]{1,20}|元|以内|#|有机|送礼|🍎|x|半| ){0,12}") {
        static MARKET: OnceLock<Index> = OnceLock::new();
        let index = MARKET.get_or_init(|| market(30));
        for text in [text, trade] {
            let hits = index.search(&SearchRequest::on(day()).text(text.clone()));
            prop_assert!(hits.codes.len() as u64 <= hits.total);
            for chip in &hits.chips {
                index.search(&SearchRequest::on(day()).text(chip.without.clone()));
            }
            index.suggest(&text);
        }
    }
}

#[test]
fn initials_suggest_what_they_stand_for() {
    let index = market(60);
    let lines = index.suggest("gtz");
    assert_eq!((lines[0].kind, lines[0].value.as_str()), (SuggestionKind::Query, "狗头枣"));
    assert!(lines.iter().any(|l| l.kind == SuggestionKind::Product && l.label.contains("狗头枣")), "{lines:?}");
    assert!(index.suggest("  ").is_empty());
}

#[test]
fn ten_thousand_characters_are_answered_in_bounded_time() {
    let index = market(30);
    for unit in ["洛川苹果", "a", "lcpg ", "1", "十", "\u{301}", "﷽", "🍎", "-", "一二三四五六七八九十"]
    {
        let text: String = unit.chars().cycle().take(10_000).collect();
        let before = busy();
        index.search(&SearchRequest::on(day()).text(text.clone()));
        index.suggest(&text);
        let took = busy().saturating_sub(before);
        assert!(took.as_millis() < 1500, "{unit}: {took:?}");
    }
}
