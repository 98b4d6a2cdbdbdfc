//! Money that comes late, twice, forged or for the wrong amount (I3, I5).

use std::sync::Arc;

use yanxi::{
    db::q,
    kernel::{Actor, Code, Error, Fen, time::SECOND},
    orders::{OrderState, ask, expire, hear, odd, payment_result::PaymentOutcome, place},
    payments::{EventOutcome, sandbox::Outcome},
    promotions::coupon,
};

use crate::support::{Desk, Shop, on_both};

on_both! {
    late_money_takes_the_stock_again_where_it_is_left,
    late_money_goes_back_where_the_stock_is_gone,
    an_ended_coupon_takes_nothing_off_further_orders_and_keeps_its_word_to_those_placed,
    a_second_payment_of_a_paid_order_goes_back,
    events_in_any_number_and_the_poller_pay_once,
    the_poller_learns_of_a_refusal_and_nothing_of_what_is_open,
    forged_and_mismatched_events_change_nothing,
    what_does_not_fit_is_kept_for_the_operator_with_what_differed,
}

async fn late_money_takes_the_stock_again_where_it_is_left(shop: Arc<Shop>) {
    let placed = shop.placed(&[("P02-1", 5)], None).await;
    let payment = shop.open_payment(&placed.number).await;
    shop.trade.clock.advance(901 * SECOND);
    assert_eq!(expire::expire_overdue(&shop.trade, 10).await.unwrap(), 1);
    assert_eq!(expire::expire_overdue(&shop.trade, 10).await.unwrap(), 0);
    assert_eq!((shop.state(&placed.number).await, shop.stock("P02-1").await), (OrderState::Expired, (5, 0)));
    assert_eq!(shop.settle(&payment, Outcome::Succeeded).await, PaymentOutcome::Paid);
    assert_eq!((shop.state(&placed.number).await, shop.stock("P02-1").await), (OrderState::Paid, (0, 0)));
}

async fn late_money_goes_back_where_the_stock_is_gone(shop: Arc<Shop>) {
    let placed = shop.placed(&[("P02-1", 3)], None).await;
    let payment = shop.open_payment(&placed.number).await;
    shop.trade.clock.advance(901 * SECOND);
    expire::expire_overdue(&shop.trade, 10).await.unwrap();
    let other = shop.placed(&[("P02-1", 4)], None).await;
    assert!(matches!(shop.settle(&payment, Outcome::Succeeded).await, PaymentOutcome::GivenBack(_)));
    assert_eq!(shop.state(&placed.number).await, OrderState::Expired);
    assert_eq!(shop.settle(&payment, Outcome::Succeeded).await, PaymentOutcome::Known);
    assert_eq!((shop.booked("sale").await, shop.waiting_refunds().await.len()), (0, 0));
    assert_eq!(shop.booked("tender").await, shop.booked("tender_return").await);
    let order = shop.order(&placed.number).await;
    let payments = yanxi::payments::store::of_order(&mut shop.trade.db.read().await.unwrap(), &order.id).await.unwrap();
    assert_eq!(payments[0].state.as_str(), "refunded");
    assert_eq!(shop.pay(&other.number).await, PaymentOutcome::Paid);
}

async fn an_ended_coupon_takes_nothing_off_further_orders_and_keeps_its_word_to_those_placed(shop: Arc<Shop>) {
    let paid = shop.placed(&[("P01-1", 1)], Some("TWENTY")).await;
    let late = shop.placed(&[("P01-1", 1)], Some("TWENTY")).await;
    let payment = shop.open_payment(&late.number).await;
    let quoted = shop.quote(&[("P01-1", 1)], Some("TWENTY")).await.unwrap();
    for ended in [1, 0] {
        coupon::end(&shop.trade.work(Actor::GUEST, None), "TWENTY").await.unwrap();
        let log = "SELECT CAST(count(*) AS BIGINT) FROM audit_log WHERE action = 'coupon.end'";
        let (rows,): (i64,) = q(log).one(&mut shop.trade.db.read().await.unwrap()).await.unwrap();
        assert_eq!(rows, 1, "logged once, {ended}");
    }
    let code = |error: Error| error.refusal().map(|refusal| refusal.code);
    assert_eq!(code(shop.quote(&[("P01-1", 1)], Some("TWENTY")).await.unwrap_err()), Some(Code::CouponNotValid));
    let placing = Shop::placing(&quoted, "13800000002");
    let refused = place::place(&shop.trade, &shop.trade.work(Actor::GUEST, None), placing).await.unwrap_err();
    assert_eq!(code(refused), Some(Code::CouponNotValid));
    assert_eq!(shop.pay(&paid.number).await, PaymentOutcome::Paid);
    shop.trade.clock.advance(901 * SECOND);
    expire::expire_overdue(&shop.trade, 10).await.unwrap();
    assert_eq!(shop.settle(&payment, Outcome::Succeeded).await, PaymentOutcome::Paid);
    assert!(shop.order(&late.number).await.discount_fen > Fen::ZERO);
}

async fn a_second_payment_of_a_paid_order_goes_back(shop: Arc<Shop>) {
    let placed = shop.placed(&[("P01-1", 1)], None).await;
    let (second, first) = shop.open_two(&placed.number).await;
    assert_eq!(shop.settle(&first, Outcome::Succeeded).await, PaymentOutcome::Paid);
    assert!(matches!(shop.settle(&second, Outcome::Succeeded).await, PaymentOutcome::GivenBack(_)));
    assert_eq!(shop.booked("sale").await, 8990);
    assert_eq!(shop.stock("P01-1").await, (99, 0));
}

async fn events_in_any_number_and_the_poller_pay_once(shop: Arc<Shop>) {
    let placed = shop.placed(&[("P01-1", 1)], None).await;
    let payment = shop.open_payment(&placed.number).await;
    let sandbox = shop.sandbox();
    let now = shop.trade.clock.now();
    let delivery = sandbox.settle(&shop.trade.db, &payment, Outcome::Succeeded, now).await.unwrap();
    assert_eq!(ask::ask_provider(&shop.trade, &payment).await.unwrap(), PaymentOutcome::Paid);
    for _ in 0..3 {
        let again = hear::take_event(&shop.trade, &delivery.signature, &delivery.body).await.unwrap();
        assert_eq!(again, PaymentOutcome::Known);
    }
    assert_eq!((shop.booked("sale").await, shop.stock("P01-1").await), (8990, (99, 0)));
}

async fn the_poller_learns_of_a_refusal_and_nothing_of_what_is_open(shop: Arc<Shop>) {
    let placed = shop.placed(&[("P01-1", 1)], None).await;
    let payment = shop.open_payment(&placed.number).await;
    assert_eq!(ask::ask_provider(&shop.trade, &payment).await.unwrap(), PaymentOutcome::Known);
    let sandbox = shop.sandbox();
    sandbox.settle(&shop.trade.db, &payment, Outcome::Failed, shop.trade.clock.now()).await.unwrap();
    assert_eq!(ask::ask_provider(&shop.trade, &payment).await.unwrap(), PaymentOutcome::Failed);
    assert_eq!(shop.state(&placed.number).await, OrderState::AwaitingPayment);
    assert_eq!(shop.pay(&placed.number).await, PaymentOutcome::Paid);
}

async fn forged_and_mismatched_events_change_nothing(shop: Arc<Shop>) {
    let placed = shop.placed(&[("P01-1", 1)], None).await;
    let payment = shop.open_payment(&placed.number).await;
    let sandbox = shop.sandbox();
    let now = shop.trade.clock.now();
    let delivery = sandbox.settle(&shop.trade.db, &payment, Outcome::Succeeded, now).await.unwrap();
    let cheaper = String::from_utf8(delivery.body.clone()).unwrap().replace("\"amount\":", "\"amount\":1");
    let forged = hear::take_event(&shop.trade, &delivery.signature, cheaper.as_bytes()).await;
    assert_eq!(forged.unwrap_err().refusal().unwrap().code, Code::SignatureInvalid);
    let signed = sandbox.sign(cheaper.as_bytes(), now).unwrap();
    let mismatch = hear::take_event(&shop.trade, &signed, cheaper.as_bytes()).await;
    assert_eq!(mismatch.unwrap_err().refusal().unwrap().code, Code::EventMismatch);
    assert_eq!(shop.state(&placed.number).await, OrderState::AwaitingPayment);
}

async fn what_does_not_fit_is_kept_for_the_operator_with_what_differed(shop: Arc<Shop>) {
    let placed = shop.placed(&[("P01-1", 1)], None).await;
    let payment = shop.open_payment(&placed.number).await;
    let (sandbox, now) = (shop.sandbox(), shop.trade.clock.now());
    let delivery = sandbox.settle(&shop.trade.db, &payment, Outcome::Succeeded, now).await.unwrap();
    let body = String::from_utf8(delivery.body).unwrap();
    let desk = Desk::open(shop.clone()).await;
    let cheaper = body.replace("\"amount\":", "\"amount\":1").replace("\"evt_", "\"evt_a_");
    let foreign =
        body.replace("\"cny\"", "\"usd\"").replace("\"pi_sandbox_", "\"pi_other_").replace("\"evt_", "\"evt_b_");
    let unknown = r#"{"id": "evt_c", "type": "charge.dispute.created", "created": 1, "data": {"object": {"x": 1}}}"#;
    for (body, status) in
        [(cheaper.as_str(), 422), (cheaper.as_str(), 422), (&foreign, 422), (unknown, 200), (unknown, 200)]
    {
        let signature = sandbox.sign(body.as_bytes(), now).unwrap();
        assert_eq!(desk.webhook(&signature, body).await.status, status, "{body}");
    }
    assert_eq!(shop.state(&placed.number).await, OrderState::AwaitingPayment);
    let odd = odd::events(&mut shop.trade.db.read().await.unwrap(), 10).await.unwrap();
    let kept: Vec<_> = odd
        .iter()
        .map(|odd| (odd.id.chars().take(6).collect::<String>(), odd.outcome, odd.number.as_deref()))
        .collect();
    let number = Some(placed.number.as_str());
    let expected = [
        ("evt_c".to_owned(), EventOutcome::Unknown, None),
        ("evt_b_".to_owned(), EventOutcome::Mismatch, number),
        ("evt_a_".to_owned(), EventOutcome::Mismatch, number),
    ];
    assert_eq!(kept, expected);
    let page = desk.visitor("operator").get("/admin/troubles").await;
    for words in
        ["charge.dispute.created", "currency usd instead of cny", "reference pi_other_", placed.number.as_str()]
    {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
}
