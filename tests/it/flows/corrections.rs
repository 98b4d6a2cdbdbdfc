//! Corrections: what review takes out and puts back, and facts of a closed month that come late.

use std::sync::Arc;

use yanxi::{
    db::q,
    kernel::{Actor, At, Carrier, Fen},
    orders::{
        OrderState, ask,
        refund::{self, Asked, AskedLine},
        review,
        ship::{self, Scan, ScanKind, ScanSource, Shipping},
    },
    payments::sandbox::Outcome,
    reports::{Dimension, Kind},
};

use super::counting::{column, counter_journal_and_reports_agree, drawn, total};
use crate::support::{Shop, on_both, shop::write};

on_both! {
    a_refund_after_an_exclusion_lowers_effective_once,
    an_exclusion_that_is_undone_puts_back_what_was_not_refunded,
    a_capture_of_a_closed_month_is_an_adjustment_of_the_first_open_day,
}

async fn received(shop: &Shop, items: &[(&str, i64)]) -> String {
    let number = shop.placed(items, None).await.number;
    shop.pay(&number).await;
    for (place, (id, coop, _)) in shop.sellers(&number).await.into_iter().enumerate() {
        let parcel = Shipping { carrier: Carrier::Zto, tracking_no: format!("ZT{number}{place}"), lines: None };
        ship::ship(&shop.trade.work(Actor::SYSTEM, None), &coop, &id, parcel).await.unwrap();
        let at = shop.trade.clock.now();
        let scan = Scan { n: 1, kind: ScanKind::Delivered, at, source: ScanSource::CarrierFile };
        ship::scan(&shop.trade.work(Actor::SYSTEM, None), &id, scan).await.unwrap();
    }
    number
}

async fn refunded(shop: &Shop, number: &str, line_no: i64, fen: i64) {
    let order = shop.order(number).await;
    let asked = Asked::Lines(vec![AskedLine { line_no, qty: None, amount: Some(Fen(fen)) }]);
    refund::refund(&shop.trade, &shop.trade.work(Actor::SYSTEM, None), &order, (&asked, "坏果")).await.unwrap();
}

async fn figures(shop: &Shop) -> [i64; 3] {
    let all = drawn(shop, Kind::Summary, ("2026-11-01", "2026-11-30"), &[]).await;
    ["net_paid_fen", "effective_fen", "excluded_fen"].map(|name| total(&all, name))
}

async fn a_refund_after_an_exclusion_lowers_effective_once(shop: Arc<Shop>) {
    let number = received(&shop, &[("P03-1", 1), ("P02-1", 2)]).await;
    let work = shop.trade.work(Actor::SYSTEM, None);
    let order = shop.order(&number).await;
    assert_eq!(figures(&shop).await, [19_900 + 6700, 19_900 + 6700, 0]);
    review::exclude(&work, &order, 1, "one buyer behind many orders").await.unwrap();
    assert_eq!(figures(&shop).await, [26_600, 6700, 19_900]);
    assert!(review::exclude(&work, &order, 1, "again").await.is_err());
    refunded(&shop, &number, 1, 5000).await;
    assert_eq!(figures(&shop).await, [21_600, 6700, 19_900], "it was out of effective already");
    refunded(&shop, &number, 2, 700).await;
    assert_eq!(figures(&shop).await, [20_900, 6000, 19_900]);
    counter_journal_and_reports_agree(&shop).await;
}

async fn an_exclusion_that_is_undone_puts_back_what_was_not_refunded(shop: Arc<Shop>) {
    let number = received(&shop, &[("P03-1", 1)]).await;
    let work = shop.trade.work(Actor::SYSTEM, None);
    let order = shop.order(&number).await;
    assert!(review::include(&work, &order, 1, "not out").await.is_err());
    review::exclude(&work, &order, 1, "to be looked at").await.unwrap();
    refunded(&shop, &number, 1, 5000).await;
    review::include(&work, &order, 1, "the buyers are a choir").await.unwrap();
    assert_eq!(figures(&shop).await, [14_900, 14_900, 5000], "what was refunded meanwhile stays out");
    refunded(&shop, &number, 1, 900).await;
    assert_eq!(figures(&shop).await, [14_000, 14_000, 5000]);
    counter_journal_and_reports_agree(&shop).await;
}

async fn a_capture_of_a_closed_month_is_an_adjustment_of_the_first_open_day(shop: Arc<Shop>) {
    shop.trade.clock.set(At::parse("2026-10-31T23:40:00+08:00").unwrap());
    let placed = shop.placed(&[("P01-1", 1), ("P02-1", 1)], None).await;
    let payment = shop.open_payment(&placed.number).await;
    let sandbox = shop.sandbox();
    // The provider captures in October, and its message is lost until the month is closed.
    sandbox.settle(&shop.trade.db, &payment, Outcome::Succeeded, shop.trade.clock.now()).await.unwrap();
    write(&shop.trade.db, &["INSERT INTO closed_months (month, marked_at) VALUES ('2026-10', 0)"]).await;
    shop.trade.clock.set(At::parse("2026-11-06T09:00:00+08:00").unwrap());
    ask::ask_provider(&shop.trade, &payment).await.unwrap();
    assert_eq!(shop.state(&placed.number).await, OrderState::Paid);
    let booked: Vec<(String, Option<String>)> = q("SELECT day, late_for FROM ledger_entries GROUP BY day, late_for")
        .all(&mut shop.trade.db.read().await.unwrap())
        .await
        .unwrap();
    assert_eq!(booked, [("2026-11-01".to_owned(), Some("2026-10".to_owned()))]);
    let months = drawn(&shop, Kind::Summary, ("2026-10-01", "2026-11-30"), &[Dimension::Month]).await;
    assert_eq!(column(&months, "adjustments_fen"), [("2026-11".to_owned(), 8990 + 3350)].into());
    assert_eq!(column(&months, "gross_paid_fen"), [("2026-11".to_owned(), 0)].into());
    assert_eq!((total(&months, "net_paid_fen"), total(&months, "orders")), (12_340, 1));
    counter_journal_and_reports_agree(&shop).await;
}
