//! Money that goes back: with the units, from where it stands, once, and without drift.

use std::sync::Arc;

use yanxi::{
    db::q,
    kernel::{Actor, At, Carrier, Fen, time::SECOND},
    orders::{
        OrderState, SellerOrderState, expire, place,
        refund::{self, Asked, AskedLine, Refunding},
        ship::{self, Packed, Scan, ScanKind, ScanSource, Shipping},
    },
    payments::sandbox::Outcome,
};

use crate::support::{Shop, on_both, shop::write};

on_both! {
    an_amount_that_is_all_of_an_unshipped_line_takes_its_units_back,
    an_amount_that_is_all_of_the_goods_ends_the_order_though_freight_stays,
    all_units_of_a_part_that_go_back_unshipped_take_its_freight_with_them,
    a_receipt_is_dated_by_the_parcel_that_arrived_last,
    freight_and_subsidies_become_due_with_the_goods_and_come_back_from_there,
    freight_of_units_that_went_back_is_due_with_the_parcel_that_was_sent,
    a_recount_beside_sales_counts_each_once,
    a_line_that_was_free_gives_its_subsidy_back_with_its_units,
    a_subsidised_set_refunded_in_many_steps_leaves_nothing_with_anyone,
    nothing_is_shipped_of_what_is_promised_back,
    coupon_and_stock_are_taken_in_one_order_by_whoever_ends_or_pays,
}

async fn give_back(shop: &Shop, number: &str, asked: Asked) -> yanxi::kernel::Result<Refunding> {
    let order = shop.order(number).await;
    refund::refund(&shop.trade, &shop.trade.work(Actor::SYSTEM, None), &order, (&asked, "坏果")).await
}

fn units(line_no: i64, qty: i64) -> Asked {
    Asked::Lines(vec![AskedLine { line_no, qty: Some(qty), amount: None }])
}

fn money(line_no: i64, fen: i64) -> Asked {
    Asked::Lines(vec![AskedLine { line_no, qty: None, amount: Some(Fen(fen)) }])
}

async fn paid(shop: &Shop, items: &[(&str, i64)], coupon: Option<&str>) -> String {
    let placed = shop.placed(items, coupon).await;
    if placed.state == OrderState::AwaitingPayment {
        shop.pay(&placed.number).await;
    }
    placed.number
}

/// Ships some lines of a seller order by its place; answers the parcel's number.
async fn ship(shop: &Shop, number: &str, place: usize, lines: Option<Vec<Packed>>) -> yanxi::kernel::Result<i64> {
    let (id, coop, _) = shop.sellers(number).await.swap_remove(place);
    let tracking_no = format!("ZT{}{place}{}", number, lines.as_ref().map_or(0, |lines| lines[0].qty));
    let shipping = Shipping { carrier: Carrier::Zto, tracking_no, lines };
    ship::ship(&shop.trade.work(Actor::SYSTEM, None), &coop, &id, shipping).await
}

async fn delivered(shop: &Shop, number: &str, (place, n): (usize, i64), at: At) {
    let id = shop.sellers(number).await.swap_remove(place).0;
    let scan = Scan { n, kind: ScanKind::Delivered, at, source: ScanSource::CarrierFile };
    ship::scan(&shop.trade.work(Actor::SYSTEM, None), &id, scan).await.unwrap();
}

async fn number_of(shop: &Shop, sql: &'static str) -> i64 {
    let (n,): (i64,) = q(sql).one(&mut shop.trade.db.read().await.unwrap()).await.unwrap();
    n
}

async fn an_amount_that_is_all_of_an_unshipped_line_takes_its_units_back(shop: Arc<Shop>) {
    let number = paid(&shop, &[("P01-1", 2), ("P02-1", 1)], None).await;
    give_back(&shop, &number, money(1, 2 * 8990)).await.unwrap();
    assert_eq!(shop.stock("P01-1").await, (100, 0), "its units are back");
    let states: Vec<SellerOrderState> = shop.sellers(&number).await.into_iter().map(|s| s.2).collect();
    assert_eq!(states, [SellerOrderState::Refunded, SellerOrderState::ToShip]);
    let part = give_back(&shop, &number, money(2, 1000)).await.unwrap();
    assert_eq!((part.goods_fen, shop.stock("P02-1").await), (Fen(1000), (4, 0)), "a part of the price is no unit");
    ship(&shop, &number, 1, None).await.unwrap();
}

async fn an_amount_that_is_all_of_the_goods_ends_the_order_though_freight_stays(shop: Arc<Shop>) {
    let number = paid(&shop, &[("P01-1", 2)], None).await;
    let order = shop.order(&number).await;
    assert!(order.freight_fen > Fen::ZERO);
    give_back(&shop, &number, Asked::Amount(order.goods_fen)).await.unwrap();
    assert_eq!(shop.stock("P01-1").await, (100, 0));
    assert_eq!(shop.state(&number).await, OrderState::Completed);
    let rest = give_back(&shop, &number, Asked::Whole).await.unwrap();
    assert_eq!(rest.amount_fen, order.freight_fen);
    assert_eq!(shop.state(&number).await, OrderState::Refunded);
}

async fn all_units_of_a_part_that_go_back_unshipped_take_its_freight_with_them(shop: Arc<Shop>) {
    let number = paid(&shop, &[("P01-1", 2), ("P02-1", 1)], None).await;
    let order = shop.order(&number).await;
    let one = give_back(&shop, &number, units(1, 1)).await.unwrap();
    assert_eq!(one.freight_fen, Fen::ZERO, "a unit is still to be sent");
    let last = give_back(&shop, &number, units(1, 1)).await.unwrap();
    let first_freight = number_of(&shop, "SELECT freight_fen FROM seller_orders WHERE position = 1").await;
    assert_eq!(last.freight_fen.0, first_freight);
    let rest = give_back(&shop, &number, units(2, 1)).await.unwrap();
    assert_eq!(one.amount_fen.0 + last.amount_fen.0 + rest.amount_fen.0, order.total_fen.0);
    assert_eq!(shop.state(&number).await, OrderState::Refunded);
}

async fn a_receipt_is_dated_by_the_parcel_that_arrived_last(shop: Arc<Shop>) {
    let number = paid(&shop, &[("P01-1", 3)], None).await;
    ship(&shop, &number, 0, Some(vec![Packed { line_no: 1, qty: 1 }])).await.unwrap();
    ship(&shop, &number, 0, Some(vec![Packed { line_no: 1, qty: 2 }])).await.unwrap();
    shop.trade.clock.set(At::parse("2026-11-09T12:00:00+08:00").unwrap());
    let (early, late) = ("2026-11-03T10:00:00+08:00", "2026-11-05T09:00:00+08:00");
    delivered(&shop, &number, (0, 2), At::parse(late).unwrap()).await;
    delivered(&shop, &number, (0, 1), At::parse(early).unwrap()).await;
    let days: Vec<(String,)> = q("SELECT day FROM ledger_entries WHERE kind = 'receipt'")
        .all(&mut shop.trade.db.read().await.unwrap())
        .await
        .unwrap();
    assert_eq!(days, [("2026-11-05".to_owned(),)], "the scan of 3 November was only recorded later");
    let received = number_of(&shop, "SELECT received_at FROM seller_orders").await;
    assert_eq!(received, At::parse(late).unwrap().0);
}

/// What stands on the cooperatives' accounts.
async fn standing(shop: &Shop) -> (i64, i64) {
    let transit = "SELECT CAST(COALESCE(SUM(CASE WHEN credit = 'transit' THEN amount_fen WHEN debit = 'transit'
        THEN -amount_fen ELSE 0 END), 0) AS BIGINT) FROM ledger_entries";
    let due = "SELECT CAST(COALESCE(SUM(CASE WHEN credit = 'due' THEN amount_fen WHEN debit = 'due'
        THEN -amount_fen ELSE 0 END), 0) AS BIGINT) FROM ledger_entries";
    (number_of(shop, transit).await, number_of(shop, due).await)
}

async fn freight_and_subsidies_become_due_with_the_goods_and_come_back_from_there(shop: Arc<Shop>) {
    let number = paid(&shop, &[("P01-1", 3)], Some("THIRTY")).await;
    let order = shop.order(&number).await;
    let all = order.goods_fen.0 + order.freight_fen.0;
    assert_eq!(standing(&shop).await, (all, 0), "what the platform adds waits with the goods");
    ship(&shop, &number, 0, None).await.unwrap();
    delivered(&shop, &number, (0, 1), shop.trade.clock.now()).await;
    assert_eq!(standing(&shop).await, (0, all));
    give_back(&shop, &number, units(1, 1)).await.unwrap();
    assert_eq!(standing(&shop).await, (0, all - 8990), "a third of the goods, its subsidy with it");
    give_back(&shop, &number, Asked::Whole).await.unwrap();
    assert_eq!(standing(&shop).await, (0, 0));
}

async fn freight_of_units_that_went_back_is_due_with_the_parcel_that_was_sent(shop: Arc<Shop>) {
    // The box is sold by the first cooperative, as the apples are.
    let number = paid(&shop, &[("P01-1", 1), ("P03-1", 1)], None).await;
    let order = shop.order(&number).await;
    give_back(&shop, &number, units(1, 1)).await.unwrap();
    ship(&shop, &number, 0, None).await.unwrap();
    delivered(&shop, &number, (0, 1), shop.trade.clock.now()).await;
    assert_eq!(shop.state(&number).await, OrderState::Completed);
    assert_eq!(standing(&shop).await, (0, 19_900 + order.freight_fen.0), "nothing stays on the way");
    give_back(&shop, &number, Asked::Whole).await.unwrap();
    assert_eq!(standing(&shop).await, (0, 0));
}

async fn a_recount_beside_sales_counts_each_once(shop: Arc<Shop>) {
    shop.shelve(200).await;
    for _ in 0..6 {
        paid(&shop, &[("P01-1", 1), ("P02-1", 1)], None).await;
    }
    shop.seal().await;
    let selling = async {
        for _ in 0..25 {
            paid(&shop, &[("P01-1", 1), ("P02-1", 1)], None).await;
            tokio::task::yield_now().await;
        }
    };
    let sealing = async {
        for _ in 0..12 {
            shop.seal().await;
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    let recounting = async {
        for _ in 0..8 {
            yanxi::counter::rebuild::rebuild(&shop.trade.db, |_, _| ()).await.unwrap();
        }
    };
    tokio::join!(selling, sealing, recounting);
    shop.seal().await;
    shop.audit().await;
}

async fn a_line_that_was_free_gives_its_subsidy_back_with_its_units(shop: Arc<Shop>) {
    write(&shop.trade.db, &["UPDATE coupons SET amount_fen = 26970 WHERE code = 'THIRTY'"]).await;
    let number = paid(&shop, &[("P01-1", 3)], Some("THIRTY")).await;
    assert_eq!(shop.order(&number).await.discount_fen, Fen(26_970));
    give_back(&shop, &number, units(1, 2)).await.unwrap();
    assert_eq!(shop.booked("refund_promotion").await, 2 * 8990);
    give_back(&shop, &number, units(1, 1)).await.unwrap();
    assert_eq!((shop.booked("refund_promotion").await, standing(&shop).await), (26_970, (0, 0)));
}

async fn a_subsidised_set_refunded_in_many_steps_leaves_nothing_with_anyone(shop: Arc<Shop>) {
    let number = paid(&shop, &[("P03-1", 1)], Some("TWENTY")).await;
    let mut steps = 0;
    while give_back(&shop, &number, money(1, 997)).await.is_ok() {
        steps += 1;
        shop.audit().await;
    }
    assert_eq!(steps, 17);
    give_back(&shop, &number, Asked::Whole).await.unwrap();
    assert_eq!(shop.booked("sale_promotion").await, shop.booked("refund_promotion").await);
    assert_eq!(standing(&shop).await, (0, 0));
}

async fn nothing_is_shipped_of_what_is_promised_back(shop: Arc<Shop>) {
    let number = paid(&shop, &[("P01-1", 2)], None).await;
    // The provider is away, so that the promise stays one.
    write(&shop.trade.db, &["UPDATE sandbox_intents SET provider_ref = 'away-' || provider_ref"]).await;
    let _ = give_back(&shop, &number, Asked::Whole).await;
    assert_eq!(shop.waiting_refunds().await.len(), 1);
    let refused = ship(&shop, &number, 0, None).await.unwrap_err();
    assert!(refused.refusal().is_some(), "{refused:?}");
    assert_eq!(number_of(&shop, "SELECT CAST(count(*) AS BIGINT) FROM shipments").await, 0);
    write(&shop.trade.db, &["UPDATE sandbox_intents SET provider_ref = substr(provider_ref, 6)"]).await;
    refund::send::send_waiting(&shop.trade, shop.trade.clock.now(), 10).await.unwrap();
    assert_eq!(shop.state(&number).await, OrderState::Refunded);
}

async fn coupon_and_stock_are_taken_in_one_order_by_whoever_ends_or_pays(shop: Arc<Shop>) {
    let deadlocks = "SELECT CAST(deadlocks AS BIGINT) FROM pg_stat_database WHERE datname = current_database()";
    write(&shop.trade.db, &["UPDATE coupons SET limit_total = NULL, limit_each = NULL WHERE code = 'THIRTY'"]).await;
    for _ in 0..12 {
        let overdue = shop.placed(&[("P01-1", 3)], Some("THIRTY")).await;
        let late = shop.open_payment(&overdue.number).await;
        shop.trade.clock.advance(901 * SECOND);
        let quote = shop.quote(&[("P01-1", 3)], Some("THIRTY")).await.unwrap();
        let work = shop.trade.work(Actor::GUEST, None);
        let (placed, expired) = tokio::join!(
            place::place(&shop.trade, &work, Shop::placing(&quote, "13800000009")),
            expire::expire_overdue(&shop.trade, 10),
        );
        expired.unwrap();
        let next = shop.quote(&[("P01-1", 3)], Some("THIRTY")).await.unwrap();
        let (_, again) = tokio::join!(
            shop.settle(&late, Outcome::Succeeded),
            place::place(&shop.trade, &work, Shop::placing(&next, "13800000008")),
        );
        for number in [placed.unwrap().number, again.unwrap().number] {
            let order = shop.order(&number).await;
            yanxi::orders::cancel::cancel(&shop.trade, &work, &order).await.unwrap();
        }
        if shop.state(&overdue.number).await == OrderState::Paid {
            give_back(&shop, &overdue.number, Asked::Whole).await.unwrap();
        }
    }
    if shop.trade.db.engine() == yanxi::db::Engine::Postgres {
        assert_eq!(number_of(&shop, deadlocks).await, 0);
    }
}
