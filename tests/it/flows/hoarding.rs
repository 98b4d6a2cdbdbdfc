//! Nobody keeps goods from others by orders that are not paid (S1, abuse A3).

use std::{net::IpAddr, sync::Arc};

use futures_util::future::join_all;
use yanxi::{
    db::q,
    kernel::{Actor, Code, Network, time::SECOND},
    orders::{
        expire,
        place::{self, Placed, Placing},
    },
    stock::holder,
};

use crate::support::{Shop, on_both};

on_both! {
    of_one_address_half_of_a_skus_stock_is_held_however_many_order_at_once,
    of_a_small_stock_somebody_buys_the_last,
    one_phone_or_one_address_holds_so_many_units_at_most,
    whose_holds_they_were_is_forgotten_with_them,
}

async fn order(shop: &Shop, items: &[(&str, i64)], (phone, address): (&str, &str)) -> Result<Placed, Code> {
    let from = Some(Network::from(address.parse::<IpAddr>().unwrap()));
    let quote = shop.quote(items, None).await.unwrap();
    let placing = Placing { from, ..Shop::placing(&quote, phone) };
    let placed = place::place(&shop.trade, &shop.trade.work(Actor::GUEST, None), placing).await;
    placed.map_err(|error| error.refusal().unwrap_or_else(|| panic!("{error:?}")).code)
}

async fn held(shop: &Shop) -> i64 {
    let sql = "SELECT held FROM stock_levels WHERE sku_id = 's1'";
    q(sql).one::<(i64,)>(&mut shop.trade.db.read().await.unwrap()).await.unwrap().0
}

async fn of_one_address_half_of_a_skus_stock_is_held_however_many_order_at_once(shop: Arc<Shop>) {
    shop.shelve(1_000).await;
    let phones: Vec<String> = (0..12).map(|n| format!("138000000{n:02}")).collect();
    // Another address of the same IPv6 network each time.
    let crowd = phones.iter().enumerate().map(async |(n, phone)| {
        order(&shop, &[("P01-1", 100)], (phone.as_str(), format!("2001:db8::{n:x}").as_str())).await
    });
    let answers = join_all(crowd).await;
    let placed: Vec<&Placed> = answers.iter().filter_map(|answer| answer.as_ref().ok()).collect();
    assert!(answers.iter().all(|answer| matches!(answer, Ok(_) | Err(Code::TooManyHolds))), "{answers:?}");
    assert_eq!((placed.len(), held(&shop).await), (5, 500));
    // Goods of another kind, and the same for somebody else, are not kept from anyone.
    order(&shop, &[("P02-1", 100)], ("13800000000", "2001:db8::1")).await.unwrap();
    order(&shop, &[("P01-1", 300)], ("13900000000", "203.0.113.9")).await.unwrap();
    // What was paid counts no more: 400 of 900 are left of them.
    shop.pay(&placed[0].number).await;
    let again = ("13800000050", "2001:db8::2");
    assert_eq!(order(&shop, &[("P01-1", 51)], again).await.unwrap_err(), Code::TooManyHolds);
    order(&shop, &[("P01-1", 50)], again).await.unwrap();
    shop.audit().await;
}

async fn of_a_small_stock_somebody_buys_the_last(shop: Arc<Shop>) {
    shop.shelve(200).await;
    order(&shop, &[("P01-1", 200)], ("13800000001", "203.0.113.1")).await.unwrap();
    assert_eq!(held(&shop).await, 200);
}

async fn one_phone_or_one_address_holds_so_many_units_at_most(shop: Arc<Shop>) {
    shop.shelve(100_000).await;
    let all = [("P01-1", 999), ("P02-1", 999)];
    for address in ["203.0.113.2", "203.0.113.3"] {
        order(&shop, &all, ("13800000001", address)).await.unwrap();
    }
    let same_phone = order(&shop, &all, ("13800000001", "203.0.113.4")).await;
    assert_eq!(same_phone.unwrap_err(), Code::TooManyHolds);
    for phone in ["13800000002", "13800000003"] {
        order(&shop, &all, (phone, "::ffff:203.0.113.5")).await.unwrap();
    }
    let same_address = order(&shop, &all, ("13800000004", "203.0.113.5")).await;
    assert_eq!(same_address.unwrap_err(), Code::TooManyHolds);
    // Nothing is kept of a refused try.
    order(&shop, &all, ("13800000004", "203.0.113.6")).await.unwrap();
    shop.audit().await;
}

async fn whose_holds_they_were_is_forgotten_with_them(shop: Arc<Shop>) {
    let holders = async || {
        let sql = "SELECT holder FROM stock_holders ORDER BY holder";
        q(sql).all::<(String,)>(&mut shop.trade.db.read().await.unwrap()).await.unwrap()
    };
    order(&shop, &[("P01-1", 1)], ("13800000001", "203.0.113.1")).await.unwrap();
    let known = holders().await;
    assert!(
        known.len() == 2 && known.iter().all(|(hash,)| hash.len() == 32 && !hash.contains("13800000001")),
        "{known:?}"
    );
    let forget = async || {
        let mut tx = shop.trade.db.begin().await.unwrap();
        let gone = holder::forget(&mut tx, shop.trade.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        gone
    };
    shop.trade.clock.advance(901 * SECOND);
    assert_eq!(forget().await, 0, "the hold still lives");
    expire::expire_overdue(&shop.trade, 10).await.unwrap();
    assert_eq!((forget().await, holders().await.len()), (2, 0));
}
