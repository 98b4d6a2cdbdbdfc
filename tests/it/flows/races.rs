//! Many at once: stock, quotes, coupons and refunds stay exact (I1, I2, I7, I9).

use std::sync::Arc;

use yanxi::{
    db::idempotency::{Key, Twin},
    kernel::{Actor, Code, Fen},
    orders::{
        place,
        refund::{self, Asked},
    },
};

use crate::support::{Shop, on_both};

on_both! {
    twins_of_a_key_make_one_order_and_get_the_same_answer,
    a_coupon_is_used_no_more_often_than_its_limits,
    refunds_at_once_never_exceed_what_was_paid,
}

async fn twins_of_a_key_make_one_order_and_get_the_same_answer(shop: Arc<Shop>) {
    let quote = shop.quote(&[("P01-1", 1)], None).await.unwrap();
    let key = Key {
        scope: format!("quote:{}", quote.quote_id),
        key: "k".to_owned(),
        operation: "placeOrder",
        body_hash: "h".to_owned(),
        twin: Twin::Told,
    };
    let mut numbers = std::collections::BTreeSet::new();
    let twins: Vec<_> = (0..8)
        .map(|_| {
            let (shop, placing, key) = (shop.clone(), Shop::placing(&quote, "13800000003"), key.clone());
            tokio::spawn(
                async move { place::place(&shop.trade, &shop.trade.work(Actor::GUEST, Some(&key)), placing).await },
            )
        })
        .collect();
    for twin in twins {
        match twin.await.unwrap() {
            Ok(placed) => {
                numbers.insert((placed.number, placed.token));
            }
            Err(error) => assert_eq!(error.refusal().unwrap().code, Code::KeyRunning),
        }
    }
    assert_eq!(numbers.len(), 1);
    let again =
        place::place(&shop.trade, &shop.trade.work(Actor::GUEST, Some(&key)), Shop::placing(&quote, "13800000003"))
            .await;
    assert!(numbers.contains(&again.map(|p| (p.number, p.token)).unwrap()));
    let other = Key { body_hash: "x".to_owned(), ..key };
    let reused =
        place::place(&shop.trade, &shop.trade.work(Actor::GUEST, Some(&other)), Shop::placing(&quote, "13800000003"))
            .await;
    assert_eq!(reused.unwrap_err().refusal().unwrap().code, Code::KeyReused);
    assert_eq!(shop.stock("P01-1").await, (100, 1));
}

async fn a_coupon_is_used_no_more_often_than_its_limits(shop: Arc<Shop>) {
    let mut buyers = Vec::new();
    for n in 0..6 {
        let quote = shop.quote(&[("P01-1", 1)], Some("THIRTY")).await.unwrap();
        let shop = shop.clone();
        let phone = format!("1380000010{}", n / 2);
        buyers.push(tokio::spawn(async move {
            place::place(&shop.trade, &shop.trade.work(Actor::GUEST, None), Shop::placing(&quote, &phone)).await.is_ok()
        }));
    }
    let mut used = 0;
    for buyer in buyers {
        used += i32::from(buyer.await.unwrap());
    }
    assert_eq!(used, 2);
}

async fn refunds_at_once_never_exceed_what_was_paid(shop: Arc<Shop>) {
    let placed = shop.placed(&[("P01-1", 3)], None).await;
    shop.pay(&placed.number).await;
    let order = shop.order(&placed.number).await;
    let tries: Vec<_> = (0..8)
        .map(|_| {
            let (shop, order) = (shop.clone(), order.clone());
            tokio::spawn(async move {
                let asked = Asked::Amount(Fen(10_000));
                refund::refund(&shop.trade, &shop.trade.work(Actor::SYSTEM, None), &order, (&asked, "race")).await
            })
        })
        .collect();
    let mut given = 0;
    for one in tries {
        given += one.await.unwrap().map_or(0, |r| r.amount_fen.0);
    }
    assert_eq!(given, order.total_fen.0 / 10_000 * 10_000);
    assert_eq!(shop.order(&placed.number).await.refunded_fen.0, given);
}
