//! A payment is written, made known to its provider, and the answer kept: whatever breaks between any two of
//! these loses nothing and makes nothing twice (I3, I5, A3).

use std::sync::Arc;

use yanxi::{
    db::{
        idempotency::{Key, Twin},
        q,
    },
    kernel::{Actor, Code, Error, Result, time::SECOND},
    orders::{
        OrderState, ask, cancel,
        pay::{self, Paying},
        payment_result::PaymentOutcome,
    },
    payments::{
        Method, PaymentState,
        sandbox::{Mood, Outcome},
        store,
    },
};

use crate::support::{Shop, on_both};

on_both! {
    a_payment_that_its_provider_did_not_hear_of_is_made_known_under_the_same_key,
    an_answer_that_was_lost_is_asked_for_again_and_nothing_is_made_twice,
    the_poller_makes_known_what_nobody_asks_for_again,
    an_event_may_come_before_the_answer,
    an_order_may_end_before_the_answer,
    the_first_answer_stays_whatever_becomes_of_the_payment,
}

fn key() -> Key {
    Key {
        scope: "order:test".to_owned(),
        key: "k".to_owned(),
        operation: "payOrder",
        body_hash: "b".to_owned(),
        twin: Twin::Told,
    }
}

async fn pay(shop: &Shop, number: &str) -> Result<Paying> {
    let order = shop.order(number).await;
    let work = shop.trade.work(Actor::GUEST, Some(&key()));
    pay::pay(&shop.trade, &work, &order, pay::Tender::of(Method::Sandbox)).await
}

async fn intents(shop: &Shop) -> i64 {
    let sql = "SELECT CAST(count(*) AS BIGINT) FROM sandbox_intents";
    q(sql).one::<(i64,)>(&mut shop.trade.db.read().await.unwrap()).await.unwrap().0
}

/// Whether so many payments stand here, the one of them in a state, and so many at the provider.
async fn stands(shop: &Shop, number: &str, (state, there): (PaymentState, i64)) {
    let payments = shop.payments(number).await;
    assert_eq!(payments.iter().map(|payment| payment.state).collect::<Vec<_>>(), [state]);
    assert_eq!(intents(shop).await, there);
}

async fn a_payment_that_its_provider_did_not_hear_of_is_made_known_under_the_same_key(shop: Arc<Shop>) {
    let placed = shop.placed(&[("P01-1", 1)], None).await;
    shop.sandbox().is(Mood::Away);
    assert!(matches!(pay(&shop, &placed.number).await, Err(Error::Unavailable(_))));
    stands(&shop, &placed.number, (PaymentState::Created, 0)).await;
    shop.sandbox().is(Mood::Well);
    let paying = pay(&shop, &placed.number).await.unwrap();
    stands(&shop, &placed.number, (PaymentState::Pending, 1)).await;
    assert_eq!(shop.payments(&placed.number).await[0].id.0, paying.payment_id);
    assert_eq!(paying.redirect_url, Some(format!("/pay/{}", paying.payment_id)));
}

async fn an_answer_that_was_lost_is_asked_for_again_and_nothing_is_made_twice(shop: Arc<Shop>) {
    let placed = shop.placed(&[("P01-1", 1)], None).await;
    shop.sandbox().is(Mood::Unheard);
    for _ in 0..2 {
        assert!(matches!(pay(&shop, &placed.number).await, Err(Error::Unavailable(_))));
        stands(&shop, &placed.number, (PaymentState::Created, 1)).await;
    }
    shop.sandbox().is(Mood::Well);
    let paying = pay(&shop, &placed.number).await.unwrap();
    stands(&shop, &placed.number, (PaymentState::Pending, 1)).await;
    assert_eq!(shop.payments(&placed.number).await[0].id.0, paying.payment_id);
}

async fn the_poller_makes_known_what_nobody_asks_for_again(shop: Arc<Shop>) {
    let placed = shop.placed(&[("P01-1", 1)], None).await;
    for mood in [Mood::Away, Mood::Unheard] {
        shop.sandbox().is(mood);
        assert!(pay(&shop, &placed.number).await.is_err());
    }
    shop.sandbox().is(Mood::Well);
    shop.trade.clock.advance(61 * SECOND);
    let before = shop.trade.clock.now().later(-60 * SECOND);
    let waiting =
        store::to_ask(&mut shop.trade.db.read().await.unwrap(), Method::Sandbox, (before, shop.trade.clock.now()), 10)
            .await
            .unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(ask::ask_provider(&shop.trade, &waiting[0].id).await.unwrap(), PaymentOutcome::Known);
    stands(&shop, &placed.number, (PaymentState::Pending, 1)).await;
    let paying = pay(&shop, &placed.number).await.unwrap();
    assert_eq!(paying.payment_id, waiting[0].id.0);
}

async fn an_event_may_come_before_the_answer(shop: Arc<Shop>) {
    let placed = shop.placed(&[("P01-1", 1)], None).await;
    shop.sandbox().is(Mood::Unheard);
    assert!(pay(&shop, &placed.number).await.is_err());
    shop.sandbox().is(Mood::Well);
    let payment = shop.payments(&placed.number).await[0].clone();
    assert_eq!((payment.state, payment.provider_ref), (PaymentState::Created, None));
    assert_eq!(shop.settle(&payment.id, Outcome::Succeeded).await, PaymentOutcome::Paid);
    assert_eq!(shop.state(&placed.number).await, OrderState::Paid);
    let paying = pay(&shop, &placed.number).await.unwrap();
    assert_eq!((paying.payment_id, paying.state), (payment.id.0, PaymentState::Pending));
}

async fn an_order_may_end_before_the_answer(shop: Arc<Shop>) {
    let placed = shop.placed(&[("P01-1", 1)], None).await;
    shop.sandbox().is(Mood::Unheard);
    assert!(pay(&shop, &placed.number).await.is_err());
    let order = shop.order(&placed.number).await;
    cancel::cancel(&shop.trade, &shop.trade.work(Actor::GUEST, None), &order).await.unwrap();
    shop.sandbox().is(Mood::Well);
    for _ in 0..2 {
        let refused = pay(&shop, &placed.number).await.unwrap_err();
        assert_eq!(refused.refusal().unwrap().code, Code::WrongState);
        stands(&shop, &placed.number, (PaymentState::Cancelled, 1)).await;
    }
    // Known there by its name, under which money that comes all the same is found and goes back.
    let payment = shop.payments(&placed.number).await[0].clone();
    assert!(payment.provider_ref.is_some());
    assert!(matches!(shop.settle(&payment.id, Outcome::Succeeded).await, PaymentOutcome::GivenBack(_)));
}

async fn the_first_answer_stays_whatever_becomes_of_the_payment(shop: Arc<Shop>) {
    let placed = shop.placed(&[("P01-1", 1)], None).await;
    let first = serde_json::to_string(&pay(&shop, &placed.number).await.unwrap()).unwrap();
    let payment = shop.payments(&placed.number).await[0].id.clone();
    assert_eq!(shop.settle(&payment, Outcome::Succeeded).await, PaymentOutcome::Paid);
    shop.sandbox().is(Mood::Away);
    let again = serde_json::to_string(&pay(&shop, &placed.number).await.unwrap()).unwrap();
    assert_eq!(again, first);
}
