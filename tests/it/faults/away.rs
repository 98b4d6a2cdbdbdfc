//! The database is away, or the disk is full: 503 in bounded time, no half order, service again by itself
//! (R1).

use std::{
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::net::{TcpListener, TcpStream};
use yanxi::db::Engine;

use crate::support::{
    Api, Market,
    api::{Answer, key, place_body, quote_body},
    runtime, skipped, variable,
};

/// A wire to PostgreSQL that can be cut: cut, it ends what runs and takes nothing new.
struct Wire {
    port: u16,
    cut: Arc<AtomicBool>,
}

impl Wire {
    async fn to(target: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, cut) = (listener.local_addr().unwrap().port(), Arc::new(AtomicBool::new(false)));
        let wire = Self { port, cut: cut.clone() };
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let (target, cut) = (target.clone(), cut.clone());
                tokio::spawn(async move {
                    if cut.load(Ordering::SeqCst) {
                        return;
                    }
                    let Ok(mut far) = TcpStream::connect(target).await else { return };
                    let until_cut = async {
                        while !cut.load(Ordering::SeqCst) {
                            tokio::time::sleep(Duration::from_millis(10)).await;
                        }
                    };
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                        () = until_cut => {}
                    }
                });
            }
        });
        wire
    }
}

/// Orders as long as `wanted`; answers how they ended and the slowest answer.
async fn try_orders(api: &Api, wanted: usize) -> (Vec<Answer>, Duration) {
    let (mut answers, mut slowest) = (Vec::new(), Duration::ZERO);
    for _ in 0..wanted {
        let begun = Instant::now();
        let quote = api.send("POST", "/quotes", Some(&key()), Some(quote_body(&[("P19-1", 1)]).to_string())).await;
        let quote = quote.expect("an answer in bounded time");
        slowest = slowest.max(begun.elapsed());
        let Some(id) = quote.body["quote_id"].as_str() else {
            answers.push(quote);
            continue;
        };
        let begun = Instant::now();
        let placed = api.send("POST", "/orders", Some(&key()), Some(place_body(id).to_string())).await;
        slowest = slowest.max(begun.elapsed());
        answers.push(placed.expect("an answer in bounded time"));
    }
    (answers, slowest)
}

fn told_to_come_back(answers: &[Answer]) {
    for answer in answers {
        assert_eq!(answer.status, 503, "{answer:?}");
        assert!(answer.kind.starts_with("application/problem+json"), "{answer:?}");
        assert_eq!(answer.body["code"], "unavailable");
    }
}

async fn served_again(api: &Api) {
    let begun = Instant::now();
    loop {
        let (answers, _) = try_orders(api, 1).await;
        if answers[0].status == 201 {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", answers[0]);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[test]
fn a_postgresql_that_is_away_gives_503_and_the_market_comes_back() {
    runtime().block_on(async {
        let Some(mut market) = Market::prepared(Engine::Postgres, &[]).await else { return };
        let direct = market.database();
        let (_, server) = direct.split_once('@').unwrap();
        let wire = Wire::to(server.split_once('/').unwrap().0.to_owned()).await;
        let through = direct.replacen(server.split_once('/').unwrap().0, &format!("127.0.0.1:{}", wire.port), 1);
        market.set("DATABASE_URL", &through);
        market.run().await;
        let api = Api::of(&market.url);
        served_again(&api).await;
        wire.cut.store(true, Ordering::SeqCst);
        let (answers, slowest) = try_orders(&api, 4).await;
        told_to_come_back(&answers);
        assert!(slowest < Duration::from_secs(5), "the slowest answer took {slowest:?}");
        let page = super::super::support::http().get(format!("{}/counter", market.url)).send().await.unwrap();
        assert!(matches!(page.status().as_u16(), 200 | 503), "{}\n{}", page.status(), market.told());
        let begun = Instant::now();
        wire.cut.store(false, Ordering::SeqCst);
        served_again(&api).await;
        println!("slowest answer while away {slowest:?}, served again after {:?}", begun.elapsed());
        market.audit();
        market.end().await;
    });
}

#[test]
fn a_full_disk_gives_503_and_the_market_comes_back() {
    runtime().block_on(async {
        let Some(mut market) = Market::prepared(Engine::Sqlite, &[]).await else { return };
        let data = market.folder.path().join("data");
        let small = market.folder.path().join("small");
        std::fs::create_dir(&small).unwrap();
        let size = variable("YANXI_TEST_SMALL_DISK").unwrap_or_else(|| "400m".to_owned());
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"]).arg(&small).status();
        if !mounted.is_ok_and(|exit| exit.success()) {
            return skipped("a small disk needs the right to mount a tmpfs");
        }
        let copied = Command::new("cp").arg("-a").arg(&data).arg(&small).status().unwrap();
        assert!(copied.success());
        market.set("YANXI_DATA", &small.join("data").display().to_string());
        market.run().await;
        let api = Api::of(&market.url);
        served_again(&api).await;
        let ballast = small.join("ballast");
        let _ = Command::new("dd").args(["if=/dev/zero", "bs=64k"]).arg(format!("of={}", ballast.display())).output();
        // The log still has room within the blocks that it has; then nothing more goes in.
        let mut refused = Vec::new();
        let begun = Instant::now();
        while refused.is_empty() && begun.elapsed() < Duration::from_mins(1) {
            let (answers, slowest) = try_orders(&api, 10).await;
            assert!(slowest < Duration::from_secs(5), "the slowest answer took {slowest:?}");
            refused = answers.into_iter().filter(|answer| answer.status != 201).collect();
        }
        assert!(!refused.is_empty(), "the disk never got full");
        told_to_come_back(&refused);
        let page = super::super::support::http().get(format!("{}/counter", market.url)).send().await.unwrap();
        assert_eq!(page.status().as_u16(), 200, "pages are still read");
        std::fs::remove_file(&ballast).unwrap();
        served_again(&api).await;
        market.audit();
        market.kill();
        let _ = Command::new("umount").arg("-l").arg(&small).status();
        market.end().await;
    });
}
