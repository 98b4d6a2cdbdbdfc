//! `kill -9` in mixed load: nothing answered is lost, nothing happens twice (I16).

use std::{collections::BTreeSet, sync::atomic::Ordering, time::Duration};

use yanxi::{db::Engine, kernel::Random};

use super::{load::Load, on_both_programs};
use crate::support::{Market, long};

on_both_programs! {
    kills_in_mixed_load_lose_nothing,
}

async fn kills_in_mixed_load_lose_nothing(engine: Engine) {
    let Some(mut market) = Market::start(engine, &[]).await else { return };
    let load = Load::start(&market, 6).await;
    let kills = if long() { 50 } else { 10 };
    let mut random = Random::Seeded(9);
    let mut slowest = Duration::ZERO;
    for _ in 0..kills {
        tokio::time::sleep(Duration::from_millis(300 + random.below(1200).unwrap())).await;
        market.kill();
        slowest = slowest.max(market.run().await);
        let _quiet = load.gate.write().await;
        market.audit();
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let told = load.end().await;
    settled_orders_are_paid(&told).await;
    market.audit();
    let orders = told.orders.lock().unwrap().len();
    let (shipped, refunds) = (told.shipped.load(Ordering::SeqCst), told.refunds.load(Ordering::SeqCst));
    assert!(orders > 3 * kills && shipped > 0 && refunds > 0, "{orders} orders, {shipped} parcels, {refunds} refunds");
    println!(
        "{engine:?}: {kills} kills, {orders} orders, {shipped} parcels, {refunds} refunds, ready again in {slowest:?}"
    );
    market.end().await;
}

/// Each answered order is there, once; what the provider captured is paid within the poller's time.
async fn settled_orders_are_paid(told: &super::load::Told) {
    let orders = told.orders.lock().unwrap().clone();
    let numbers: BTreeSet<&String> = orders.iter().map(|kept| &kept.number).collect();
    assert_eq!(numbers.len(), orders.len(), "an order was answered twice");
    for kept in &orders {
        let mut tries = 0;
        loop {
            let order = kept.owner.order(&kept.number).await;
            let state = order["state"].as_str().unwrap().to_owned();
            if !kept.settled || matches!(state.as_str(), "paid" | "completed" | "refunded") {
                break;
            }
            tries += 1;
            assert!(tries < 50, "{} was paid and is {state}", kept.number);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}
