//! Jobs that never stop: one bad row holds up no other, all that is not settled is asked after, and many at once
//! take a bounded time (S2, S5).

use std::{sync::Arc, time::Instant};

use yanxi::{
    db::{self, q, setback},
    kernel::{Actor, Code, OrderId, PaymentId, SellerOrderId, time::SECOND},
    orders::{
        OrderState, ask, cancel, expire,
        payment_result::PaymentOutcome,
        read,
        record::Record,
        reference::{journal_key, journal_ref},
        refund, store,
    },
    payments::{
        PaymentState,
        sandbox::{Mood, Outcome},
    },
    stock::hold::{Hold, HoldState},
};

use crate::support::{Desk, Shop, long, on_both, shop::write};

on_both! {
    an_order_that_cannot_expire_holds_up_no_other,
    a_payment_that_does_not_fit_holds_up_no_other,
    a_refund_that_cannot_be_sent_holds_up_no_other,
    money_of_a_payment_that_failed_or_was_given_up_is_found,
    payments_of_ended_orders_are_given_up_at_the_provider,
    another_payment_of_a_paid_order_is_given_up,
    a_settled_payment_among_many_abandoned_ones_is_found,
    ten_thousand_holds_that_end_together,
}

async fn put_off(shop: &Shop) -> Vec<(String, String, i64)> {
    let list = setback::list(&mut shop.trade.db.read().await.unwrap(), 10).await.unwrap();
    list.into_iter().map(|setback| (setback.job, setback.subject, setback.tries)).collect()
}

/// A turn of the poller, a minute later.
async fn asked(shop: &Shop) -> usize {
    shop.trade.clock.advance(61 * SECOND);
    ask::ask_all(&shop.trade, shop.trade.clock.now().later(-60 * SECOND), 1_000).await.unwrap()
}

/// Settles at the sandbox; its event is lost.
async fn settled_unheard(shop: &Shop, payment: &PaymentId, outcome: Outcome) {
    shop.sandbox().settle(&shop.trade.db, payment, outcome, shop.trade.clock.now()).await.unwrap();
}

async fn an_order_that_cannot_expire_holds_up_no_other(shop: Arc<Shop>) {
    let bad = shop.placed(&[("P01-1", 2)], None).await;
    let good = shop.placed(&[("P02-1", 2)], None).await;
    write(&shop.trade.db, &["UPDATE stock_levels SET held = 0 WHERE sku_id = 's1'"]).await;
    shop.trade.clock.advance(901 * SECOND);
    assert_eq!(expire::expire_overdue(&shop.trade, 10).await.unwrap(), 2);
    let states = (shop.state(&bad.number).await, shop.state(&good.number).await);
    assert_eq!(states, (OrderState::AwaitingPayment, OrderState::Expired));
    let id = shop.order(&bad.number).await.id;
    assert_eq!(put_off(&shop).await, [("expire_holds".to_owned(), id.0.clone(), 1)]);
    assert_eq!(expire::expire_overdue(&shop.trade, 10).await.unwrap(), 0, "it is left alone for a while");
    shop.trade.clock.advance(11 * SECOND);
    assert_eq!(expire::expire_overdue(&shop.trade, 10).await.unwrap(), 1);
    assert_eq!(put_off(&shop).await, [("expire_holds".to_owned(), id.0.clone(), 2)]);
    let page = Desk::open(shop.clone()).await.visitor("operator").get("/admin/troubles").await;
    assert!(page.text.contains(id.as_str()) && page.text.contains("订单过期"), "{}", page.text);
    write(&shop.trade.db, &["UPDATE stock_levels SET held = 2 WHERE sku_id = 's1'"]).await;
    shop.trade.clock.advance(21 * SECOND);
    assert_eq!(expire::expire_overdue(&shop.trade, 10).await.unwrap(), 1);
    assert_eq!((shop.state(&bad.number).await, put_off(&shop).await.len()), (OrderState::Expired, 0));
}

async fn a_payment_that_does_not_fit_holds_up_no_other(shop: Arc<Shop>) {
    let (bad, good) = (shop.placed(&[("P01-1", 1)], None).await, shop.placed(&[("P02-1", 1)], None).await);
    let payments = (shop.open_payment(&bad.number).await, shop.open_payment(&good.number).await);
    for payment in [&payments.0, &payments.1] {
        settled_unheard(&shop, payment, Outcome::Succeeded).await;
    }
    let mut tx = shop.trade.db.begin().await.unwrap();
    let cheaper = "UPDATE sandbox_intents SET amount_fen = amount_fen + $1 WHERE provider_ref = $2";
    let name = format!("pi_sandbox_{}", payments.0);
    q(cheaper).bind(-1_i64).bind(&name).exec(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(asked(&shop).await, 2);
    assert_eq!(
        (shop.state(&good.number).await, shop.state(&bad.number).await.as_str()),
        (OrderState::Paid, "awaiting_payment")
    );
    assert_eq!(put_off(&shop).await, [("reconcile".to_owned(), payments.0.0.clone(), 1)]);
    let mut tx = shop.trade.db.begin().await.unwrap();
    q(cheaper).bind(1_i64).bind(&name).exec(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(asked(&shop).await, 1);
    assert_eq!((shop.state(&bad.number).await, put_off(&shop).await.len()), (OrderState::Paid, 0));
}

async fn a_refund_that_cannot_be_sent_holds_up_no_other(shop: Arc<Shop>) {
    let mut numbers = Vec::new();
    for sku in ["P01-1", "P02-1"] {
        let placed = shop.placed(&[(sku, 1)], None).await;
        assert_eq!(shop.pay(&placed.number).await, PaymentOutcome::Paid);
        shop.sandbox().is(Mood::Away);
        let order = shop.order(&placed.number).await;
        let work = shop.trade.work(Actor::SYSTEM, None);
        refund::refund(&shop.trade, &work, &order, (&refund::Asked::Whole, "test")).await.unwrap();
        shop.sandbox().is(Mood::Well);
        numbers.push(placed.number);
    }
    let name = shop.payments(&numbers[0]).await[0].provider_ref.clone().unwrap();
    let mut tx = shop.trade.db.begin().await.unwrap();
    q("UPDATE sandbox_intents SET state = 'open' WHERE provider_ref = $1").bind(&name).exec(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    let send = async || refund::send::send_waiting(&shop.trade, shop.trade.clock.now(), 10).await.unwrap();
    assert_eq!((send().await, send().await), (2, 0));
    let states = (shop.state(&numbers[0]).await, shop.state(&numbers[1]).await);
    assert_eq!((states, put_off(&shop).await.len()), ((OrderState::Paid, OrderState::Refunded), 1));
    let mut tx = shop.trade.db.begin().await.unwrap();
    q("UPDATE sandbox_intents SET state = 'succeeded' WHERE provider_ref = $1")
        .bind(&name)
        .exec(&mut tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    shop.trade.clock.advance(11 * SECOND);
    assert_eq!(send().await, 1);
    assert_eq!((shop.state(&numbers[0]).await, put_off(&shop).await.len()), (OrderState::Refunded, 0));
}

async fn money_of_a_payment_that_failed_or_was_given_up_is_found(shop: Arc<Shop>) {
    let failed = shop.placed(&[("P01-1", 1)], None).await;
    let payment = shop.open_payment(&failed.number).await;
    assert_eq!(shop.settle(&payment, Outcome::Failed).await, PaymentOutcome::Failed);
    assert_eq!(asked(&shop).await, 1);
    settled_unheard(&shop, &payment, Outcome::Succeeded).await;
    assert_eq!(asked(&shop).await, 1);
    assert_eq!((shop.state(&failed.number).await, asked(&shop).await), (OrderState::Paid, 0));

    let cancelled = shop.placed(&[("P01-1", 1)], None).await;
    let payment = shop.open_payment(&cancelled.number).await;
    let order = shop.order(&cancelled.number).await;
    cancel::cancel(&shop.trade, &shop.trade.work(Actor::GUEST, None), &order).await.unwrap();
    settled_unheard(&shop, &payment, Outcome::Succeeded).await;
    assert_eq!(asked(&shop).await, 1);
    let found = shop.payments(&cancelled.number).await.remove(0);
    assert_eq!((found.state, found.to_ask), (PaymentState::Refunded, false));
    assert_eq!(shop.booked("unapplied").await, shop.booked("unapplied_refund").await);
}

async fn payments_of_ended_orders_are_given_up_at_the_provider(shop: Arc<Shop>) {
    let (idle, slow, late) = (
        shop.placed(&[("P01-1", 1)], None).await,
        shop.placed(&[("P01-1", 1)], None).await,
        shop.placed(&[("P02-1", 1)], None).await,
    );
    let idle = (shop.open_payment(&idle.number).await, idle.number);
    let slow = (shop.open_payment(&slow.number).await, slow.number);
    let late = (shop.open_payment(&late.number).await, late.number);
    shop.sandbox().process(&shop.trade.db, &slow.0).await.unwrap();
    shop.trade.clock.advance(901 * SECOND);
    assert_eq!(expire::expire_overdue(&shop.trade, 10).await.unwrap(), 3);
    settled_unheard(&shop, &late.0, Outcome::Succeeded).await;
    assert_eq!(ask::give_up_ended(&shop.trade, 10).await.unwrap(), 3);
    let stands = async |number: &str| {
        let payment = shop.payments(number).await.remove(0);
        (payment.state, payment.to_ask)
    };
    assert_eq!(stands(&idle.1).await, (PaymentState::Cancelled, false));
    assert_eq!(stands(&late.1).await, (PaymentState::Succeeded, false));
    assert_eq!(shop.state(&late.1).await, OrderState::Paid);
    let refused = shop.sandbox().settle(&shop.trade.db, &idle.0, Outcome::Succeeded, shop.trade.clock.now()).await;
    assert_eq!(refused.err().unwrap().refusal().unwrap().code, Code::PaymentDone);
    // The bank of the third takes its time: asked after again and again, until it is decided.
    assert_eq!(stands(&slow.1).await, (PaymentState::Cancelled, true));
    assert_eq!(ask::give_up_ended(&shop.trade, 10).await.unwrap(), 0);
    assert_eq!(put_off(&shop).await, [("give_up".to_owned(), slow.0.0.clone(), 1)]);
    settled_unheard(&shop, &slow.0, Outcome::Failed).await;
    shop.trade.clock.advance(11 * SECOND);
    assert_eq!(ask::give_up_ended(&shop.trade, 10).await.unwrap(), 1);
    assert_eq!((stands(&slow.1).await, put_off(&shop).await.len()), ((PaymentState::Cancelled, false), 0));
}

async fn another_payment_of_a_paid_order_is_given_up(shop: Arc<Shop>) {
    let placed = shop.placed(&[("P01-1", 1)], None).await;
    let (second, first) = shop.open_two(&placed.number).await;
    assert_eq!(shop.settle(&first, Outcome::Succeeded).await, PaymentOutcome::Paid);
    assert_eq!(asked(&shop).await, 1);
    assert_eq!(ask::give_up_ended(&shop.trade, 10).await.unwrap(), 1);
    let payments = shop.payments(&placed.number).await;
    let other = payments.iter().find(|payment| payment.id == second).unwrap();
    assert_eq!((other.state, other.to_ask), (PaymentState::Cancelled, false));
    assert_eq!(asked(&shop).await, 0);
}

/// So many payments that nobody pays, of an order that has ended; the oldest settles at the provider unheard.
async fn a_settled_payment_among_many_abandoned_ones_is_found(shop: Arc<Shop>) {
    let many: i64 = if long() { 100_000 } else { 10_000 };
    let placed = shop.placed(&[("P01-1", 1)], None).await;
    let payment = shop.open_payment(&placed.number).await;
    shop.trade.clock.advance(901 * SECOND);
    expire::expire_overdue(&shop.trade, 10).await.unwrap();
    let order = shop.order(&placed.number).await;
    let mut tx = shop.trade.db.begin().await.unwrap();
    let intents = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
        INSERT INTO sandbox_intents (provider_ref, amount_fen, state, settled_at, refunded_fen)
        SELECT 'pi_sandbox_many-' || CAST(i AS TEXT), $2, 'open', NULL, 0 FROM n";
    q(intents).bind(many).bind(order.total_fen).exec(&mut tx).await.unwrap();
    let payments = "INSERT INTO payments (id, order_id, method, state, amount_fen, provider_ref, refund_reserved_fen,
          refunded_fen, created_at, asked_at, to_ask, opened_at)
        SELECT substr(provider_ref, 12), $1, 'sandbox', 'cancelled', amount_fen, provider_ref, 0, 0, $2, $2, TRUE, $2
        FROM sandbox_intents WHERE provider_ref LIKE 'pi_sandbox_many-%'";
    q(payments).bind(&order.id).bind(shop.trade.clock.now()).exec(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    settled_unheard(&shop, &payment, Outcome::Succeeded).await;
    // The last that would be asked after.
    write(&shop.trade.db, &["UPDATE payments SET asked_at = asked_at + 1 WHERE id NOT LIKE 'many-%'"]).await;
    let begun = Instant::now();
    shop.trade.clock.advance(3_600 * SECOND);
    let before = shop.trade.clock.now().later(-60 * SECOND);
    let mut all = 0;
    loop {
        let asked = ask::ask_all(&shop.trade, before, 1_000).await.unwrap();
        all += asked;
        if asked < 1_000 {
            break;
        }
    }
    println!("{:?}: {all} payments asked after in {:?}", shop.trade.db.engine(), begun.elapsed());
    assert_eq!((all, shop.state(&placed.number).await), (usize::try_from(many).unwrap() + 1, OrderState::Paid));
    assert!(begun.elapsed().as_secs() < 120, "longer than twice YANXI_RECONCILE_SECONDS");
}

async fn ten_thousand_holds_that_end_together(shop: Arc<Shop>) {
    const MANY: i64 = 10_000;
    shop.shelve(2 * MANY).await;
    let placed = shop.placed(&[("P01-1", 1), ("P02-1", 1)], None).await;
    let mut conn = shop.trade.db.read().await.unwrap();
    let order = read::by_number(&mut conn, &placed.number).await.unwrap();
    let first = Record {
        contact: read::contact(&mut conn, &order.id).await.unwrap().unwrap(),
        sellers: read::sellers(&mut conn, &order.id).await.unwrap(),
        lines: read::lines(&mut conn, &order.id).await.unwrap(),
        discounts: read::discounts(&mut conn, &order).await.unwrap(),
        parts: read::parts(&mut conn, &order.id).await.unwrap(),
        events: read::events(&mut conn, &order.id).await.unwrap(),
        order,
    };
    drop(conn);
    let more: Vec<Record> = (1..MANY).map(|n| another(&first, n)).collect();
    let hold = |r: &Record, sku: &str| Hold {
        order_id: r.order.id.clone(),
        sku_id: yanxi::kernel::SkuId(sku.to_owned()),
        location: yanxi::stock::ONLINE.to_owned(),
        qty: 1,
        state: HoldState::Live,
    };
    let mut tx = shop.trade.db.begin().await.unwrap();
    for chunk in more.chunks(500) {
        assert!(store::insert(&mut tx, chunk).await.unwrap());
    }
    let holds: Vec<Hold> = more.iter().flat_map(|r| [hold(r, "s1"), hold(r, "s2")]).collect();
    db::insert_all(&mut tx, &holds).await.unwrap();
    q("UPDATE stock_levels SET held = $1 WHERE sku_id <> 's3'").bind(MANY).exec(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    shop.trade.clock.advance(901 * SECOND);
    let begun = Instant::now();
    let mut all = 0;
    loop {
        let ended = expire::expire_overdue(&shop.trade, 500).await.unwrap();
        all += ended;
        if ended < 500 {
            break;
        }
    }
    let took = begun.elapsed();
    println!("{:?}: {all} orders expired in {took:?}", shop.trade.db.engine());
    assert_eq!((all, shop.stock("P01-1").await), (10_000, (2 * MANY, 0)));
    assert!(took.as_secs() < 30);
}

/// The same order under other names.
fn another(first: &Record, n: i64) -> Record {
    let mut r = first.clone();
    let id = OrderId(format!("{}-{n}", r.order.id));
    r.order.id = id.clone();
    r.order.number = format!("{}{n:05}", &r.order.number[..10]);
    r.order.journal_key = journal_key(&journal_ref(&r.order.journal_salt, &r.order.number)).unwrap();
    r.order.quote_id.0 = format!("{}-{n}", r.order.quote_id.0);
    r.order.token_hash = format!("{n}");
    r.contact.order_id = id.clone();
    let seller = |old: &SellerOrderId| SellerOrderId(format!("{old}-{n}"));
    for row in &mut r.sellers {
        (row.id, row.order_id) = (seller(&row.id), id.clone());
    }
    for row in &mut r.lines {
        (row.order_id, row.seller_order_id) = (id.clone(), seller(&row.seller_order_id));
    }
    r.parts.iter_mut().for_each(|row| row.order_id = id.clone());
    r.events.iter_mut().for_each(|row| row.order_id = id.clone());
    r
}
