//! Several tenders of one order: what comes in together pays it, what goes back goes by each of them.

use std::sync::Arc;

use yanxi::{
    db::q,
    kernel::{Actor, Fen, RefundId, time::SECOND},
    orders::{
        OrderState, cancel, expire, hear,
        kinds::RefundState,
        payment_result::PaymentOutcome,
        refund::{self, Asked, AskedLine, Refunding},
    },
    payments::{
        BackState, PaymentState,
        sandbox::{Mood, Outcome},
    },
};

use super::counting::counter_journal_and_reports_agree;
use crate::support::{Shop, on_both};

on_both! {
    two_payments_pay_one_order_and_go_back_the_last_first,
    an_order_paid_in_parts_is_refunded_line_by_line_to_the_fen,
    one_payment_of_an_order_and_method_is_open_at_a_time,
    what_comes_over_the_total_goes_back,
    a_part_payment_goes_back_when_its_order_ends_unpaid,
    a_part_payment_that_comes_late_goes_back,
    a_refund_of_two_tenders_is_booked_when_both_are_back,
    the_part_of_a_refund_that_was_refused_is_sent_again,
    a_refund_that_all_tenders_refuse_has_failed,
    a_tender_that_a_bank_undoes_meanwhile_holds_its_refund_up_no_longer,
    an_order_is_paid_when_the_last_of_its_money_was_captured,
}

/// 6700 of goods and 900 of freight.
async fn placed(shop: &Shop) -> String {
    let placed = shop.placed(&[("P02-1", 2)], None).await;
    assert_eq!(placed.total_fen, Fen(7600));
    placed.number
}

async fn pay_part(shop: &Shop, number: &str, fen: i64) -> PaymentOutcome {
    shop.trade.clock.advance(SECOND);
    let part = shop.open_part(number, fen).await;
    shop.settle(&part, Outcome::Succeeded).await
}

async fn paid_in_two(shop: &Shop) -> String {
    let number = placed(shop).await;
    assert_eq!(pay_part(shop, &number, 3000).await, PaymentOutcome::PartPaid);
    assert_eq!(shop.state(&number).await, OrderState::AwaitingPayment);
    shop.trade.clock.advance(SECOND);
    assert_eq!(shop.pay(&number).await, PaymentOutcome::Paid);
    number
}

async fn give_back(shop: &Shop, number: &str, asked: Asked) -> Refunding {
    let order = shop.order(number).await;
    let work = shop.trade.work(Actor::SYSTEM, None);
    refund::refund(&shop.trade, &work, &order, (&asked, "坏果")).await.unwrap()
}

/// What each payment brought and gave back, oldest first.
async fn payments(shop: &Shop, number: &str) -> Vec<(i64, i64)> {
    shop.payments(number).await.iter().map(|p| (p.amount_fen.0, p.refunded_fen.0)).collect()
}

async fn sent(shop: &Shop) {
    refund::send::send_waiting(&shop.trade, shop.trade.clock.now(), 10).await.unwrap();
}

async fn balance(shop: &Shop) -> i64 {
    let sql = "SELECT CAST(COALESCE(SUM(CASE WHEN credit = 'order' THEN amount_fen ELSE 0 END)
                 - SUM(CASE WHEN debit = 'order' THEN amount_fen ELSE 0 END), 0) AS BIGINT) FROM ledger_entries";
    let row: (i64,) = q(sql).one(&mut shop.trade.db.read().await.unwrap()).await.unwrap();
    row.0
}

async fn two_payments_pay_one_order_and_go_back_the_last_first(shop: Arc<Shop>) {
    let number = paid_in_two(&shop).await;
    assert_eq!(payments(&shop, &number).await, [(3000, 0), (4600, 0)]);
    assert_eq!((shop.booked("tender").await, balance(&shop).await), (7600, 0));
    assert_eq!(give_back(&shop, &number, Asked::Amount(Fen(5000))).await.state, RefundState::Succeeded);
    assert_eq!(payments(&shop, &number).await, [(3000, 400), (4600, 4600)]);
    let states: Vec<_> = shop.payments(&number).await.iter().map(|payment| payment.state).collect();
    assert_eq!(states, [PaymentState::PartRefunded, PaymentState::Refunded]);
    give_back(&shop, &number, Asked::Whole).await;
    assert_eq!(payments(&shop, &number).await, [(3000, 3000), (4600, 4600)]);
    assert_eq!((shop.state(&number).await, balance(&shop).await), (OrderState::Refunded, 0));
    counter_journal_and_reports_agree(&shop).await;
}

async fn an_order_paid_in_parts_is_refunded_line_by_line_to_the_fen(shop: Arc<Shop>) {
    let placed = shop.placed(&[("P01-1", 3), ("P02-1", 2), ("P03-1", 1)], Some("THIRTY")).await;
    for fen in [1, 9_999, 12_345] {
        assert_eq!(pay_part(&shop, &placed.number, fen).await, PaymentOutcome::PartPaid);
    }
    shop.trade.clock.advance(SECOND);
    assert_eq!(shop.pay(&placed.number).await, PaymentOutcome::Paid);
    for (line_no, units) in [(2, 1), (1, 1), (3, 1), (1, 1), (2, 1), (1, 1)] {
        let line = AskedLine { line_no, qty: Some(units), amount: None };
        let back = give_back(&shop, &placed.number, Asked::Lines(vec![line])).await;
        assert_eq!(back.state, RefundState::Succeeded);
        shop.audit().await;
    }
    let rows = payments(&shop, &placed.number).await;
    assert!(rows.len() == 4 && rows.iter().all(|(came, back)| came == back), "{rows:?}");
    assert_eq!(shop.state(&placed.number).await, OrderState::Refunded);
    counter_journal_and_reports_agree(&shop).await;
}

async fn one_payment_of_an_order_and_method_is_open_at_a_time(shop: Arc<Shop>) {
    let number = placed(&shop).await;
    let first = shop.open_payment(&number).await;
    assert_eq!(shop.open_payment(&number).await, first, "another key gets the one that is open");
    shop.trade.clock.advance(SECOND);
    let part = shop.open_part(&number, 3000).await;
    let states = |all: Vec<yanxi::payments::Payment>| all.into_iter().map(|p| p.state).collect::<Vec<_>>();
    assert_eq!(states(shop.payments(&number).await), [PaymentState::Cancelled, PaymentState::Pending]);
    assert_eq!(shop.settle(&part, Outcome::Succeeded).await, PaymentOutcome::PartPaid);
    // The payer was faster with the one that was given up: the order is paid, what came over goes back.
    assert_eq!(shop.settle(&first, Outcome::Succeeded).await, PaymentOutcome::Paid);
    sent(&shop).await;
    assert_eq!(shop.payments(&number).await.iter().map(|p| p.refunded_fen.0).sum::<i64>(), 3000);
    assert_eq!(balance(&shop).await, 0);
}

async fn what_comes_over_the_total_goes_back(shop: Arc<Shop>) {
    let number = placed(&shop).await;
    let whole = shop.open_payment(&number).await;
    shop.settle(&whole, Outcome::Failed).await;
    assert_eq!(pay_part(&shop, &number, 7000).await, PaymentOutcome::PartPaid);
    shop.trade.clock.advance(SECOND);
    assert_eq!(shop.settle(&whole, Outcome::Succeeded).await, PaymentOutcome::Paid);
    assert_eq!((balance(&shop).await, shop.booked("sale").await), (7000, 6700));
    assert_eq!(shop.waiting_refunds().await.iter().map(|(_, fen)| fen.0).collect::<Vec<_>>(), [7000]);
    sent(&shop).await;
    assert_eq!((balance(&shop).await, shop.booked("tender_return").await), (0, 7000));
    give_back(&shop, &number, Asked::Whole).await;
    assert_eq!((balance(&shop).await, shop.booked("tender_return").await), (0, 14_600));
}

async fn a_part_payment_goes_back_when_its_order_ends_unpaid(shop: Arc<Shop>) {
    for cancelled in [true, false] {
        let number = placed(&shop).await;
        assert_eq!(pay_part(&shop, &number, 3000).await, PaymentOutcome::PartPaid);
        if cancelled {
            let order = shop.order(&number).await;
            cancel::cancel(&shop.trade, &shop.trade.work(Actor::GUEST, None), &order).await.unwrap();
        } else {
            shop.trade.clock.advance(901 * SECOND);
            expire::expire_overdue(&shop.trade, 10).await.unwrap();
        }
        shop.audit().await;
        sent(&shop).await;
        assert_eq!((payments(&shop, &number).await, balance(&shop).await), (vec![(3000, 3000)], 0));
    }
    assert_eq!((shop.stock("P02-1").await, shop.booked("sale").await), ((5, 0), 0));
}

async fn a_part_payment_that_comes_late_goes_back(shop: Arc<Shop>) {
    let number = placed(&shop).await;
    assert_eq!(pay_part(&shop, &number, 3000).await, PaymentOutcome::PartPaid);
    shop.trade.clock.advance(SECOND);
    let rest = shop.open_payment(&number).await;
    shop.trade.clock.advance(901 * SECOND);
    expire::expire_overdue(&shop.trade, 10).await.unwrap();
    let late = shop.settle(&rest, Outcome::Succeeded).await;
    assert!(matches!(late, PaymentOutcome::GivenBack(_)), "{late:?}");
    sent(&shop).await;
    assert_eq!(payments(&shop, &number).await, [(3000, 3000), (4600, 4600)]);
    assert_eq!((shop.state(&number).await, balance(&shop).await), (OrderState::Expired, 0));
}

/// The sandbox decides about one tender of a refund, the larger first, and its event comes in twice.
async fn told(shop: &Shop, id: &RefundId, nth: usize, state: BackState) {
    shop.trade.clock.advance(SECOND);
    let mut tenders = shop.refund_tenders(id).await;
    tenders.sort_by_key(|tender| std::cmp::Reverse(tender.amount_fen));
    let tender = tenders.remove(nth).id;
    let delivery = shop.sandbox().decide(&shop.trade.db, &tender, state, shop.trade.clock.now()).await.unwrap();
    for _ in 0..2 {
        hear::take_event(&shop.trade, &delivery.signature, &delivery.body).await.unwrap();
    }
}

async fn slowly_back(shop: &Shop, number: &str) -> RefundId {
    shop.sandbox().is(Mood::Slow);
    let refunding = give_back(shop, number, Asked::Whole).await;
    assert_eq!(refunding.state, RefundState::Requested);
    RefundId(refunding.refund_id)
}

async fn a_refund_of_two_tenders_is_booked_when_both_are_back(shop: Arc<Shop>) {
    let number = paid_in_two(&shop).await;
    let id = slowly_back(&shop, &number).await;
    told(&shop, &id, 1, BackState::Succeeded).await;
    assert_eq!((shop.state(&number).await, shop.booked("refund").await), (OrderState::Paid, 0));
    assert_eq!(payments(&shop, &number).await.iter().map(|row| row.1).sum::<i64>(), 3000);
    shop.audit().await;
    told(&shop, &id, 0, BackState::Succeeded).await;
    assert_eq!((shop.state(&number).await, shop.booked("refund").await), (OrderState::Refunded, 6700));
    assert_eq!((payments(&shop, &number).await, balance(&shop).await), (vec![(3000, 3000), (4600, 4600)], 0));
}

async fn the_part_of_a_refund_that_was_refused_is_sent_again(shop: Arc<Shop>) {
    let number = paid_in_two(&shop).await;
    let id = slowly_back(&shop, &number).await;
    told(&shop, &id, 0, BackState::Failed).await;
    told(&shop, &id, 1, BackState::Succeeded).await;
    assert_eq!(refund::send::send(&shop.trade, &id).await.unwrap(), RefundState::Requested);
    assert_eq!((shop.state(&number).await, shop.booked("refund").await), (OrderState::Paid, 0));
    shop.audit().await;
    shop.sandbox().is(Mood::Well);
    assert_eq!(shop.send_again(&id).await.unwrap(), RefundState::Succeeded);
    assert!(shop.send_again(&id).await.is_err(), "all of it is back");
    assert_eq!(shop.refund_tenders(&id).await.len(), 3);
    assert_eq!((payments(&shop, &number).await, balance(&shop).await), (vec![(3000, 3000), (4600, 4600)], 0));
    assert_eq!(shop.state(&number).await, OrderState::Refunded);
}

async fn a_refund_that_all_tenders_refuse_has_failed(shop: Arc<Shop>) {
    let number = paid_in_two(&shop).await;
    let id = slowly_back(&shop, &number).await;
    told(&shop, &id, 1, BackState::Failed).await;
    assert_eq!(refund::send::send(&shop.trade, &id).await.unwrap(), RefundState::Requested);
    told(&shop, &id, 0, BackState::Failed).await;
    assert_eq!(refund::send::send(&shop.trade, &id).await.unwrap(), RefundState::Failed);
    assert_eq!(shop.order(&number).await.refund_reserved_fen, Fen::ZERO);
    shop.sandbox().is(Mood::Well);
    assert_eq!(give_back(&shop, &number, Asked::Whole).await.state, RefundState::Succeeded);
    assert_eq!((shop.state(&number).await, shop.stock("P02-1").await), (OrderState::Refunded, (5, 0)));
}

async fn a_tender_that_a_bank_undoes_meanwhile_holds_its_refund_up_no_longer(shop: Arc<Shop>) {
    for first in [true, false] {
        let number = paid_in_two(&shop).await;
        let id = slowly_back(&shop, &number).await;
        told(&shop, &id, 0, BackState::Succeeded).await;
        if first {
            told(&shop, &id, 0, BackState::Failed).await;
            shop.audit().await;
            told(&shop, &id, 1, BackState::Succeeded).await;
        } else {
            told(&shop, &id, 1, BackState::Succeeded).await;
            told(&shop, &id, 0, BackState::Failed).await;
        }
        assert_eq!((shop.state(&number).await, balance(&shop).await), (OrderState::Refunded, 4600));
        shop.audit().await;
        shop.sandbox().is(Mood::Well);
        assert_eq!(shop.send_again(&id).await.unwrap(), RefundState::Succeeded);
        assert!(shop.send_again(&id).await.is_err(), "it was sent again already");
        assert_eq!((payments(&shop, &number).await, balance(&shop).await), (vec![(3000, 3000), (4600, 4600)], 0));
    }
}

async fn an_order_is_paid_when_the_last_of_its_money_was_captured(shop: Arc<Shop>) {
    let number = placed(&shop).await;
    let early = shop.open_part(&number, 3000).await;
    let now = shop.trade.clock.now();
    let delivery = shop.sandbox().settle(&shop.trade.db, &early, Outcome::Succeeded, now).await.unwrap();
    assert_eq!(pay_part(&shop, &number, 4600).await, PaymentOutcome::PartPaid);
    let last = shop.trade.clock.now();
    shop.trade.clock.advance(SECOND);
    // What was captured first is learned last.
    let done = hear::take_event(&shop.trade, &delivery.signature, &delivery.body).await.unwrap();
    assert_eq!((done, shop.order(&number).await.paid_at), (PaymentOutcome::Paid, Some(last)));
}
