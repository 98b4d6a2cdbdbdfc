//! The first page holds what was meant: queries by kind over the demonstration catalogue.
//!
//! `cargo test --test it relevance -- --nocapture` prints hits@5 and MRR@10 by kind, and each query whose
//! first product is not one of those expected. With `MEILI_URL` (and `MEILI_KEY`) it does so for that
//! server too, whose index `yanxi_products` it overwrites.

use std::collections::BTreeMap;

use yanxi::{
    catalogue,
    db::{Db, Engine as Database},
    kernel::Clock,
    search::{Doc, Engine, Meili, SearchRequest, docs},
};

use crate::{
    search::day,
    support::{Market, runtime, skipped, variable},
};

/// The demonstration's products, as the seeds load them.
pub async fn products() -> Vec<Doc> {
    let market = Market::prepared(Database::Sqlite, &[]).await.unwrap();
    let db = Db::open(&market.database(), None).await.unwrap();
    let snapshot = catalogue::load(&mut db.read().await.unwrap(), Clock::System.now()).await.unwrap();
    db.close().await;
    docs(&snapshot)
}

struct Asked<'a> {
    kind: &'a str,
    text: &'a str,
    expected: Vec<&'a str>,
}

fn queries() -> Vec<Asked<'static>> {
    let file = include_str!("../relevance/queries.tsv");
    let lines = file.lines().filter(|l| !l.starts_with('#') && !l.is_empty());
    let asked = lines.map(|line| {
        let column: Vec<&str> = line.split('\t').collect();
        Asked { kind: column[0], text: column[1], expected: column[2].split(' ').collect() }
    });
    asked.collect()
}

/// Rank of the first expected product among the first ten, from 1.
async fn rank(engine: &Engine, asked: &Asked<'_>) -> Option<usize> {
    let hits = engine.search(&SearchRequest { per_page: 10, ..SearchRequest::on(day()).text(asked.text) }).await;
    let rank = if asked.expected == ["NONE"] {
        hits.codes.is_empty().then_some(1)
    } else {
        hits.codes.iter().position(|code| asked.expected.contains(&code.as_str())).map(|at| at + 1)
    };
    if rank != Some(1) {
        println!("{:<12} {:<30} {rank:?} {:?} {:?}", asked.kind, asked.text, hits.codes, hits.notes);
    }
    rank
}

#[derive(Default)]
struct Tally {
    asked: u32,
    in_five: u32,
    reciprocal: f64,
}

impl Tally {
    fn add(&mut self, rank: Option<usize>) {
        self.asked += 1;
        self.in_five += u32::from(rank.is_some_and(|r| r <= 5));
        self.reciprocal += rank.map_or(0.0, |r| 1.0 / f64::from(u32::try_from(r).unwrap()));
    }

    fn mrr(&self) -> f64 {
        self.reciprocal / f64::from(self.asked)
    }

    fn print(&self, kind: &str) {
        let hits = f64::from(self.in_five) / f64::from(self.asked);
        println!("{kind:<12} {:>4} queries   hits@5 {hits:.3}   MRR@10 {:.3}", self.asked, self.mrr());
    }
}

/// Asks every query, prints the figures and holds them to their least.
async fn measure(engine: &Engine, [of_all, of_each]: [f64; 2]) {
    let mut kinds: BTreeMap<&str, Tally> = BTreeMap::new();
    let mut total = Tally::default();
    let queries = queries();
    assert!(queries.len() >= 120);
    for asked in &queries {
        let rank = rank(engine, asked).await;
        kinds.entry(asked.kind).or_default().add(rank);
        total.add(rank);
    }
    for (kind, tally) in &kinds {
        tally.print(kind);
    }
    total.print("all");
    assert!(total.mrr() >= of_all, "MRR@10 of all queries is {:.3}", total.mrr());
    for (kind, tally) in &kinds {
        assert!(tally.mrr() >= of_each, "MRR@10 of {kind} is {:.3}", tally.mrr());
    }
}

#[test]
fn the_first_page_holds_what_was_meant() {
    runtime().block_on(async {
        let engine = Engine::new(&products().await);
        measure(&engine, [0.95, 0.85]).await;
    });
}

#[test]
fn the_first_page_holds_what_was_meant_on_meilisearch() {
    let Some(url) = variable("MEILI_URL") else {
        return skipped("MEILI_URL names no Meilisearch");
    };
    runtime().block_on(async {
        let products = products().await;
        let meili = Meili::new(&url, variable("MEILI_KEY").as_deref()).unwrap();
        let engine = Engine::new(&products).with_meili(meili.clone());
        meili.write(|| products.clone()).await.unwrap();
        meili.watch(&engine.now(), meili.generation()).await.unwrap();
        assert!(meili.is_ready());
        measure(&engine, [0.95, 0.85]).await;
        assert!(meili.is_ready(), "it answered in time to the end");
    });
}
