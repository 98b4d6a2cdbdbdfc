//! Meilisearch beside the embedded index: it follows, and whatever it does a shopper gets an answer.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use yanxi::search::{Change, Doc, Engine, Facet, Hits, Meili, SearchRequest, Sort};

use crate::{
    search::{day, product},
    support::{
        meili::{Meilisearch, Mood},
        runtime,
    },
};

/// An engine over products, with a stand-in that holds them.
struct Both {
    engine: Engine,
    fake: Meilisearch,
    docs: Vec<Doc>,
}

impl Both {
    async fn start(n: usize) -> Self {
        let fake = Meilisearch::start().await;
        let docs: Vec<Doc> = (0..n).map(product).collect();
        let engine = Engine::new(&docs).with_meili(Meili::new(&fake.url, Some("key")).unwrap());
        let both = Self { engine, fake, docs };
        both.meili().write(|| both.docs.clone()).await.unwrap();
        both.look().await.unwrap();
        assert!(both.meili().is_ready());
        both
    }

    fn meili(&self) -> &Meili {
        self.engine.meili().unwrap()
    }

    /// A turn of the job that looks.
    async fn look(&self) -> yanxi::kernel::Result<()> {
        let generation = self.meili().generation();
        self.meili().watch(&self.engine.now(), generation).await
    }

    /// Turns of both jobs until it follows again.
    async fn settle(&self) {
        let begun = Instant::now();
        while !self.meili().is_ready() {
            assert!(begun.elapsed() < Duration::from_secs(20), "Meilisearch does not follow");
            let _ = self.meili().write(|| self.docs.clone()).await;
            let _ = self.look().await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn change(&mut self, doc: Doc) {
        self.engine.change(&[Change::Put(Box::new(doc.clone()))]);
        match self.docs.iter_mut().find(|known| known.code == doc.code) {
            Some(known) => *known = doc,
            None => self.docs.push(doc),
        }
    }

    async fn ask(&self, text: &str) -> Hits {
        self.engine.search(&SearchRequest::on(day()).text(text)).await
    }

    fn embedded(&self, text: &str) -> Hits {
        self.engine.now().search(&SearchRequest::on(day()).text(text))
    }
}

fn in_runtime(story: impl Future<Output = ()>) {
    runtime().block_on(story);
}

#[test]
fn it_finds_the_words_and_counts_equal_clicks() {
    in_runtime(async {
        let both = Both::start(200).await;
        for text in ["gtz", "狗头枣 5kg", "红富士 100元以内", "黑木耳礼盒", "小米"] {
            let before = both.fake.searches();
            let req = SearchRequest::on(day()).text(text);
            let hits = both.engine.search(&req).await;
            assert_eq!(both.fake.searches(), before + 1, "{text}");
            assert_eq!((hits.total, &hits.chips), (both.embedded(text).total, &both.embedded(text).chips), "{text}");
            for facet in &hits.facets {
                for value in &facet.values {
                    let click = both.engine.search(&req.clone().with(facet.facet, value.value.clone())).await;
                    assert_eq!(click.total, value.count, "{text}: {:?} {}", facet.facet, value.value);
                }
            }
            for sort in Sort::ALL.iter().copied() {
                let sorted = both.engine.search(&SearchRequest { sort, ..req.clone() }).await;
                assert_eq!(sorted.total, hits.total, "{text} {sort:?}");
            }
        }
        let asked = both.fake.searches();
        both.engine.search(&SearchRequest::on(day()).with(Facet::Grade, "特级")).await;
        assert_eq!(both.ask("T7-0").await.codes, ["T7"]);
        both.ask("iPhone 17").await;
        assert_eq!(both.fake.searches(), asked, "it has nothing to add to lists, codes and what must be relaxed");
    });
}

#[test]
fn slow_broken_or_gone_the_embedded_index_answers() {
    in_runtime(async {
        for mood in [Mood::Slow, Mood::Broken] {
            let both = Both::start(60).await;
            both.fake.is(mood);
            let begun = Instant::now();
            for _ in 0..20 {
                assert_eq!(both.ask("gtz").await, both.embedded("gtz"), "{mood:?}");
            }
            // Three searches wait at most half a second each, then it is left alone; all twenty would wait ten.
            assert!(begun.elapsed() < Duration::from_secs(8), "{mood:?}: {:?}", begun.elapsed());
            assert!(!both.meili().is_ready());
            both.fake.is(Mood::Fine);
            tokio::time::sleep(Duration::from_millis(5100)).await;
            let before = both.fake.searches();
            both.ask("gtz").await;
            assert_eq!(both.fake.searches(), before + 1, "it is asked again after a while");
        }
        let gone = Engine::new(&[product(0)]).with_meili(Meili::new("http://127.0.0.1:9", None).unwrap());
        assert!(gone.meili().unwrap().write(|| vec![product(0)]).await.is_err());
        assert_eq!(gone.search(&SearchRequest::on(day()).text("红富士")).await.total, 1);
    });
}

#[test]
fn what_changed_is_seen_at_once_and_it_follows() {
    in_runtime(async {
        let mut both = Both::start(100).await;
        let name = |name: &str, at: usize| Doc { name: name.into(), ..product(at) };
        both.change(name("延川狗头枣礼盒", 3));
        both.change(name("延川狗头枣", 500));
        assert!(!both.meili().is_ready(), "it is behind");
        let hits =
            both.engine.search(&SearchRequest { per_page: 100, ..SearchRequest::on(day()).text("狗头枣") }).await;
        assert!(["T3", "T500"].iter().all(|code| hits.codes.iter().any(|c| c == code)), "{:?}", hits.codes);
        both.settle().await;
        let before = both.fake.searches();
        assert_eq!(both.ask("狗头枣").await.total, hits.total);
        assert_eq!(both.fake.searches(), before + 1);
        let sold = Doc { sales: 999, ..both.docs[7].clone() };
        both.change(sold);
        assert!(both.meili().is_ready(), "a sale is nothing to it");
        both.engine.change(&[Change::Gone("T500".into())]);
        both.docs.retain(|doc| doc.code != "T500");
        assert_eq!(both.ask("狗头枣").await.total, hits.total - 1);
        both.settle().await;
        assert_eq!(both.fake.versions().len(), 100);
    });
}

#[test]
fn tasks_that_fail_or_are_lost_are_sent_again_until_it_holds_everything() {
    in_runtime(async {
        for mood in [Mood::FailsTasks, Mood::LosesTasks, Mood::Broken] {
            let mut both = Both::start(50).await;
            both.fake.is(mood);
            both.change(Doc { name: "延川狗头枣特供".into(), ..product(5) });
            assert!(both.meili().write(|| both.docs.clone()).await.is_err(), "{mood:?}");
            let _ = both.look().await;
            assert!(!both.meili().is_ready(), "{mood:?}");
            assert_eq!(both.ask("狗头枣特供").await, both.embedded("狗头枣特供"));
            // It goes back to what it was before the failed change, and something else changes.
            both.change(product(5));
            both.change(Doc { name: "志丹羊肉卷".into(), ..product(9) });
            both.fake.is(Mood::Fine);
            both.settle().await;
            let versions = both.fake.versions();
            let held: BTreeMap<String, String> =
                both.engine.now().text_digests().map(|(code, d)| (code.to_owned(), format!("{d:016x}"))).collect();
            assert_eq!(versions, held, "{mood:?}");
        }
    });
}

#[test]
fn a_wiped_server_is_filled_anew_and_no_search_finds_half() {
    in_runtime(async {
        let both = Both::start(2500).await;
        both.fake.wipe();
        assert_eq!(both.ask("gtz").await, both.embedded("gtz"));
        both.look().await.unwrap();
        assert!(!both.meili().is_ready());
        both.settle().await;
        assert_eq!(both.fake.versions().len(), 2500);
        // Another process with the same server and other products fills it beside the one in use.
        let docs: Vec<Doc> = (0..2600).map(|at| product(at + 1)).collect();
        let other = Engine::new(&docs).with_meili(Meili::new(&both.fake.url, None).unwrap());
        other.meili().unwrap().write(|| docs.clone()).await.unwrap();
        assert_eq!((both.fake.versions().len(), both.fake.least()), (2600, 2500), "swapped whole");
    });
}
