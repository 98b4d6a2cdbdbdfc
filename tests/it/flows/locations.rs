//! Goods at several locations: transfers move pairs, and only a sale over a counter may leave a shortage.

use std::sync::Arc;

use yanxi::{
    db::q,
    kernel::{Actor, Result, SkuId},
    stock::{
        ONLINE,
        movement::{self, Movement, MovementKind},
        transfer::{Transfer, transfer},
    },
};

use crate::support::{Shop, on_both};

on_both! {
    a_transfer_moves_units_as_a_pair,
    a_transfer_never_takes_what_orders_hold,
    only_a_sale_over_a_counter_leaves_a_shortage,
}

const HALL: &str = "610622";

async fn on_hand(shop: &Shop) -> Vec<(String, i64)> {
    let sql = "SELECT location, on_hand FROM stock_levels WHERE sku_id = 's2' ORDER BY location";
    q(sql).all(&mut shop.trade.db.read().await.unwrap()).await.unwrap()
}

async fn moved(shop: &Shop, qty: i64, reference: &str) -> Result<()> {
    let asked = Transfer {
        sku_id: SkuId("s2".to_owned()),
        from: ONLINE.to_owned(),
        to: HALL.to_owned(),
        qty,
        reference: reference.to_owned(),
        reason: "调往延川馆".to_owned(),
    };
    let mut tx = shop.trade.db.begin().await?;
    transfer(&mut tx, &asked, &mut shop.trade.step(Actor::SYSTEM)).await?;
    tx.commit().await
}

async fn sold(shop: &Shop, kind: MovementKind, location: &str, reference: &str) -> Result<()> {
    let sold = Movement {
        sku_id: SkuId("s2".to_owned()),
        location: location.to_owned(),
        delta: -3,
        kind,
        reference: reference.to_owned(),
        reason: String::new(),
        batch_id: None,
    };
    let mut tx = shop.trade.db.begin().await?;
    movement::apply(&mut tx, sold, &mut shop.trade.step(Actor::SYSTEM)).await?;
    tx.commit().await
}

async fn a_transfer_moves_units_as_a_pair(shop: Arc<Shop>) {
    moved(&shop, 2, "first").await.unwrap();
    assert_eq!(on_hand(&shop).await, [(HALL.to_owned(), 2), (ONLINE.to_owned(), 3)]);
    assert!(moved(&shop, 2, "first").await.is_err(), "a fact moves a SKU at a place once");
    assert_eq!(on_hand(&shop).await, [(HALL.to_owned(), 2), (ONLINE.to_owned(), 3)]);
}

async fn a_transfer_never_takes_what_orders_hold(shop: Arc<Shop>) {
    shop.placed(&[("P02-1", 4)], None).await;
    let refused = moved(&shop, 2, "much").await.unwrap_err();
    assert!(refused.to_string().contains("stock_below_held"), "{refused}");
    assert_eq!(on_hand(&shop).await, [(ONLINE.to_owned(), 5)]);
    moved(&shop, 1, "little").await.unwrap();
}

async fn only_a_sale_over_a_counter_leaves_a_shortage(shop: Arc<Shop>) {
    moved(&shop, 1, "stocked").await.unwrap();
    assert!(sold(&shop, MovementKind::Spoilage, HALL, "spoilt").await.is_err());
    sold(&shop, MovementKind::CounterSale, HALL, "receipt-1").await.unwrap();
    assert_eq!(on_hand(&shop).await, [(HALL.to_owned(), -2), (ONLINE.to_owned(), 4)]);
    sold(&shop, MovementKind::CounterSale, ONLINE, "receipt-2").await.unwrap();
    assert!(sold(&shop, MovementKind::CounterSale, ONLINE, "receipt-3").await.is_err(), "online never goes short");
}
