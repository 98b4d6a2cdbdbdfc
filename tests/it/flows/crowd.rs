//! A crowd before one shelf: nobody gets what is not there, nobody is told of a fault (I1, R4).

use std::sync::Arc;

use yanxi::{
    kernel::{Actor, Code, time::SECOND},
    orders::{expire, place},
    pricing::Quote,
};

use crate::support::{
    Shop, on_both,
    shop::{insist, write},
};

on_both! {
    five_hundred_buyers_for_a_hundred_boxes_get_exactly_a_hundred,
    held_boxes_that_nobody_pays_are_all_for_sale_again,
    carts_in_opposite_order_never_meet_a_fault,
    buyers_who_hang_up_leave_no_half_order,
}

const BUYERS: usize = 500;

async fn quotes(shop: &Shop, items: &[(&str, i64)], n: usize) -> Vec<Quote> {
    let mut quotes = Vec::with_capacity(n);
    for _ in 0..n {
        quotes.push(shop.quote(items, None).await.unwrap());
    }
    quotes
}

/// Whether the order was placed; every "no" must be that of an empty shelf.
async fn place(shop: &Shop, quote: &Quote) -> Option<String> {
    let work = shop.trade.work(Actor::GUEST, None);
    let place = || place::place(&shop.trade, &work, Shop::placing(quote, "13800000002"));
    match insist(place).await {
        Ok(placed) => Some(placed.number),
        Err(error) => {
            assert_eq!(error.refusal().map(|r| r.code), Some(Code::OutOfStock), "{error}");
            None
        }
    }
}

async fn five_hundred_buyers_for_a_hundred_boxes_get_exactly_a_hundred(shop: Arc<Shop>) {
    let gate = Arc::new(tokio::sync::Barrier::new(BUYERS));
    let buyers: Vec<_> = quotes(&shop, &[("P01-1", 1)], BUYERS)
        .await
        .into_iter()
        .map(|quote| {
            let (shop, gate) = (shop.clone(), gate.clone());
            tokio::spawn(async move {
                gate.wait().await;
                let number = place(&shop, &quote).await?;
                shop.pay(&number).await;
                Some(number)
            })
        })
        .collect();
    let mut sold = 0;
    for buyer in buyers {
        sold += i64::from(buyer.await.unwrap().is_some());
    }
    assert_eq!((sold, shop.stock("P01-1").await, shop.booked("sale").await), (100, (0, 0), 100 * 8990));
}

async fn held_boxes_that_nobody_pays_are_all_for_sale_again(shop: Arc<Shop>) {
    let wanted = quotes(&shop, &[("P02-1", 1)], 12).await;
    let mut held = 0;
    for quote in &wanted {
        held += i32::from(place(&shop, quote).await.is_some());
    }
    assert_eq!((held, shop.stock("P02-1").await), (5, (5, 5)));
    shop.trade.clock.advance(901 * SECOND);
    let twice = [shop.clone(), shop.clone()]
        .map(|shop| tokio::spawn(async move { expire::expire_overdue(&shop.trade, 100).await.unwrap() }));
    for job in twice {
        job.await.unwrap();
    }
    assert_eq!(shop.stock("P02-1").await, (5, 0));
}

async fn carts_in_opposite_order_never_meet_a_fault(shop: Arc<Shop>) {
    shop.shelve(1000).await;
    let mut carts = quotes(&shop, &[("P01-1", 1), ("P02-1", 1)], 60).await;
    carts.extend(quotes(&shop, &[("P02-1", 1), ("P01-1", 1)], 60).await);
    let buyers: Vec<_> = carts
        .into_iter()
        .map(|quote| {
            let shop = shop.clone();
            tokio::spawn(async move {
                let number = place(&shop, &quote).await.unwrap();
                shop.pay(&number).await;
            })
        })
        .collect();
    for buyer in buyers {
        buyer.await.unwrap();
    }
    assert_eq!((shop.stock("P01-1").await, shop.stock("P02-1").await), ((880, 0), (880, 0)));
}

/// The request's future is dropped at any point, also inside BEGIN and COMMIT: each order is whole or
/// not there, and the connections serve on.
async fn buyers_who_hang_up_leave_no_half_order(shop: Arc<Shop>) {
    shop.shelve(1000).await;
    for (n, quote) in quotes(&shop, &[("P01-1", 1), ("P02-1", 1)], 120).await.into_iter().enumerate() {
        let request = tokio::spawn({
            let shop = shop.clone();
            async move { place(&shop, &quote).await }
        });
        tokio::time::sleep(std::time::Duration::from_micros(150 * n as u64)).await;
        request.abort();
        // It was placed, refused by an empty shelf, or hung up; whatever else happened is a fault.
        if let Err(ended) = request.await {
            assert!(ended.is_cancelled(), "{ended}");
        }
    }
    // A commit that was on its way when its buyer hung up ends first: this waits for its rows.
    write(&shop.trade.db, &["UPDATE stock_levels SET changed_at = changed_at"]).await;
    let (orders, lines, held) = whole_orders(&shop).await;
    assert_eq!((lines, held), (orders * 2, orders * 2));
    assert_eq!((shop.stock("P01-1").await.1, shop.stock("P02-1").await.1), (orders, orders));
    let after = quotes(&shop, &[("P01-1", 1)], 40).await;
    for quote in &after {
        assert!(place(&shop, quote).await.is_some());
    }
    assert_eq!(whole_orders(&shop).await.0, orders + 40);
}

/// Orders, their lines and their live holds.
async fn whole_orders(shop: &Shop) -> (i64, i64, i64) {
    let sql = "SELECT (SELECT CAST(count(*) AS BIGINT) FROM orders) AS a,
        (SELECT CAST(count(*) AS BIGINT) FROM order_lines) AS b,
        (SELECT CAST(count(*) AS BIGINT) FROM stock_holds WHERE state = 'live') AS c";
    yanxi::db::q(sql).one(&mut shop.trade.db.read().await.unwrap()).await.unwrap()
}
