//! `kill -9` in mixed load: nothing answered is lost, nothing happens twice (I16).

use std::{
    collections::BTreeSet,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use yanxi::{db::Engine, kernel::Random};

use super::{
    load::{Load, PATIENCE},
    on_both_programs,
};
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
    for kill in 1..=kills {
        // At any moment, but never before the load got somewhere, however slow the machine is.
        load.told.reach(4 * kill).await;
        tokio::time::sleep(Duration::from_millis(random.below(1200).unwrap())).await;
        market.kill();
        slowest = slowest.max(market.run().await);
        let _quiet = load.gate.write().await;
        market.audit();
    }
    load.told.each_act_happened().await;
    let told = load.end().await;
    settled_orders_are_paid(&told).await;
    market.audit();
    let orders = told.orders.lock().unwrap().len();
    let (shipped, refunds) = (told.shipped.load(Ordering::SeqCst), told.refunds.load(Ordering::SeqCst));
    println!(
        "{engine:?}: {kills} kills, {orders} orders, {shipped} parcels, {refunds} refunds, ready again in {slowest:?}"
    );
    market.end().await;
}

/// Each answered order is there, once; within the poller's time what the provider captured is paid, and no payment
/// is left that the provider may not know.
async fn settled_orders_are_paid(told: &super::load::Told) {
    let orders = told.orders.lock().unwrap().clone();
    let numbers: BTreeSet<&String> = orders.iter().map(|kept| &kept.number).collect();
    assert_eq!(numbers.len(), orders.len(), "an order was answered twice");
    for kept in &orders {
        let begun = Instant::now();
        loop {
            let order = kept.owner.order(&kept.number).await;
            let state = order["state"].as_str().unwrap().to_owned();
            let unknown = order["payments"].as_array().unwrap().iter().any(|payment| payment["state"] == "created");
            let done = !kept.settled || matches!(state.as_str(), "paid" | "completed" | "refunded");
            if done && !unknown {
                break;
            }
            assert!(begun.elapsed() < PATIENCE, "{} was paid and is {state}: {order}", kept.number);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}
