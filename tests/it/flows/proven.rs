//! What proves that goods arrived, and how much of the effective sales has no proof but a word or time (C9).

use std::sync::Arc;

use yanxi::{
    kernel::{
        Actor, Carrier, Fen,
        time::{DAY, HOUR},
    },
    orders::{
        receive,
        refund::{self, Asked, AskedLine},
        ship::{self, Scan, ScanKind, ScanSource, Shipping},
    },
    reports::Kind,
};

use super::counting::{column, drawn};
use crate::support::{Shop, on_both};

on_both! {
    what_no_scan_proves_is_shown_apart,
}

async fn what_no_scan_proves_is_shown_apart(shop: Arc<Shop>) {
    let work = || shop.trade.work(Actor::SYSTEM, None);
    let mut sent = Vec::new();
    for (n, qty) in [1, 2, 3, 4].into_iter().enumerate() {
        let number = shop.placed(&[("P01-1", qty)], None).await.number;
        shop.pay(&number).await;
        let (id, coop, _) = shop.sellers(&number).await.remove(0);
        let parcel = Shipping { carrier: Carrier::Zto, tracking_no: format!("ZT700{n}"), lines: None };
        ship::ship(&work(), &coop, &id, parcel).await.unwrap();
        sent.push((number, id));
    }
    let at = shop.trade.clock.now();
    // One is picked up and received by time, one confirmed without a scan, one confirmed after a scan, one delivered.
    for (place, kind) in [(0, ScanKind::PickedUp), (2, ScanKind::PickedUp), (3, ScanKind::Delivered)] {
        let scan = Scan { n: 1, kind, at, source: ScanSource::CarrierFile };
        ship::scan(&work(), &sent[place].1, scan).await.unwrap();
    }
    shop.trade.clock.advance(HOUR);
    for place in [1, 2] {
        let order = shop.order(&sent[place].0).await;
        receive::confirm(&shop.trade.work(Actor::GUEST, None), &order, &sent[place].1).await.unwrap();
    }
    shop.trade.clock.advance(10 * DAY);
    assert_eq!(receive::auto_receive(&shop.trade, 10).await.unwrap(), 1);
    let shown = async || column(&drawn(&shop, Kind::Bridge, ("2026-11-01", "2026-12-31"), &[]).await, "amount_fen");
    let steps = shown().await;
    assert_eq!(
        (steps["effective"], steps["effective_automatic"], steps["effective_unscanned"]),
        (10 * 8990, 8990, 2 * 8990)
    );
    // What goes back of it is no longer effective, so it leaves the share too.
    let order = shop.order(&sent[1].0).await;
    let asked = Asked::Lines(vec![AskedLine { line_no: 1, qty: None, amount: Some(Fen(1000)) }]);
    refund::refund(&shop.trade, &work(), &order, (&asked, "坏果")).await.unwrap();
    assert_eq!(shown().await["effective_unscanned"], 2 * 8990 - 1000);
}
