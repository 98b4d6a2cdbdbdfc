//! What both databases must do alike beneath the trade: lists of any length.

use std::sync::Arc;

use yanxi::db::Query;

use crate::support::{Shop, on_both};

on_both! {
    a_list_longer_than_the_engines_take_values_is_found_whole,
}

async fn a_list_longer_than_the_engines_take_values_is_found_whole(shop: Arc<Shop>) {
    let mut conn = shop.trade.db.read().await.unwrap();
    for length in [1_000, 1_025, 16_385, 32_769, 100_000] {
        let codes = (0..length - 2).map(|n| format!("{n} \"'")).chain(["610629".to_owned(), "610622".to_owned()]);
        let sql = "SELECT code FROM counties WHERE code IN ($1) ORDER BY code";
        let found: Vec<(String,)> = Query::with_list(sql, codes).all(&mut conn).await.unwrap();
        assert_eq!(found, [("610622".to_owned(),), ("610629".to_owned(),)], "{length}");
        let places = Query::with_list("SELECT code FROM counties WHERE position IN ($1)", 2..2 + i64::from(length));
        assert_eq!(places.all::<(String,)>(&mut conn).await.unwrap(), [("610622".to_owned(),)], "{length}");
    }
}
