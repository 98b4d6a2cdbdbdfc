//! Money on its way back that takes its time, is refused, or is sent here again by the payer's bank (I5, I7, I1).

use std::sync::Arc;

use yanxi::{
    kernel::{Actor, Carrier, Fen, RefundId, time::SECOND},
    orders::{
        OrderState, SellerOrderState, ask, expire, hear,
        kinds::{RefundState, ScanKind, ScanSource},
        payment_result::PaymentOutcome,
        refund::{self, Asked, AskedLine, Refunding},
        ship::{self, Scan, Shipping},
    },
    payments::{
        BackState, EventOutcome, Seen,
        sandbox::{Mood, Outcome},
        store,
    },
};

use crate::support::{Shop, on_both};

on_both! {
    a_refund_that_takes_its_time_is_booked_when_the_provider_says_so,
    a_refund_that_the_provider_refuses_gives_its_promise_back,
    units_of_a_refused_refund_can_be_shipped_although_all_else_is_received,
    what_no_order_took_is_sent_again_after_a_refusal,
    a_refund_that_the_bank_undid_stands_here_until_it_is_sent_again,
    a_provider_that_is_away_leaves_a_promise_that_is_sent_once,
    a_payment_that_was_given_up_there_is_cancelled_here,
    a_payment_on_its_way_cannot_be_given_up,
}

async fn give_back(shop: &Shop, number: &str, asked: Asked) -> Refunding {
    let order = shop.order(number).await;
    let work = shop.trade.work(Actor::SYSTEM, None);
    refund::refund(&shop.trade, &work, &order, (&asked, "坏果")).await.unwrap()
}

/// Both SKUs of the shop's cooperatives, paid.
async fn paid(shop: &Shop) -> String {
    let placed = shop.placed(&[("P01-1", 2), ("P02-1", 1)], None).await;
    assert_eq!(shop.pay(&placed.number).await, PaymentOutcome::Paid);
    placed.number
}

fn units(line_no: i64, qty: i64) -> Asked {
    Asked::Lines(vec![AskedLine { line_no, qty: Some(qty), amount: None }])
}

/// The sandbox decides, and its event comes in twice.
async fn told(shop: &Shop, id: &RefundId, state: BackState) {
    let sandbox = shop.sandbox();
    let tender = shop.refund_tenders(id).await.remove(0).id;
    let delivery = sandbox.decide(&shop.trade.db, &tender, state, shop.trade.clock.now()).await.unwrap();
    for _ in 0..2 {
        hear::take_event(&shop.trade, &delivery.signature, &delivery.body).await.unwrap();
    }
}

/// `(promised, given back)` of an order and of its payment.
async fn sums(shop: &Shop, number: &str) -> [(i64, i64); 2] {
    let order = shop.order(number).await;
    let payment = shop.payments(number).await.remove(0);
    let of = |promised: Fen, back: Fen| (promised.0, back.0);
    [of(order.refund_reserved_fen, order.refunded_fen), of(payment.refund_reserved_fen, payment.refunded_fen)]
}

async fn a_refund_that_takes_its_time_is_booked_when_the_provider_says_so(shop: Arc<Shop>) {
    let number = paid(&shop).await;
    shop.sandbox().is(Mood::Slow);
    let refunding = give_back(&shop, &number, units(1, 1)).await;
    assert_eq!(refunding.state, RefundState::Requested);
    let id = RefundId(refunding.refund_id);
    let fen = refunding.amount_fen.0;
    for _ in 0..2 {
        assert_eq!(refund::send::send(&shop.trade, &id).await.unwrap(), RefundState::Requested);
        assert_eq!((sums(&shop, &number).await, shop.booked("refund").await), ([(fen, 0); 2], 0));
    }
    shop.trade.clock.advance(3 * 86_400 * SECOND);
    told(&shop, &id, BackState::Succeeded).await;
    assert_eq!(sums(&shop, &number).await, [(fen, fen); 2]);
    assert_eq!(shop.booked("refund").await, refunding.goods_fen.0);
    assert_eq!(shop.stock("P01-1").await, (99, 0));
    assert_eq!(refund::send::send(&shop.trade, &id).await.unwrap(), RefundState::Succeeded);
}

async fn a_refund_that_the_provider_refuses_gives_its_promise_back(shop: Arc<Shop>) {
    let number = paid(&shop).await;
    for (mood, event) in [(Mood::Stingy, false), (Mood::Slow, true)] {
        shop.sandbox().is(mood);
        let refunding = give_back(&shop, &number, Asked::Whole).await;
        if event {
            assert_eq!(refunding.state, RefundState::Requested);
            told(&shop, &RefundId(refunding.refund_id), BackState::Failed).await;
        } else {
            assert_eq!(refunding.state, RefundState::Failed);
        }
        assert_eq!(sums(&shop, &number).await, [(0, 0); 2]);
        assert_eq!((shop.state(&number).await, shop.booked("refund").await), (OrderState::Paid, 0));
    }
    shop.sandbox().is(Mood::Well);
    assert_eq!(give_back(&shop, &number, Asked::Whole).await.state, RefundState::Succeeded);
    assert_eq!(shop.state(&number).await, OrderState::Refunded);
    assert_eq!(shop.stock("P01-1").await, (100, 0));
}

/// Ships all that is left of each seller order, and has it delivered.
async fn deliver_rest(shop: &Shop, number: &str) {
    let work = shop.trade.work(Actor::SYSTEM, None);
    for (seller, coop, state) in shop.sellers(number).await {
        if !state.is_to_ship() {
            continue;
        }
        let tracking_no = format!("ZT{}{}", seller.as_str().get(..8).unwrap(), shop.trade.clock.now().0);
        let parcel = Shipping { carrier: Carrier::Zto, tracking_no, lines: None };
        let n = ship::ship(&work, &coop, &seller, parcel).await.unwrap();
        shop.trade.clock.advance(SECOND);
        let scan = Scan { n, kind: ScanKind::Delivered, at: shop.trade.clock.now(), source: ScanSource::CarrierFile };
        ship::scan(&work, &seller, scan).await.unwrap();
    }
}

async fn units_of_a_refused_refund_can_be_shipped_although_all_else_is_received(shop: Arc<Shop>) {
    let number = paid(&shop).await;
    shop.sandbox().is(Mood::Slow);
    let refunding = give_back(&shop, &number, units(1, 1)).await;
    deliver_rest(&shop, &number).await;
    assert_eq!(shop.state(&number).await, OrderState::Completed);
    told(&shop, &RefundId(refunding.refund_id), BackState::Failed).await;
    let states = |sellers: Vec<(_, _, SellerOrderState)>| sellers.into_iter().map(|s| s.2).collect::<Vec<_>>();
    let open = [SellerOrderState::PartShipped, SellerOrderState::Received];
    assert_eq!((shop.state(&number).await, states(shop.sellers(&number).await)), (OrderState::Paid, open.to_vec()));
    shop.audit().await;
    deliver_rest(&shop, &number).await;
    assert_eq!(shop.state(&number).await, OrderState::Completed);
}

async fn what_no_order_took_is_sent_again_after_a_refusal(shop: Arc<Shop>) {
    let placed = shop.placed(&[("P02-1", 3)], None).await;
    let payment = shop.open_payment(&placed.number).await;
    shop.trade.clock.advance(901 * SECOND);
    expire::expire_overdue(&shop.trade, 10).await.unwrap();
    shop.placed(&[("P02-1", 4)], None).await;
    shop.sandbox().is(Mood::Stingy);
    let PaymentOutcome::GivenBack(id) = shop.settle(&payment, Outcome::Succeeded).await else { panic!() };
    assert_eq!(shop.booked("unapplied_refund").await, 0);
    shop.audit().await;
    shop.sandbox().is(Mood::Well);
    assert_eq!(shop.send_again(&id).await.unwrap(), RefundState::Succeeded);
    assert!(shop.send_again(&id).await.is_err(), "it went back already");
    assert_eq!(shop.booked("unapplied").await, shop.booked("unapplied_refund").await);
}

async fn a_refund_that_the_bank_undid_stands_here_until_it_is_sent_again(shop: Arc<Shop>) {
    let number = paid(&shop).await;
    let refunding = give_back(&shop, &number, units(1, 1)).await;
    let fen = refunding.amount_fen.0;
    let id = RefundId(refunding.refund_id);
    shop.trade.clock.advance(SECOND);
    told(&shop, &id, BackState::Failed).await;
    assert_eq!(sums(&shop, &number).await, [(fen, fen), (0, 0)], "the goods stay refunded, the money is here again");
    assert_eq!((shop.booked("refund").await, shop.booked("return_undone").await), (fen, fen));
    assert_eq!(shop.order(&number).await.returned_fen, Fen::ZERO);
    let payments = shop.payments(&number).await;
    let events = store::events(&mut shop.trade.db.read().await.unwrap(), &payments).await.unwrap();
    assert_eq!(events.iter().filter(|event| event.outcome == EventOutcome::Undone).count(), 1);
    shop.audit().await;
    let again = shop.send_again(&id).await.unwrap();
    assert_eq!(again, RefundState::Succeeded);
    assert_eq!(sums(&shop, &number).await, [(fen, fen), (fen, fen)]);
    assert_eq!(shop.order(&number).await.returned_fen, Fen(fen));
    assert!(shop.send_again(&id).await.is_err(), "it went back already");
    give_back(&shop, &number, Asked::Whole).await;
    assert_eq!(shop.state(&number).await, OrderState::Refunded);
}

async fn a_provider_that_is_away_leaves_a_promise_that_is_sent_once(shop: Arc<Shop>) {
    let number = paid(&shop).await;
    for mood in [Mood::Away, Mood::Unheard] {
        shop.sandbox().is(mood);
        let refunding = give_back(&shop, &number, Asked::Amount(Fen(100))).await;
        assert_eq!(refunding.state, RefundState::Requested);
    }
    shop.sandbox().is(Mood::Well);
    shop.trade.clock.advance(31 * SECOND);
    let before = shop.trade.clock.now().later(-30 * SECOND);
    assert_eq!(refund::send::send_waiting(&shop.trade, before, 10).await.unwrap(), 2);
    assert_eq!(sums(&shop, &number).await, [(200, 200); 2]);
}

async fn a_payment_that_was_given_up_there_is_cancelled_here(shop: Arc<Shop>) {
    let placed = shop.placed(&[("P01-1", 1)], None).await;
    let payment = shop.open_payment(&placed.number).await;
    let found = shop.payments(&placed.number).await.remove(0);
    let provider = shop.trade.providers.of_method(found.method).unwrap();
    let seen = provider.cancel(&shop.trade.db, found.provider_ref.as_deref().unwrap()).await.unwrap();
    assert_eq!(seen, Seen::Cancelled);
    assert_eq!(ask::ask_provider(&shop.trade, &payment).await.unwrap(), PaymentOutcome::Known);
    assert_eq!(shop.payments(&placed.number).await[0].state.as_str(), "cancelled");
    assert_eq!(shop.state(&placed.number).await, OrderState::AwaitingPayment);
    assert_eq!(shop.pay(&placed.number).await, PaymentOutcome::Paid);
}

async fn a_payment_on_its_way_cannot_be_given_up(shop: Arc<Shop>) {
    let placed = shop.placed(&[("P01-1", 1)], None).await;
    let payment = shop.open_payment(&placed.number).await;
    shop.sandbox().process(&shop.trade.db, &payment).await.unwrap();
    let found = shop.payments(&placed.number).await.remove(0);
    let provider = shop.trade.providers.of_method(found.method).unwrap();
    let seen = provider.cancel(&shop.trade.db, found.provider_ref.as_deref().unwrap()).await.unwrap();
    assert_eq!(seen, Seen::Processing);
    assert_eq!(ask::ask_provider(&shop.trade, &payment).await.unwrap(), PaymentOutcome::Known);
    assert_eq!(shop.payments(&placed.number).await[0].state.as_str(), "pending");
    assert_eq!(shop.settle(&payment, Outcome::Succeeded).await, PaymentOutcome::Paid);
}
