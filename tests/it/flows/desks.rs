//! What desks and account pages ask of orders: statements, lists, export, closing an account.

use std::sync::Arc;

use yanxi::{
    db::q,
    identity::{NewPerson, Person, Role, create_person},
    kernel::{Actor, Code, CoopId, Fen, Lang, Step, time::HOUR},
    orders::{
        OrderState, account, cancel,
        find::{self, Place},
        listing::{self, Search, Trouble},
        place, read,
        refund::{self, Asked},
        statement,
    },
};

use crate::support::{Shop, on_both};

on_both! {
    a_statement_sums_what_was_sold_and_refunded_for_one_cooperative,
    desks_count_and_list_what_waits,
    an_account_closes_when_its_orders_are_done_and_leaves_no_receiver,
}

async fn buyer(shop: &Shop, login: &str) -> Person {
    let new = NewPerson {
        login: login.to_owned(),
        name: "买家".to_owned(),
        role: Role::Shopper,
        coop: None,
        outlet: None,
        password_hash: "none".to_owned(),
    };
    let mut step = Step::new(shop.trade.clock.now(), Actor::SYSTEM);
    let mut tx = shop.trade.db.begin().await.unwrap();
    let person = create_person(&mut tx, new, &mut step).await.unwrap();
    tx.commit().await.unwrap();
    person
}

async fn placed_by(shop: &Shop, person: &Person) -> String {
    let quote = shop.quote(&[("P02-1", 1)], None).await.unwrap();
    let placing = Shop::placing(&quote, "13800000001");
    place::place(&shop.trade, &shop.trade.work(person.actor(), None), placing).await.unwrap().number
}

async fn a_statement_sums_what_was_sold_and_refunded_for_one_cooperative(shop: Arc<Shop>) {
    let placed = shop.placed(&[("P01-1", 3), ("P02-1", 1)], Some("THIRTY")).await;
    shop.pay(&placed.number).await;
    let today = shop.trade.clock.today();
    let coop = shop.sellers(&placed.number).await[0].1.clone();
    let drawn = async || {
        let mut conn = shop.trade.db.read().await.unwrap();
        let asked = statement::Asked::of(&coop, (today, today)).unwrap();
        statement::statement(&mut conn, &asked, shop.trade.clock.now()).await.unwrap()
    };
    let sold = drawn().await;
    let order = shop.order(&placed.number).await;
    let lines = read::lines(&mut shop.trade.db.read().await.unwrap(), &order.id).await.unwrap();
    let own = lines.iter().find(|line| line.sku == "P01-1").unwrap();
    assert_eq!(sold.totals.goods_fen, own.payable_fen);
    assert_eq!(sold.totals.goods_fen.0 + sold.totals.promotion_fen.0, own.list_fen.0);
    assert_eq!(sold.totals.net_fen.0, own.list_fen.0 + own.freight_fen.0);
    assert_eq!(sold.totals.qty, 3);
    let order = shop.order(&placed.number).await;
    refund::refund(&shop.trade, &shop.trade.work(Actor::SYSTEM, None), &order, (&Asked::Whole, "test")).await.unwrap();
    assert_eq!(drawn().await.totals.net_fen, Fen::ZERO);
    let reversed = statement::Asked::of(&coop, (today, today.plus_days(-1)));
    assert_eq!(reversed.unwrap_err().refusal().map(|r| r.code), Some(Code::RangeReversed));
}

async fn desks_count_and_list_what_waits(shop: Arc<Shop>) {
    let placed = shop.placed(&[("P01-1", 1)], None).await;
    shop.pay(&placed.number).await;
    let coop = shop.sellers(&placed.number).await[0].1.clone();
    let mut conn = shop.trade.db.read().await.unwrap();
    let counts = listing::counts(&mut conn, &coop).await.unwrap();
    assert_eq!(counts.iter().map(|c| (c.state.as_str(), c.n)).collect::<Vec<_>>(), [("to_ship", 1)]);
    assert!(counts[0].earliest.is_some());
    let found = async |search: Search| {
        let now = shop.trade.clock.now();
        let mut conn = shop.trade.db.read().await.unwrap();
        let found = find::search(&mut conn, &search, now, (&Place::First, 10)).await.unwrap();
        found.orders.into_iter().map(|order| order.number).collect::<Vec<_>>()
    };
    let own = vec![placed.number.clone()];
    let (today, tail) = (shop.trade.clock.today(), placed.number[8..].to_owned());
    assert_eq!(found(Search::default()).await, own);
    assert_eq!(found(Search { number: tail, coop: Some(coop), ..Search::default() }).await, own);
    assert_eq!(
        found(Search {
            from: Some(today),
            to: Some(today),
            channel: Some(yanxi::kernel::Channel::Online),
            ..Search::default()
        })
        .await,
        own
    );
    let none = vec![
        Search { state: Some(OrderState::Expired), ..Search::default() },
        Search { coop: Some(CoopId("c2".into())), ..Search::default() },
        Search { to: Some(today.plus_days(-1)), ..Search::default() },
        Search { trouble: Some(Trouble::Late), ..Search::default() },
        Search { trouble: Some(Trouble::Refund), ..Search::default() },
    ];
    for search in none {
        assert!(found(search.clone()).await.is_empty(), "{search:?}");
    }
    shop.trade.clock.advance(49 * HOUR);
    assert_eq!(found(Search { trouble: Some(Trouble::Late), ..Search::default() }).await, own);
}

async fn an_account_closes_when_its_orders_are_done_and_leaves_no_receiver(shop: Arc<Shop>) {
    let lin = buyer(&shop, "lin").await;
    let number = placed_by(&shop, &lin).await;
    let refused = account::close(&shop.trade, &lin).await.unwrap_err();
    assert_eq!(refused.refusal().map(|r| r.code), Some(Code::AccountHasOpenOrders));
    let mut conn = shop.trade.db.read().await.unwrap();
    let export = account::export(&mut conn, &lin, Lang::ZhCn, shop.trade.clock.now()).await.unwrap();
    drop(conn);
    assert_eq!(export.orders.len(), 1);
    assert!(export.orders[0].contact.is_some());
    let order = shop.order(&number).await;
    cancel::cancel(&shop.trade, &shop.trade.work(lin.actor(), None), &order).await.unwrap();
    account::close(&shop.trade, &lin).await.unwrap();
    let (left,): (i64,) = q("SELECT CAST(count(*) AS BIGINT) FROM order_contacts")
        .one(&mut shop.trade.db.read().await.unwrap())
        .await
        .unwrap();
    assert_eq!(left, 0);
    assert_eq!(shop.order(&number).await.person_id, Some(lin.id));
}
