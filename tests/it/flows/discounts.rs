//! Discounts of a line: a list, each with its source and funder, all of them in the books.

use std::sync::Arc;

use yanxi::{
    db::q,
    kernel::Actor,
    orders::refund::{self, Asked, AskedLine},
};

use crate::support::{Shop, on_both, shop::write};

on_both! {
    discounts_of_several_funders_are_booked_each_and_go_back_each,
}

async fn funded(shop: &Shop) -> [i64; 2] {
    let mut sums = [0; 2];
    for (place, funder) in ["promotion:platform", "promotion:government"].into_iter().enumerate() {
        let sql = "SELECT CAST(COALESCE(SUM(CASE WHEN debit = $1 THEN amount_fen ELSE -amount_fen END), 0) AS BIGINT)
                   FROM ledger_entries WHERE debit = $1 OR credit = $1";
        let row: (i64,) = q(sql).bind(funder).one(&mut shop.trade.db.read().await.unwrap()).await.unwrap();
        sums[place] = row.0;
    }
    sums
}

async fn discounts_of_several_funders_are_booked_each_and_go_back_each(shop: Arc<Shop>) {
    let placed = shop.placed(&[("P01-1", 2)], Some("TWENTY")).await;
    // The market takes 500 of the coupon's 2000 on itself, the cooperative another 300.
    write(
        &shop.trade.db,
        &[
            "INSERT INTO line_discounts (order_id, line_no, n, source, code, funder, amount_fen)
             SELECT order_id, line_no, 2, source, code, 'platform', 500 FROM line_discounts WHERE n = 1",
            "INSERT INTO line_discounts (order_id, line_no, n, source, code, funder, amount_fen)
             SELECT order_id, line_no, 3, source, code, 'coop', 300 FROM line_discounts WHERE n = 1",
            "UPDATE line_discounts SET amount_fen = 1200 WHERE n = 1",
        ],
    )
    .await;
    shop.pay(&placed.number).await;
    assert_eq!(funded(&shop).await, [500, 1200]);
    shop.audit().await;
    for left in [[250, 600], [0, 0]] {
        let order = shop.order(&placed.number).await;
        let one = Asked::Lines(vec![AskedLine { line_no: 1, qty: Some(1), amount: None }]);
        refund::refund(&shop.trade, &shop.trade.work(Actor::SYSTEM, None), &order, (&one, "test")).await.unwrap();
        assert_eq!(funded(&shop).await, left);
    }
}
