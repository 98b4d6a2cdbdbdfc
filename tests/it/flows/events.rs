//! The provider's events in any order and number: the same end (I3, I4, I5, S5).

use std::sync::Arc;

use yanxi::{
    kernel::{At, Fen, PaymentId, time::SECOND},
    orders::{OrderState, ask, expire, hear, payment_result::PaymentOutcome},
    payments::{About, Event, PaymentTold, Seen, sandbox::Outcome},
};

use crate::support::{Shop, on_both};

on_both! {
    every_order_of_five_events_ends_the_same,
    the_return_of_the_browser_and_the_webhook_at_once_pay_once,
    a_payment_that_wins_against_its_expiry_or_not_is_paid_or_given_back,
}

fn event((payment, amount): (&PaymentId, Fen), id: &str, kind: &str, at: At) -> Event {
    Event {
        id: format!("evt_{id}_{payment}"),
        kind: kind.to_owned(),
        at,
        about: About::Payment(PaymentTold {
            provider_ref: format!("pi_sandbox_{payment}"),
            payment_id: payment.0.clone(),
            amount,
            currency: "cny".to_owned(),
            seen: Seen::Open,
        }),
    }
}

/// All orders of `n` things, by Heap's way.
fn orders_of(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for shorter in orders_of(n - 1) {
        for place in 0..=shorter.len() {
            let mut longer = shorter.clone();
            longer.insert(place, n - 1);
            all.push(longer);
        }
    }
    all
}

async fn every_order_of_five_events_ends_the_same(shop: Arc<Shop>) {
    shop.shelve(1000).await;
    let sandbox = shop.sandbox();
    let now = shop.trade.clock.now();
    let orders = orders_of(5);
    assert_eq!(orders.len(), 120);
    for order in orders {
        let placed = shop.placed(&[("P01-1", 1)], None).await;
        let payment = shop.open_payment(&placed.number).await;
        sandbox.settle(&shop.trade.db, &payment, Outcome::Succeeded, now).await.unwrap();
        let story = [
            event((&payment, placed.total_fen), "a", "payment_intent.payment_failed", now),
            event((&payment, placed.total_fen), "b", "payment_intent.succeeded", now),
            event((&payment, placed.total_fen), "b", "payment_intent.succeeded", now),
            event((&payment, placed.total_fen), "c", "payment_intent.succeeded", now),
            event((&payment, placed.total_fen), "d", "payment_intent.payment_failed", now),
        ];
        for place in order {
            let delivery = sandbox.deliver(&story[place], now).unwrap();
            hear::take_event(&shop.trade, &delivery.signature, &delivery.body).await.unwrap();
        }
        assert_eq!(shop.state(&placed.number).await, OrderState::Paid);
    }
    assert_eq!((shop.booked("sale").await, shop.stock("P01-1").await), (120 * 8990, (880, 0)));
}

async fn the_return_of_the_browser_and_the_webhook_at_once_pay_once(shop: Arc<Shop>) {
    let sandbox = shop.sandbox();
    for _ in 0..40 {
        let placed = shop.placed(&[("P01-1", 1)], None).await;
        let payment = shop.open_payment(&placed.number).await;
        let now = shop.trade.clock.now();
        let delivery = sandbox.settle(&shop.trade.db, &payment, Outcome::Succeeded, now).await.unwrap();
        let (webhook, back) = tokio::join!(
            hear::take_event(&shop.trade, &delivery.signature, &delivery.body),
            ask::ask_provider(&shop.trade, &payment)
        );
        let mut both = [webhook.unwrap(), back.unwrap()];
        both.sort_by_key(|f| *f != PaymentOutcome::Paid);
        assert_eq!(both, [PaymentOutcome::Paid, PaymentOutcome::Known]);
    }
    assert_eq!((shop.booked("sale").await, shop.stock("P01-1").await), (40 * 8990, (60, 0)));
}

async fn a_payment_that_wins_against_its_expiry_or_not_is_paid_or_given_back(shop: Arc<Shop>) {
    shop.shelve(100).await;
    let sandbox = shop.sandbox();
    for _ in 0..20 {
        let placed = shop.placed(&[("P02-1", 1)], None).await;
        let payment = shop.open_payment(&placed.number).await;
        let now = shop.trade.clock.now();
        let delivery = sandbox.settle(&shop.trade.db, &payment, Outcome::Succeeded, now).await.unwrap();
        shop.trade.clock.advance(901 * SECOND);
        let signature = sandbox.sign(&delivery.body, shop.trade.clock.now());
        let signature = signature.unwrap();
        let (paid, expired) = tokio::join!(
            hear::take_event(&shop.trade, &signature, &delivery.body),
            expire::expire_overdue(&shop.trade, 10)
        );
        expired.unwrap();
        match paid.unwrap() {
            PaymentOutcome::Paid => assert_eq!(shop.state(&placed.number).await, OrderState::Paid),
            other => {
                assert!(matches!(other, PaymentOutcome::GivenBack(_)), "{other:?}");
                assert_eq!(shop.state(&placed.number).await, OrderState::Expired);
            }
        }
    }
    let (on_hand, held) = shop.stock("P02-1").await;
    assert_eq!((held, shop.booked("sale").await), (0, (100 - on_hand) * 3350));
    let sold = shop.booked("sale").await + shop.booked("sale_freight").await;
    assert_eq!(shop.booked("tender").await - sold, shop.booked("tender_return").await);
}
