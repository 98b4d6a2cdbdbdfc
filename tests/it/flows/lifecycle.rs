//! The plain way of an order, and its refunds.

use std::sync::Arc;

use yanxi::{
    kernel::{
        Actor, Carrier, Code, Fen,
        time::{DAY, HOUR},
    },
    orders::{
        OrderState, SellerOrderState as S, cancel,
        payment_result::PaymentOutcome,
        receive,
        refund::{self, Asked, AskedLine},
        ship::{self, Packed, Scan, ScanKind, ScanSource, Shipping},
    },
    payments::sandbox::Outcome,
};

use crate::support::{Shop, on_both, shop::write};

on_both! {
    an_order_over_two_cooperatives_is_paid_shipped_received_and_completed,
    two_of_three_with_a_coupon_give_back_159_80_as_in_v6,
    a_box_of_three_parts_is_split_by_list_price_as_in_v5,
    cancelling_gives_stock_and_coupon_back_once,
    a_paid_order_is_cancelled_by_refunding_it_whole_until_something_ships,
    nothing_is_received_by_time_without_a_pick_up_scan,
    parts_of_a_seller_order_ship_and_arrive_apart,
    goods_that_cost_nothing_are_paid_when_placed,
    an_order_that_cost_nothing_is_refunded_when_all_of_it_is,
    an_order_of_which_only_the_freight_went_back_is_not_refunded,
    a_completed_order_of_which_all_goods_went_back_keeps_its_freight,
    a_refused_payment_leaves_the_order_waiting_and_another_may_succeed,
}

fn parcel(number: &str) -> Shipping {
    Shipping { carrier: Carrier::Zto, tracking_no: number.to_owned(), lines: None }
}

fn scan(kind: ScanKind, at: yanxi::kernel::At) -> Scan {
    Scan { n: 1, kind, at, source: ScanSource::CarrierFile }
}

async fn whole(shop: &Shop, number: &str) -> yanxi::kernel::Result<refund::Refunding> {
    let order = shop.order(number).await;
    refund::refund(&shop.trade, &shop.trade.work(Actor::SYSTEM, None), &order, (&Asked::Whole, "test")).await
}

async fn an_order_over_two_cooperatives_is_paid_shipped_received_and_completed(shop: Arc<Shop>) {
    let quote = shop.quote(&[("P01-1", 2), ("P02-1", 1)], None).await.unwrap();
    // 11.2 kg: 6.00 + 11 × 1.50; 0.6 kg: 8.00 (below 99).
    assert_eq!((quote.goods_fen, quote.freight_fen), (Fen(21_330), Fen(600 + 11 * 150 + 800)));
    let placed = shop.placed(&[("P01-1", 2), ("P02-1", 1)], None).await;
    assert_eq!(shop.stock("P01-1").await, (100, 2));
    assert_eq!(shop.pay(&placed.number).await, PaymentOutcome::Paid);
    assert_eq!(shop.stock("P01-1").await, (98, 0));
    assert_eq!((shop.booked("sale").await, shop.booked("sale_freight").await), (21_330, quote.freight_fen.0));
    let now = shop.trade.clock.now();
    for (place, (id, coop, _)) in shop.sellers(&placed.number).await.into_iter().enumerate() {
        let n = ship::ship(&shop.trade.work(Actor::SYSTEM, None), &coop, &id, parcel(&format!("ZT000{place}")))
            .await
            .unwrap();
        assert_eq!(n, 1);
        ship::scan(&shop.trade.work(Actor::SYSTEM, None), &id, scan(ScanKind::PickedUp, now)).await.unwrap();
        for _ in 0..2 {
            ship::scan(&shop.trade.work(Actor::SYSTEM, None), &id, scan(ScanKind::Delivered, now)).await.unwrap();
        }
    }
    assert_eq!(shop.state(&placed.number).await, OrderState::Completed);
    assert_eq!(shop.booked("receipt").await, 21_330);
    assert!(shop.sellers(&placed.number).await.iter().all(|s| s.2 == S::Received));
}

async fn two_of_three_with_a_coupon_give_back_159_80_as_in_v6(shop: Arc<Shop>) {
    let placed = shop.placed(&[("P01-1", 3)], Some("THIRTY")).await;
    shop.pay(&placed.number).await;
    let order = shop.order(&placed.number).await;
    let asked = Asked::Lines(vec![AskedLine { line_no: 1, qty: Some(2), amount: None }]);
    let given =
        refund::refund(&shop.trade, &shop.trade.work(Actor::SYSTEM, None), &order, (&asked, "坏果")).await.unwrap();
    assert_eq!((given.amount_fen, given.freight_fen), (Fen(15_980), Fen::ZERO));
    assert_eq!(shop.stock("P01-1").await, (99, 0), "unshipped units are back in stock");
    assert_eq!(shop.state(&placed.number).await, OrderState::Paid);
    let rest = whole(&shop, &placed.number).await.unwrap();
    assert_eq!(rest.amount_fen.0 + 15_980, order.total_fen.0);
    assert_eq!(shop.state(&placed.number).await, OrderState::Refunded);
    assert_eq!(shop.booked("refund").await, 23_970);
    assert_eq!(shop.booked("sale_promotion").await, shop.booked("refund_promotion").await);
    assert!(whole(&shop, &placed.number).await.is_err());
}

async fn a_box_of_three_parts_is_split_by_list_price_as_in_v5(shop: Arc<Shop>) {
    let placed = shop.placed(&[("P03-1", 1)], Some("TWENTY")).await;
    shop.pay(&placed.number).await;
    let sql = "SELECT payable_fen FROM line_parts ORDER BY part_no";
    let parts: Vec<(i64,)> = yanxi::db::q(sql).all(&mut shop.trade.db.read().await.unwrap()).await.unwrap();
    assert_eq!(parts, [(8815,), (5307,), (3778,)]);
    whole(&shop, &placed.number).await.unwrap();
    assert_eq!(shop.booked("refund").await, 17_900);
}

async fn cancelling_gives_stock_and_coupon_back_once(shop: Arc<Shop>) {
    let placed = shop.placed(&[("P02-1", 5)], Some("THIRTY")).await;
    let quote = shop.quote(&[("P02-1", 1)], None).await;
    assert_eq!(quote.unwrap_err().refusal().unwrap().code, Code::OutOfStock);
    let order = shop.order(&placed.number).await;
    cancel::cancel(&shop.trade, &shop.trade.work(Actor::GUEST, None), &order).await.unwrap();
    assert!(cancel::cancel(&shop.trade, &shop.trade.work(Actor::GUEST, None), &order).await.is_err());
    assert_eq!((shop.state(&placed.number).await, shop.stock("P02-1").await), (OrderState::Cancelled, (5, 0)));
    shop.placed(&[("P02-1", 5)], Some("THIRTY")).await;
}

async fn a_paid_order_is_cancelled_by_refunding_it_whole_until_something_ships(shop: Arc<Shop>) {
    let placed = shop.placed(&[("P01-1", 1), ("P02-1", 1)], None).await;
    shop.pay(&placed.number).await;
    let order = shop.order(&placed.number).await;
    cancel::cancel(&shop.trade, &shop.trade.work(Actor::GUEST, None), &order).await.unwrap();
    assert_eq!((shop.state(&placed.number).await, shop.stock("P01-1").await), (OrderState::Refunded, (100, 0)));
    assert!(shop.sellers(&placed.number).await.iter().all(|s| s.2 == S::Refunded));
    let shipped = shop.placed(&[("P01-1", 1)], None).await;
    shop.pay(&shipped.number).await;
    let (id, coop, _) = shop.sellers(&shipped.number).await.remove(0);
    ship::ship(&shop.trade.work(Actor::SYSTEM, None), &coop, &id, parcel("ZT1000")).await.unwrap();
    let order = shop.order(&shipped.number).await;
    assert!(cancel::cancel(&shop.trade, &shop.trade.work(Actor::GUEST, None), &order).await.is_err());
    let (_, other, _) = shop.sellers(&placed.number).await.remove(1);
    let foreign = ship::ship(&shop.trade.work(Actor::SYSTEM, None), &other, &id, parcel("ZT1001")).await;
    assert_eq!(foreign.unwrap_err().refusal().unwrap().code, Code::NotFound);
}

async fn nothing_is_received_by_time_without_a_pick_up_scan(shop: Arc<Shop>) {
    let mut numbers = Vec::new();
    for n in 0..2 {
        let placed = shop.placed(&[("P01-1", 1)], None).await;
        shop.pay(&placed.number).await;
        let (id, coop, _) = shop.sellers(&placed.number).await.remove(0);
        ship::ship(&shop.trade.work(Actor::SYSTEM, None), &coop, &id, parcel(&format!("ZT200{n}"))).await.unwrap();
        numbers.push((placed.number, id));
    }
    let now = shop.trade.clock.now();
    ship::scan(&shop.trade.work(Actor::SYSTEM, None), &numbers[1].1, scan(ScanKind::PickedUp, now)).await.unwrap();
    shop.trade.clock.advance(10 * DAY - HOUR);
    assert_eq!(receive::auto_receive(&shop.trade, 10).await.unwrap(), 0);
    shop.trade.clock.advance(HOUR);
    assert_eq!(receive::auto_receive(&shop.trade, 10).await.unwrap(), 1);
    assert_eq!(shop.state(&numbers[0].0).await, OrderState::Paid);
    assert_eq!(shop.state(&numbers[1].0).await, OrderState::Completed);
}

async fn parts_of_a_seller_order_ship_and_arrive_apart(shop: Arc<Shop>) {
    let placed = shop.placed(&[("P01-1", 3)], None).await;
    shop.pay(&placed.number).await;
    let (id, coop, _) = shop.sellers(&placed.number).await.remove(0);
    let first = Shipping { lines: Some(vec![Packed { line_no: 1, qty: 2 }]), ..parcel("ZT3000") };
    ship::ship(&shop.trade.work(Actor::SYSTEM, None), &coop, &id, first).await.unwrap();
    assert_eq!(shop.sellers(&placed.number).await[0].2, S::PartShipped);
    let order = shop.order(&placed.number).await;
    receive::confirm(&shop.trade.work(Actor::GUEST, None), &order, &id).await.unwrap();
    assert_eq!(shop.booked("receipt").await, 0, "a line counts when all of it arrived");
    let again = ship::ship(&shop.trade.work(Actor::SYSTEM, None), &coop, &id, parcel("ZT3000")).await;
    assert_eq!(again.unwrap_err().refusal().unwrap().code, Code::TrackingUsed);
    // The last unit is refunded unshipped: what arrived is all there will be.
    let asked = Asked::Lines(vec![AskedLine { line_no: 1, qty: Some(1), amount: None }]);
    refund::refund(&shop.trade, &shop.trade.work(Actor::SYSTEM, None), &order, (&asked, "缺货")).await.unwrap();
    assert_eq!(shop.state(&placed.number).await, OrderState::Completed);
    assert_eq!(shop.booked("receipt").await, 2 * 8990);
    let left = shop.order(&placed.number).await;
    let late =
        refund::refund(&shop.trade, &shop.trade.work(Actor::SYSTEM, None), &left, (&Asked::Amount(Fen(100)), "坏果"))
            .await;
    assert_eq!(late.unwrap().amount_fen, Fen(100));
    assert_eq!(shop.state(&placed.number).await, OrderState::Completed);
}

async fn goods_that_cost_nothing_are_paid_when_placed(shop: Arc<Shop>) {
    // 99 and more of the second cooperative travel free; the coupon takes all of the goods.
    let quote = shop.quote(&[("P02-1", 3)], Some("ALL")).await.unwrap();
    assert_eq!((quote.discount_fen, quote.total_fen), (Fen(10_050), Fen(900)), "free freight counts after discounts");
    let sql = "UPDATE freight_rules SET first_fee_fen = 0, step_fee_fen = 0 WHERE template_id = 'f2'";
    write(&shop.trade.db, &[sql]).await;
    let placed = shop.placed(&[("P02-1", 3)], Some("ALL")).await;
    assert_eq!((placed.state, placed.total_fen), (OrderState::Paid, Fen::ZERO));
    assert_eq!(shop.stock("P02-1").await, (2, 0));
    let order = shop.order(&placed.number).await;
    cancel::cancel(&shop.trade, &shop.trade.work(Actor::GUEST, None), &order).await.unwrap();
    assert_eq!((shop.state(&placed.number).await, shop.stock("P02-1").await), (OrderState::Refunded, (5, 0)));
}

async fn a_refused_payment_leaves_the_order_waiting_and_another_may_succeed(shop: Arc<Shop>) {
    let placed = shop.placed(&[("P01-1", 1)], None).await;
    let id = shop.open_payment(&placed.number).await;
    assert_eq!(shop.settle(&id, Outcome::Failed).await, PaymentOutcome::Failed);
    assert_eq!(shop.state(&placed.number).await, OrderState::AwaitingPayment);
    assert_eq!(shop.pay(&placed.number).await, PaymentOutcome::Paid);
}

async fn units_back(shop: &Shop, number: &str, qty: i64) {
    let order = shop.order(number).await;
    let asked = Asked::Lines(vec![AskedLine { line_no: 1, qty: Some(qty), amount: None }]);
    refund::refund(&shop.trade, &shop.trade.work(Actor::SYSTEM, None), &order, (&asked, "坏果")).await.unwrap();
}

async fn an_order_that_cost_nothing_is_refunded_when_all_of_it_is(shop: Arc<Shop>) {
    write(&shop.trade.db, &["UPDATE freight_rules SET first_fee_fen = 0, step_fee_fen = 0"]).await;
    let placed = shop.placed(&[("P01-1", 3)], Some("ALL")).await;
    assert_eq!(shop.order(&placed.number).await.total_fen, Fen::ZERO);
    units_back(&shop, &placed.number, 1).await;
    assert_eq!(shop.state(&placed.number).await, OrderState::Paid);
    units_back(&shop, &placed.number, 2).await;
    assert_eq!(shop.state(&placed.number).await, OrderState::Refunded);
    assert_eq!(shop.sellers(&placed.number).await[0].2, S::Refunded);
    assert_eq!(shop.stock("P01-1").await, (100, 0));
}

async fn an_order_of_which_only_the_freight_went_back_is_not_refunded(shop: Arc<Shop>) {
    let placed = shop.placed(&[("P01-1", 1)], Some("ALL")).await;
    shop.pay(&placed.number).await;
    let order = shop.order(&placed.number).await;
    assert_eq!(order.total_fen, order.freight_fen);
    let asked = Asked::Amount(order.total_fen);
    refund::refund(&shop.trade, &shop.trade.work(Actor::SYSTEM, None), &order, (&asked, "运费")).await.unwrap();
    assert_eq!(shop.state(&placed.number).await, OrderState::Paid, "the apples are still to come");
    shop.audit().await;
    units_back(&shop, &placed.number, 1).await;
    assert_eq!(shop.state(&placed.number).await, OrderState::Refunded);
}

async fn a_completed_order_of_which_all_goods_went_back_keeps_its_freight(shop: Arc<Shop>) {
    let placed = shop.placed(&[("P01-1", 1)], None).await;
    shop.pay(&placed.number).await;
    let (id, coop, _) = shop.sellers(&placed.number).await.remove(0);
    ship::ship(&shop.trade.work(Actor::SYSTEM, None), &coop, &id, parcel("ZT3000")).await.unwrap();
    let order = shop.order(&placed.number).await;
    receive::confirm(&shop.trade.work(Actor::GUEST, None), &order, &id).await.unwrap();
    assert_eq!(shop.state(&placed.number).await, OrderState::Completed);
    units_back(&shop, &placed.number, 1).await;
    assert_eq!(shop.state(&placed.number).await, OrderState::Completed, "the freight is still paid");
    assert_eq!(shop.sellers(&placed.number).await[0].2, S::Refunded);
    shop.audit().await;
    whole(&shop, &placed.number).await.unwrap();
    assert_eq!(shop.state(&placed.number).await, OrderState::Refunded);
    shop.audit().await;
}
